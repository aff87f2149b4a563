// The port by which the store gets another key while all goes on.

package protocol KeyChanging: Sendable {
    /// Begins to seal all of the store with a new key. Where that was begun already, it goes on.
    func begin() async throws(KeyRefusal)

    var state: KeyChangeState { get }
}

/// How a store stands with its key.
package struct KeyChangeState: Hashable, Sendable {
    /// The id of the key that the store needs.
    package var key: String
    /// The id of the one that it is changed for; nil where it is not, or not any more.
    package var changingTo: String?
    /// Sessions that were sealed anew.
    package var sealed = 0
    /// Values among them that did not open before, and were left as they are.
    package var unopened = 0
    /// Why it does not get on, in a whole sentence. It is tried again.
    package var failure: String?
    /// What became of the former key, or what is to be done with the new one; whole sentences.
    package var remark: String?

    package init(key: String) {
        self.key = key
    }
}

/// Why there is no other key, and what to do.
package struct KeyRefusal: Error, Hashable, Sendable {
    package let words: String

    package init(_ words: String) {
        self.words = words
    }
}
