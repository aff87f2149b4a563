// What the simulated Appwrite saw, as far as it is judged or shown: every refresh that was asked of it, and every token
// that a provider ever issued.

/// Milliseconds since 1970. Simulator, daemon and demo share one machine and one clock.
typealias Moment = Int64

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}

struct Ledger: Decodable, Sendable {
    var patches: [Patch]
    var tokens: [Token]

    /// A refresh as Appwrite met it.
    struct Patch: Decodable, Sendable {
        var at: Moment
        var host: String
        var project: String?
        var sessionId: String
        /// When its window began.
        var window: Moment
        var charge: Charge
        /// Why a careful client would never have sent it; the simulator's words.
        var forbidden: [String]
        /// Other refreshes of that session that were under way.
        var othersUnderWay: Int
        /// When that session was last shown to anybody.
        var lastRead: Moment?
        /// Nil while it is under way.
        var endedAt: Moment?
        var status: Int?
    }

    enum Charge: String, Decodable, Sendable {
        case counted
        /// A dev key came with it.
        case exempt
        /// 429.
        case overLimit
        /// Refused before it was counted.
        case notReached
    }

    struct Token: Decodable, Sendable {
        var token: String
        var project: String
        var userId: String
        var sessionId: String
        var provider: String
        var issuedAt: Moment
        /// Nil: never.
        var expiresAt: Moment?
        /// When the provider revoked it.
        var revokedAt: Moment?
        /// When its session was logged out.
        var sessionEndedAt: Moment?
        /// Nil: Appwrite never got to store it.
        var storedAt: Moment?

        /// The end that Appwrite states. It counts the life from when it stores the token, a little after the provider
        /// issued it, and nobody can know better.
        var statedEnd: Moment? {
            expiresAt.map { max($0, $0 - issuedAt + (storedAt ?? issuedAt)) }
        }
    }

    /// The tokens that Appwrite stored for a session, in order; the first came with the login.
    func tokens(of player: Player) -> [Token] {
        let project = Simulator.project(player.role.stage)
        return tokens.filter { $0.sessionId == player.sessionID && $0.project == project && $0.storedAt != nil }
    }

    func patches(of player: Player) -> [Patch] {
        let project = Simulator.project(player.role.stage)
        return patches.filter { $0.sessionId == player.sessionID && $0.project == project }
    }

    func refreshes(of player: Player) -> Int { max(0, tokens(of: player).count - 1) }
}
