// The requests that refreshd makes, and no other. A request has one credential by its type: with two, Appwrite refuses,
// or lets the wrong one win.

import AsyncHTTPClient
import NIOHTTP1
import RefreshPolicy

struct AppwriteRequest: Sendable {
    let method: HTTPMethod
    let path: RequestPath
    let credential: Credential
    var body: String?
    /// The most that an answer's body may have, in bytes; what is larger is not read to its end.
    let bodyLimit: Int

    enum Credential: Hashable, Sendable {
        case key(Secret)
        case secret(Secret)
        case token(Secret)
        case nobody
    }

    /// A session has some 1 kB, a large token included some 10 kB.
    private static let sessionLimit = 1 << 20
    /// A page has up to a hundred entries, of which a user's may hold 64 kB of preferences; a user may have thousands
    /// of sessions.
    private static let listLimit = 8 << 20
    /// Entries on a page. Appwrite gives 25 unless asked; its answers stay well under `listLimit` with a hundred.
    static let pageSize = 100
    /// What is asked to learn who answers, and not for what it says.
    private static let probeLimit = 256 << 10

    static func readSession(_ session: SessionID, by credential: Credential) -> AppwriteRequest {
        AppwriteRequest(
            method: .GET, path: RequestPath("account", "sessions", session.rawValue), credential: credential,
            bodyLimit: sessionLimit)
    }

    /// `current` is a word of Appwrite's for the session that the secret belongs to.
    static func readCurrentSession(secret: Secret) -> AppwriteRequest {
        AppwriteRequest(
            method: .GET, path: RequestPath("account", "sessions", "current"), credential: .secret(secret),
            bodyLimit: sessionLimit)
    }

    static func refresh(_ session: SessionID, by credential: Credential) -> AppwriteRequest {
        AppwriteRequest(
            method: .PATCH, path: RequestPath("account", "sessions", session.rawValue), credential: credential,
            bodyLimit: sessionLimit)
    }

    static func listSessions(of user: UserID, key: Secret) -> AppwriteRequest {
        AppwriteRequest(
            method: .GET, path: RequestPath("users", user.rawValue, "sessions"), credential: .key(key),
            bodyLimit: listLimit)
    }

    /// A JWT for one session, living for a minute: it is used at once, and one that leaks is soon worth nothing.
    /// (Ids need no escaping in JSON.)
    static func mintToken(for session: SessionID, of user: UserID, key: Secret) -> AppwriteRequest {
        AppwriteRequest(
            method: .POST, path: RequestPath("users", user.rawValue, "jwts"), credential: .key(key),
            body: #"{"sessionId":"\#(session.rawValue)","duration":60}"#, bodyLimit: sessionLimit)
    }

    static func listIdentities(from start: IdentityCursor, key: Secret) -> AppwriteRequest {
        AppwriteRequest(
            method: .GET, path: RequestPath("users", "identities").with(start.queries + [.limit(pageSize)]),
            credential: .key(key), bodyLimit: listLimit)
    }

    static func listUsers(after cursor: String?, key: Secret) -> AppwriteRequest {
        AppwriteRequest(
            method: .GET,
            path: RequestPath("users").with([.limit(pageSize)] + (cursor.map { [.cursorAfter($0)] } ?? [])),
            credential: .key(key), bodyLimit: listLimit)
    }

    /// Open to everybody (Appwrite's scope `public`).
    static let readVersion = AppwriteRequest(
        method: .GET, path: RequestPath("health", "version"), credential: .nobody, bodyLimit: probeLimit)

    /// Nobody has no sessions: how that is refused tells whether the project is known.
    static let listNobodysSessions = AppwriteRequest(
        method: .GET, path: RequestPath("account", "sessions"), credential: .nobody, bodyLimit: probeLimit)

    /// Tells whether the key may read users.
    static func listOneUser(key: Secret) -> AppwriteRequest {
        AppwriteRequest(
            method: .GET, path: RequestPath("users").with([.limit(1)]), credential: .key(key), bodyLimit: probeLimit)
    }

    /// Tells whether the key may make JWTs, and makes none: Appwrite asks for the scope before it looks for the user.
    static func mintNobodysToken(key: Secret) -> AppwriteRequest {
        AppwriteRequest(
            method: .POST, path: RequestPath("users", "refreshd-check", "jwts"), credential: .key(key),
            body: #"{"sessionId":"refreshd-check","duration":1}"#, bodyLimit: probeLimit)
    }

    /// Tells whether the key may read what refreshd never reads.
    static func listOne(of route: [String], key: Secret) -> AppwriteRequest {
        AppwriteRequest(
            method: .GET, path: RequestPath(route).with([.limit(1)]), credential: .key(key), bodyLimit: probeLimit)
    }
}

extension AppwriteRequest {
    /// The request as it goes to the project's server, by the project's way.
    func message(to project: AppwriteProject) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: url(at: project.endpoint))
        message.method = method
        message.headers = headers(for: project)
        message.body = body.map { .bytes(Array($0.utf8)) }
        message.tlsConfiguration = project.tlsConfiguration
        message.localAddress = project.route.ipVersion.localAddress
        return message
    }

    func url(at endpoint: Endpoint) -> String { endpoint.description + path.text }

    /// All headers of our own. The dev key goes with a refresh only: nothing else is counted.
    func headers(for project: AppwriteProject) -> HTTPHeaders {
        var headers = HTTPHeaders([
            ("User-Agent", "refreshd"), ("Accept", "application/json"),
            ("X-Appwrite-Project", project.projectID.rawValue),
        ])
        switch credential {
        case .key(let key): headers.add(name: "X-Appwrite-Key", value: key.reveal())
        case .secret(let secret): headers.add(name: "X-Appwrite-Session", value: secret.reveal())
        case .token(let token): headers.add(name: "X-Appwrite-JWT", value: token.reveal())
        case .nobody: break
        }
        if method == .PATCH, let devKey = project.devKey {
            headers.add(name: "X-Appwrite-Dev-Key", value: devKey.reveal())
        }
        if body != nil { headers.add(name: "Content-Type", value: "application/json") }
        return headers
    }
}
