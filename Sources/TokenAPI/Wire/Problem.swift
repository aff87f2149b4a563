// How a request that is not served is answered, as RFC 9457 writes it.

package import RefreshPolicy
package import Vocabulary

/// The body of every answer that is no success (`application/problem+json`). It never holds a token, a secret, or the
/// value of a parameter: somebody may have put a token there by mistake.
package struct Problem: Error, Codable, Hashable, Sendable {
    package typealias Kind = ProblemKind

    /// Stable; made of a `Kind`. Programs decide on this and on nothing else.
    package let type: String
    package let title: String
    package let status: Int
    /// For people: what happened, to which session, what refreshd does next, and what to do.
    package let detail: String

    /// The parameter that is wrong.
    package var parameter: String?
    package var project: String?
    package var sessionID: String?
    /// The words of `Standing`.
    package var standing: String?
    /// The words of `Reason`.
    package var reason: String?
    /// When refreshd tries again; where Appwrite's limit is in the way, when more calls come.
    package var retryAt: WireTime?
    /// Whole seconds until it makes sense to ask again: the same as the header `Retry-After`.
    package var retryIn: Int?
    /// The grants to choose from.
    package var grants: [GrantBody]?
    package var knownProjects: [String]?
    /// The place of the rule of `access` that refuses it, from 1; absent where none does.
    package var rule: Int?
    /// The methods that the path takes: the same as the header `Allow`.
    package var allow: [String]?

    /// Nil for a type that a newer refreshd made.
    package var kind: Kind? { Kind(type: type) }

    package init(_ kind: Kind, detail: String) {
        type = kind.type
        title = kind.title
        status = kind.status
        self.detail = detail
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case title
        case status
        case detail
        case parameter
        case project
        case sessionID = "session_id"
        case standing
        case reason
        case retryAt = "retry_at"
        case retryIn = "retry_in"
        case grants
        case knownProjects = "known_projects"
        case rule
        case allow
    }

    /// One account of a user at a provider.
    package struct GrantBody: Codable, Hashable, Sendable {
        package let project: String
        package let userID: String
        package let provider: String
        package let providerUID: String

        package init(_ grant: Grant) {
            project = grant.project.rawValue
            userID = grant.user.rawValue
            provider = grant.provider.rawValue
            providerUID = grant.providerUID
        }

        private enum CodingKeys: String, CodingKey {
            case project
            case userID = "user_id"
            case provider
            case providerUID = "provider_uid"
        }
    }
}
