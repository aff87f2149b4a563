// The sessions, times and rules that the tests are about: an hour's token of Ada's, at a full hour.

import RefreshPolicy

extension WallTime {
    /// 2026-11-23 22:00:00 UTC: a window begins.
    static let start = WallTime(milliseconds: 1_795_471_200_000)
}

/// So many seconds after the start.
func at(_ seconds: Int) -> WallTime { .start + .seconds(seconds) }

extension Duration {
    static func minutes(_ minutes: Int) -> Duration { .seconds(minutes * 60) }
    static func hours(_ hours: Int) -> Duration { .seconds(hours * 3600) }
}

extension WallTime {
    /// The same moment by the clock of a host that goes right.
    var onServer: ServerTime { ServerTime(milliseconds: milliseconds) }
}

extension Identifier {
    /// A name that a test knows to be right.
    static func named(_ name: String) -> Self {
        guard let identifier = Identifier(name) else { preconditionFailure("\(name) is no \(Kind.noun)") }
        return identifier
    }
}

extension Secret {
    static func named(_ value: String) -> Secret {
        guard let secret = Secret(value) else { preconditionFailure("no secret is empty") }
        return secret
    }
}

extension HostName {
    static let example = HostName("appwrite.example")
}

extension SessionKey {
    static func app(_ session: String) -> SessionKey { SessionKey(project: .named("app"), session: .named(session)) }
}

extension ProjectRules {
    static func app(_ metering: Metering = .metered, hasAPIKey: Bool = true) -> ProjectRules {
        ProjectRules(alias: .named("app"), host: .example, hasAPIKey: hasAPIKey, metering: metering)
    }
}

extension Duration {
    /// The margin before a deadline when calls are counted and suffice.
    static let margin = Waits().margin
}

extension Rules {
    static let app = Rules(projects: [.app()])
}

extension Errand {
    /// All that is wanted, by deadline.
    static let work = Errand(projects: [.named("app")], order: .kept(from: nil), held: [], limit: 8)
}

extension SessionFacts {
    /// A session as Appwrite shows it: logged in to a day before the start, its token issued at `issued`.
    static func google(
        _ session: String = "s1", user: String = "ada", uid: String = "g-1", token: String? = "old",
        issued: WallTime = at(-3600), expires: WallTime? = at(0), created: WallTime = at(-86_400),
        sessionExpires: WallTime = .start + .days(300), hasRefreshToken: Bool = true
    ) -> SessionFacts {
        SessionFacts(
            session: .named(session), user: .named(user), provider: .named("google"), providerUID: uid,
            createdAt: created.onServer, updatedAt: issued.onServer, sessionExpiresAt: sessionExpires.onServer,
            token: token.map(Secret.named), tokenExpiresAt: (expires ?? issued).onServer,
            hasRefreshToken: hasRefreshToken)
    }

    /// The session as a stored row has it.
    static func unchanged(_ row: SessionRow) -> SessionFacts {
        var facts = SessionFacts.google(
            row.key.session.rawValue, user: row.user.rawValue, uid: row.providerUID, token: row.token?.value.reveal(),
            issued: row.token?.issuedAt ?? row.createdAt, expires: row.token?.expiresAt, created: row.createdAt,
            sessionExpires: row.sessionExpiresAt, hasRefreshToken: row.hasRefreshToken)
        facts.provider = row.provider
        return facts
    }

    /// The same session after a PATCH that was done then: an hour's token, and the session's end moved along.
    func renewed(_ token: String, at time: WallTime, life: Duration = .hours(1)) -> SessionFacts {
        var facts = self
        facts.token = .named(token)
        facts.updatedAt = time.onServer
        facts.tokenExpiresAt = (time + life).onServer
        facts.sessionExpiresAt = (time + .days(365)).onServer
        return facts
    }
}

extension SessionRow {
    /// A session as stored: found long ago, read a minute before the start, looked at ten minutes before.
    static func google(
        _ session: String = "s1", user: String = "ada", uid: String = "g-1", issued: WallTime = at(-3600),
        expires: WallTime? = at(0), source: Source = .apiKey, keep: Keep = .used, lookedAt: WallTime = at(-600),
        created: WallTime = at(-86_400), sessionExpires: WallTime = .start + .days(300), hasRefreshToken: Bool = true
    ) -> SessionRow {
        SessionRow(
            key: .app(session), user: .named(user), provider: .named("google"), providerUID: uid, source: source,
            keep: keep, secret: source == .secret ? .named("secret") : nil,
            token: Token(value: .named("old"), issuedAt: issued, expiresAt: expires), hasRefreshToken: hasRefreshToken,
            sessionExpiresAt: sessionExpires, createdAt: created, foundAt: created, lookedAt: lookedAt,
            lastReadAt: at(-60), reason: Reason(.found))
    }

    /// Sessions s1, s2, … of users u1, u2, …, all due, s1 first. Their tokens live a day, so that the calls suffice.
    static func longLived(_ count: Int, lookedAt: WallTime = at(-1)) -> [SessionRow] {
        (1...count).map { number in
            .google(
                "s\(number)", user: "u\(number)", issued: at(-86_400), expires: at(number), lookedAt: lookedAt)
        }
    }

    /// The row with some of it otherwise.
    func with(_ change: (inout SessionRow) -> Void) -> SessionRow {
        var row = self
        change(&row)
        return row
    }

    func assessed(_ now: WallTime = .start, _ rules: ProjectRules = .app(), waits: Waits = Waits()) -> SessionRow {
        assessed(at: now, by: rules, waits: waits)
    }
}

extension ConditionNews {
    var condition: Condition {
        switch self {
        case .began(let condition), .changed(let condition, _), .ended(let condition): condition
        }
    }

    var isEnd: Bool {
        if case .ended = self { true } else { false }
    }
}

extension Evidence {
    /// Seen by a host clock that goes right, in half a second.
    static func seen(_ receivedAt: WallTime, clock: HostClock = HostClock()) -> Evidence {
        Evidence(clock: clock, sentAt: receivedAt - .milliseconds(500), receivedAt: receivedAt)
    }
}

extension AnswerHeaders {
    /// An answer received then, half a second after it was asked for.
    static func at(_ receivedAt: WallTime, remaining: Int? = nil, reset: WallTime = .start + .hours(1)) -> AnswerHeaders
    {
        AnswerHeaders(
            date: receivedAt.onServer,
            rate: remaining.map { RateHeaders(limit: 10, remaining: $0, reset: reset.onServer) },
            sentAt: receivedAt - .milliseconds(500), receivedAt: receivedAt)
    }
}
