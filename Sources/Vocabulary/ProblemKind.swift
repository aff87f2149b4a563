// Every way in which a request on a socket is not served. This file is the one that knows the statuses.

/// What can be wrong, and the status that says so:
///
/// | kind | status | why this status |
/// |---|---|---|
/// | `bad-parameter` | 400 | one query parameter or path segment is wrong: `parameter` names it |
/// | `bad-request` | 400 | no HTTP/1.1, or a head that is too large; the connection is closed |
/// | `bad-body` | 400 | the body is not the JSON that was expected |
/// | `project-needed` | 400 | several projects are configured: `known_projects` lists those that the rules of `access` let this process read |
/// | `not-allowed` | 403 | by the rules of `access`: `rule` says which; the same whether what was asked for is there or not |
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
/// | `not-now` | 503 | too busy, or stopping: `Retry-After` |
/// | `too-many-connections` | 503 | of this user or in all: `Retry-After` |
/// | `store-unavailable` | 503 | disk full or the like: `Retry-After` |
/// | `appwrite-silent` | 504 | Appwrite was not reached, or did not answer in time |
package enum ProblemKind: String, CaseIterable, Sendable {
    case badParameter = "bad-parameter"
    case badRequest = "bad-request"
    case badBody = "bad-body"
    case projectNeeded = "project-needed"
    case notAllowed = "not-allowed"
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
    case notNow = "not-now"
    case tooManyConnections = "too-many-connections"
    case storeUnavailable = "store-unavailable"
    case appwriteSilent = "appwrite-silent"

    private static let prefix = "urn:refreshd:problem:"

    /// Nil for a type that is not known here, such as one that a newer refreshd made.
    package init?(type: String) {
        guard type.hasPrefix(Self.prefix) else { return nil }
        self.init(rawValue: String(type.dropFirst(Self.prefix.count)))
    }

    /// As it stands in a problem document.
    package var type: String { Self.prefix + rawValue }

    package var status: Int {
        switch self {
        case .badParameter, .badRequest, .badBody, .projectNeeded: 400
        case .notAllowed: 403
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
        case .noTokenYet, .notNow, .tooManyConnections, .storeUnavailable: 503
        case .appwriteSilent: 504
        }
    }

    package var title: String {
        switch self {
        case .badParameter: "A parameter is wrong"
        case .badRequest: "No request that is understood"
        case .badBody: "The body is not understood"
        case .projectNeeded: "Which project?"
        case .notAllowed: "Not allowed"
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
        case .notNow: "Not now"
        case .tooManyConnections: "Too many connections"
        case .storeUnavailable: "The store cannot be used"
        case .appwriteSilent: "Appwrite does not answer"
        }
    }
}
