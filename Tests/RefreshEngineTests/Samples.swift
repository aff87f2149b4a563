// The sessions that the tests are about.

import RefreshEngine
import RefreshPolicy
import Testing

extension Identifier {
    /// A name that a test knows to be right.
    static func named(_ name: String) -> Self {
        guard let identifier = Identifier(name) else { preconditionFailure("\(name) is no \(Kind.noun)") }
        return identifier
    }
}

extension ProjectAlias {
    static var app: ProjectAlias { .named("app") }
}

extension ProjectRules {
    /// A project with an API key, on a host that counts.
    static var app: ProjectRules {
        ProjectRules(alias: .app, host: HostName("appwrite.example"), hasAPIKey: true)
    }

    /// The same without a key: sessions are registered by their secrets.
    static var keyless: ProjectRules {
        ProjectRules(alias: .app, host: HostName("appwrite.example"), hasAPIKey: false)
    }
}

extension SessionKey {
    static func app(_ session: String) -> SessionKey { SessionKey(project: .app, session: .named(session)) }
}

extension SessionFacts {
    /// A session of Google's, logged in to a day ago, with a token for an hour that has `left` to live.
    static func google(
        _ session: String, of user: String = "ada", left: Duration, at now: WallTime = EngineBench.start,
        uid: String = "g-1"
    ) -> SessionFacts {
        let expiry = ServerTime(milliseconds: (now + left).milliseconds)
        let updated = ServerTime(milliseconds: (now + left - .seconds(3600)).milliseconds)
        return SessionFacts(
            session: .named(session), user: .named(user), provider: .named("google"), providerUID: uid,
            createdAt: ServerTime(milliseconds: (now - .days(1)).milliseconds), updatedAt: updated,
            sessionExpiresAt: ServerTime(milliseconds: (now + .days(300)).milliseconds), token: Secret("old"),
            tokenExpiresAt: expiry, hasRefreshToken: true)
    }
}

extension TokenReply {
    /// The token's value, for the tests only.
    var value: String? {
        if case .token(let served, _) = self { served.value.reveal() } else { nil }
    }
}
