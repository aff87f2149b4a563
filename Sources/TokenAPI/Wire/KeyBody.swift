// How the store stands with its key, as operators see it. Keys have ids, which say nothing of them.

package import RefreshEngine

/// The body of `GET` and `POST /v1/key`.
package struct KeyBody: Codable, Hashable, Sendable {
    /// The id of the key that the store needs.
    package let key: String
    /// The id of the one that it is being changed for.
    package let changingTo: String?
    /// Sessions sealed anew so far.
    package let sealed: Int
    /// Values that were damaged before, and are left as they are.
    package let unopened: Int
    /// Why it does not get on now; it is tried again.
    package let failure: String?
    /// What became of the former key, or what is to be done with the new one.
    package let remark: String?

    package init(_ state: KeyChangeState) {
        key = state.key
        changingTo = state.changingTo
        sealed = state.sealed
        unopened = state.unopened
        failure = state.failure
        remark = state.remark
    }

    private enum CodingKeys: String, CodingKey {
        case key
        case changingTo = "changing_to"
        case sealed
        case unopened
        case failure
        case remark
    }
}
