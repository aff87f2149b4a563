// What came back, read: a token, or the problem that is in the way.

package import RefreshPolicy
import Vocabulary

package struct TokenAnswer: Sendable {
    package let token: Secret
    /// False where the token ends sooner than was asked for and is all there is.
    let minValidMet: Bool
    /// Whole seconds until the token ends; nil where no end is known.
    let expiresIn: Int?
    /// The JSON as it came, where newer fields are still in it. The token is in it too.
    package let json: Secret

    /// Of the body of a success.
    package init(body: some Sequence<UInt8>) throws(SocketTrouble) {
        let bytes = Array(body)
        guard let answer = JSONText.value(of: bytes), let token = answer["access_token"]?.string.flatMap(Secret.init),
            let met = answer["min_valid_met"]?.truth,
            let json = String(validating: bytes, as: UTF8.self).flatMap(Secret.init)
        else { throw .notUnderstood }
        self.token = token
        self.json = json
        minValidMet = met
        switch answer["expires_in"] {
        case nil: expiresIn = nil
        case .some(let value):
            guard let seconds = value.integer else { throw .notUnderstood }
            expiresIn = seconds
        }
    }

    /// What to tell of a token that ends sooner than was asked for.
    package var shortfall: String? {
        guard !minValidMet else { return nil }
        let rest = expiresIn.map { "ends in \($0)s" } ?? "has no known end"
        return "this token \(rest): sooner than asked for, and all there is"
    }
}

extension CommandFailure {
    /// Of the body of an answer that is no success: a problem as of RFC 9457; nil where it is none.
    init?(problem body: [UInt8]) {
        guard let problem = JSONText.value(of: body), let type = problem["type"]?.string,
            let status = problem["status"]?.integer, let detail = problem["detail"]?.string
        else { return nil }
        self.init(
            problem: ProblemKind(type: type), status: status, detail: detail,
            accounts: problem["grants"]?.array?.compactMap(Account.init))
    }
}

extension CommandFailure.Account {
    fileprivate init?(_ value: JSONText.Value) {
        guard let project = value["project"]?.string, let providerUID = value["provider_uid"]?.string else {
            return nil
        }
        self.init(project: project, providerUID: providerUID)
    }
}
