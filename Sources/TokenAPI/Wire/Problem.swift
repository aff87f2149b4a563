// Every way in which a request is not served, as RFC 9457 writes it. This file is the one that knows the statuses.

package import RefreshPolicy

/// The body of every answer that is no success (`application/problem+json`). It never holds a token, a secret, or the
/// value of a parameter: somebody may have put a token there by mistake.
package struct Problem: Error, Codable, Hashable, Sendable {
    /// Stable; made of `prefix` and a `Kind`. Programs decide on this and on nothing else.
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
    /// The methods that the path takes: the same as the header `Allow`.
    package var allow: [String]?

    package static let prefix = "urn:refreshd:problem:"

    /// Nil for a type that a newer refreshd made.
    package var kind: Kind? {
        type.hasPrefix(Self.prefix) ? Kind(rawValue: String(type.dropFirst(Self.prefix.count))) : nil
    }

    package init(_ kind: Kind, detail: String) {
        type = Self.prefix + kind.rawValue
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

extension Problem {
    /// What can be wrong, and the status that says so:
    ///
    /// | kind | status | why this status |
    /// |---|---|---|
    /// | `bad-parameter` | 400 | one query parameter or path segment is wrong: `parameter` names it |
    /// | `bad-request` | 400 | no HTTP/1.1, or a head that is too large; the connection is closed |
    /// | `bad-body` | 400 | the body is not the JSON that was expected |
    /// | `project-needed` | 400 | several projects are configured: `known_projects` lists them |
    /// | `no-such-path` | 404 | |
    /// | `unknown-project` | 404 | `known_projects` lists what there is |
    /// | `unknown-session` | 404 | not known, or not known yet |
    /// | `unknown-user` | 404 | no session of the user is known |
    /// | `method-not-allowed` | 405 | `Allow` names those that are |
    /// | `too-slow` | 408 | the body did not arrive in time |
    /// | `several-grants` | 409 | the request does not say which: `grants` lists them |
    /// | `needs-login` | 409 | not 401 or 403, for the *reader* lacks nothing: the session's state is in the way, and the user can resolve it (RFC 9110, 15.5.10) |
    /// | `key-not-changed` | 409 | the key is not refreshd's to write, or its files cannot be written |
    /// | `ended` | 410 | was there, is over, and does not come back |
    /// | `body-too-large` | 413 | |
    /// | `unsupported-media-type` | 415 | `Accept` names the one that is |
    /// | `secret-refused` | 422 | it cannot be a session's secret, or Appwrite knows no live session by it |
    /// | `not-refreshable` | 422 | well formed, but there is nothing to keep fresh |
    /// | `store-damaged` | 500 | an operator must help |
    /// | `appwrite-refused` | 502 | Appwrite answered, and not to us or not in its own form |
    /// | `no-token-yet` | 503 | refreshd tries again by itself: `retry_at` and `Retry-After` say when, or when more calls come |
    /// | `paused` | 503 | an operator holds it; no time can be named |
    /// | `not-now` | 503 | too busy, or stopping: `Retry-After` |
    /// | `too-many-connections` | 503 | of this user or in all: `Retry-After` |
    /// | `store-unavailable` | 503 | disk full or the like: `Retry-After` |
    /// | `appwrite-silent` | 504 | Appwrite was not reached, or did not answer in time |
    package enum Kind: String, CaseIterable, Sendable {
        case badParameter = "bad-parameter"
        case badRequest = "bad-request"
        case badBody = "bad-body"
        case projectNeeded = "project-needed"
        case noSuchPath = "no-such-path"
        case unknownProject = "unknown-project"
        case unknownSession = "unknown-session"
        case unknownUser = "unknown-user"
        case methodNotAllowed = "method-not-allowed"
        case tooSlow = "too-slow"
        case severalGrants = "several-grants"
        case needsLogin = "needs-login"
        case keyNotChanged = "key-not-changed"
        case ended = "ended"
        case bodyTooLarge = "body-too-large"
        case unsupportedMediaType = "unsupported-media-type"
        case secretRefused = "secret-refused"
        case notRefreshable = "not-refreshable"
        case storeDamaged = "store-damaged"
        case appwriteRefused = "appwrite-refused"
        case noTokenYet = "no-token-yet"
        case paused = "paused"
        case notNow = "not-now"
        case tooManyConnections = "too-many-connections"
        case storeUnavailable = "store-unavailable"
        case appwriteSilent = "appwrite-silent"

        package var status: Int {
            switch self {
            case .badParameter, .badRequest, .badBody, .projectNeeded: 400
            case .noSuchPath, .unknownProject, .unknownSession, .unknownUser: 404
            case .methodNotAllowed: 405
            case .tooSlow: 408
            case .severalGrants, .needsLogin, .keyNotChanged: 409
            case .ended: 410
            case .bodyTooLarge: 413
            case .unsupportedMediaType: 415
            case .secretRefused, .notRefreshable: 422
            case .storeDamaged: 500
            case .appwriteRefused: 502
            case .noTokenYet, .paused, .notNow, .tooManyConnections, .storeUnavailable: 503
            case .appwriteSilent: 504
            }
        }

        package var title: String {
            switch self {
            case .badParameter: "A parameter is wrong"
            case .badRequest: "No request that is understood"
            case .badBody: "The body is not understood"
            case .projectNeeded: "Which project?"
            case .noSuchPath: "No such path"
            case .unknownProject: "No such project"
            case .unknownSession: "No such session"
            case .unknownUser: "No such user"
            case .methodNotAllowed: "Not that method"
            case .tooSlow: "Too slow"
            case .severalGrants: "Which account?"
            case .needsLogin: "The user must log in again"
            case .keyNotChanged: "The store keeps its key"
            case .ended: "The login is over"
            case .bodyTooLarge: "The body is too large"
            case .unsupportedMediaType: "Not that kind of body"
            case .secretRefused: "Appwrite does not take the secret"
            case .notRefreshable: "Nothing to keep fresh"
            case .storeDamaged: "The store is damaged"
            case .appwriteRefused: "Appwrite refused"
            case .noTokenYet: "No token that works, yet"
            case .paused: "Held by an operator"
            case .notNow: "Not now"
            case .tooManyConnections: "Too many connections"
            case .storeUnavailable: "The store cannot be used"
            case .appwriteSilent: "Appwrite does not answer"
            }
        }
    }
}
