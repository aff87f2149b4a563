// Many sessions in a store, as a daemon of long standing has them.

import RefreshEngine
import RefreshPolicy
import SessionStorage

enum StoredSessions {
    /// Tokens are as long as Google's and Microsoft's are.
    private static let token = String(repeating: "t", count: 600)

    static func name(_ index: Int) -> String { "session\(index)x00000000" }

    /// Registered sessions of one project, whose tokens live a hundred days: nothing is due.
    static func fill(_ store: SQLiteStore, _ count: Int, project: ProjectAlias, now: WallTime) async throws {
        let end = now + .days(100)
        try await fill(store, count) { index in
            SessionRow(
                key: try key(project, index), user: try user(index), provider: try provider("google"),
                providerUID: "\(index)", source: .secret, keep: .used, secret: Secret("secret-\(index)"),
                token: Secret(token).map { Token(value: $0, issuedAt: now, expiresAt: end) }, hasRefreshToken: true,
                sessionExpiresAt: now + .days(300), createdAt: now, foundAt: now, lookedAt: now, standing: .fresh,
                reason: Reason(.found), wakeAt: now + .seconds(72_000) + .milliseconds(index))
        }
    }

    static func fill(_ store: SQLiteStore, _ count: Int, row: (Int) throws -> SessionRow) async throws {
        let size = 20_000
        for start in stride(from: 0, to: count, by: size) {
            try await store.commit(try (start..<min(start + size, count)).map { .put(try row($0)) })
        }
    }

    static func key(_ project: ProjectAlias, _ index: Int) throws -> SessionKey {
        SessionKey(project: project, session: try identifier(name(index)))
    }

    static func user(_ index: Int) throws -> UserID { try identifier("user\(index)") }

    static func provider(_ name: String) throws -> ProviderName { try identifier(name) }

    static func alias(_ name: String) throws -> ProjectAlias { try identifier(name) }

    static func longToken() -> Secret? { Secret(token) }

    private static func identifier<Kind>(_ text: String) throws -> Identifier<Kind> {
        guard let identifier = Identifier<Kind>(text) else { throw BenchFailure("\(text) is no id") }
        return identifier
    }
}
