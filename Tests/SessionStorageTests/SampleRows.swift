// Rows to store: short to write, and with every field filled by something that tells it from the others.

import RefreshPolicy

extension Identifier {
    /// For names that tests spell out.
    static func of(_ name: String) -> Self {
        guard let identifier = Self(name) else { preconditionFailure("\(name) is no \(Kind.noun)") }
        return identifier
    }
}

extension Secret {
    static func of(_ value: String) -> Secret {
        guard let secret = Secret(value) else { preconditionFailure("the empty string is no secret") }
        return secret
    }
}

extension SessionKey {
    init(_ project: String, _ session: String) {
        self.init(project: .of(project), session: .of(session))
    }
}

extension WallTime {
    static func at(_ seconds: Int64) -> WallTime { WallTime(milliseconds: seconds * 1000) }
}

extension Heat {
    static func at(_ seconds: Int64) -> Heat { Heat(asOneReadAt: .at(seconds)) }
}

extension Claim {
    static func of(_ seconds: Int64, period: Duration = .seconds(3300)) -> Claim {
        Claim(priority: .at(seconds), period: period)
    }
}

extension Lane {
    init(_ project: String, _ provider: String) {
        self.init(project: .of(project), provider: .of(provider))
    }
}

extension SessionRow {
    /// As a login with nothing special looks.
    static func sample(
        _ session: String = "s1", project: String = "app", user: String = "u1", provider: String = "google",
        providerUID: String = "g1", token: String = "token", standing: Standing = .fresh, wakeAt: WallTime? = nil,
        want: WallTime? = nil, claim: Claim? = nil
    ) -> SessionRow {
        SessionRow(
            key: SessionKey(project, session), user: .of(user), provider: .of(provider), providerUID: providerUID,
            source: .apiKey, keep: .used,
            token: Secret(token).map { Token(value: $0, issuedAt: .at(100), expiresAt: .at(3700)) },
            hasRefreshToken: true, sessionExpiresAt: .at(900_000), createdAt: .at(90), foundAt: .at(95),
            lookedAt: .at(99), standing: standing, reason: Reason(.found), wakeAt: wakeAt, want: want,
            claim: claim)
    }

    /// With nothing left empty, and no two times alike.
    static func full(_ session: String = "full", verdict: Verdict = .failing(failures: 3, retryAt: .at(20))) -> Self {
        SessionRow(
            key: SessionKey("app", session), user: .of("u.1-_"), provider: .of("microsoft"), providerUID: "uid",
            source: .secret, keep: .always, secret: Secret("session secret"),
            token: Token(value: .of("old token"), issuedAt: .at(1), expiresAt: .at(2)),
            next: Token(value: .of("new token"), issuedAt: .at(3), expiresAt: .at(4)), hasRefreshToken: false,
            sessionExpiresAt: .at(5), createdAt: .at(6), foundAt: .at(7), lookedAt: .at(8), verdict: verdict,
            isElected: false, attempt: SentAttempt(id: AttemptID(77), sentAt: .at(9)), standing: .backingOff,
            reason: Reason(.providerRefused, oauthError: .invalidGrant), wakeAt: .at(10), want: .at(11),
            claim: .of(12, period: .milliseconds(13)),
            episodes: [
                Episode(reason: Reason(.lifetimeUnknown), times: 212, first: .at(14), last: .at(15)),
                Episode(reason: Reason(.providerRefused, oauthError: .invalidGrant), first: .at(16), last: .at(16)),
            ])
    }

    /// With all empty that may be.
    static func bare(_ session: String = "bare") -> SessionRow {
        SessionRow(
            key: SessionKey("app", session), user: .of("u"), provider: .of("oauth2"), providerUID: "", source: .apiKey,
            keep: .used, hasRefreshToken: false, sessionExpiresAt: .at(5), createdAt: .at(6), foundAt: .at(7),
            lookedAt: .at(8), standing: .unrefreshable, reason: Reason(.noProviderTokens))
    }
}
