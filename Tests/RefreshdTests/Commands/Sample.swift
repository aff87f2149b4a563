// The sessions, tokens and states that the tests of the command line speak of.

import Fakes
import RefreshEngine
import RefreshPolicy

enum Sample {
    /// 2026-11-24 02:03:04.005 UTC.
    static let now = WallTime(milliseconds: 1_795_485_784_005)
    /// Stands in every secret; anywhere but in a token's own output it is a leak.
    static let canary = "CANARY-9f3a"

    static func id<Kind>(_ text: String) -> Identifier<Kind> {
        guard let id = Identifier<Kind>(text) else { preconditionFailure("\(text) is no identifier") }
        return id
    }

    static func secret(_ text: String) -> Secret {
        guard let secret = Secret(text) else { preconditionFailure("an empty secret") }
        return secret
    }

    static let key = SessionKey(project: id("shop"), session: id("s1"))
    static let grant = grant("ada@example.org")

    static func grant(_ uid: String) -> Grant {
        Grant(project: id("shop"), user: id("ada"), provider: id("google"), providerUID: uid)
    }

    static func token(minValidMet: Bool = true) -> TokenReply {
        .token(
            ServedToken(
                key: key, grant: grant, value: secret("token-\(canary)"), issuedAt: now - .seconds(60),
                expiresAt: now + .seconds(1800), standing: .fresh), minValidMet: minValidMet)
    }

    static func row(
        _ session: String = "s1", standing: Standing = .fresh, reason: Reason = Reason(.renewed),
        verdict: Verdict = .sound, heat: Heat? = nil, episodes: [Episode] = []
    ) -> SessionRow {
        SessionRow(
            key: SessionKey(project: id("shop"), session: id(session)), user: id("ada"), provider: id("google"),
            providerUID: "ada\u{1B}[2J@example.org", source: .secret, keep: .always,
            secret: secret("secret-\(canary)"),
            token: Token(
                value: secret("token-\(canary)"), issuedAt: now - .seconds(60), expiresAt: now + .seconds(2550)),
            hasRefreshToken: true, sessionExpiresAt: now + .days(365), createdAt: now - .days(2),
            foundAt: now - .days(1), lookedAt: now - .seconds(5), lastReadAt: heat.map { _ in now - .seconds(125) },
            heat: heat, verdict: verdict, standing: standing, reason: reason, wakeAt: now + .seconds(2250),
            episodes: episodes)
    }

    static let status = EngineStatus(
        now: now, startedAt: now - .seconds(3 * 3600), projects: [id("shop"), id("side")],
        counts: [
            StandingCount(project: id("shop"), standing: .fresh, count: 1200),
            StandingCount(project: id("shop"), standing: .needsLogin, count: 3),
            StandingCount(project: id("shop"), standing: .idle, count: 0),
        ],
        hosts: [
            EngineStatus.Host(
                name: HostName("cloud.example"), metering: .metered, limit: 10, remaining: 4,
                resetAt: now + .seconds(1400)),
            EngineStatus.Host(
                name: HostName("own.example"), metering: .unmetered, limit: 10, remaining: 10, resetAt: now),
        ],
        nextWakeAt: now + .seconds(12))

    /// One host whose calls do not suffice, one whose calls are not counted, and what is wrong with them.
    static let troubledStatus = EngineStatus(
        now: now, startedAt: now - .seconds(3 * 3600), projects: [id("shop")],
        counts: [StandingCount(project: id("shop"), standing: .fresh, count: 14)],
        hosts: [
            .short(HostName("cloud.example"), remaining: 4, resetAt: now + .seconds(1400), now: now),
            EngineStatus.Host(
                name: HostName("own.example"), metering: .unmetered, limit: 10, remaining: 10, resetAt: now),
        ],
        conditions: [condition(.budgetShort), condition(.keyRefused), condition(.providerFailing)],
        nextWakeAt: nil)

    /// Of the scope that its cause has, three minutes old.
    static func condition(_ cause: Condition.Cause, count: Int = 7, obstacle: Obstacle? = nil) -> Condition {
        let since = now - .seconds(180)
        switch cause {
        case .providerFailing, .providerThrottling, .emptyAnswers, .clientRefused, .grantsRefused,
            .providerUnsupported:
            return Condition(
                scope: .lane(Lane(project: id("shop"), provider: id("google"))), cause: cause, since: since,
                count: count, probeAt: now + .seconds(40))
        case .unreachable, .serverFailing, .notUnderstood, .keyRefused, .keyMayNotMint, .projectUnknown,
            .serviceDisabled, .loginsRefused:
            return Condition(
                scope: .project(id("shop")), cause: cause, since: since, count: count, probeAt: now - .seconds(1),
                obstacle: obstacle)
        case .meteredAfterAll:
            return Condition(scope: .project(id("shop")), cause: cause, since: since, count: count)
        case .budgetShort, .callsOfOthers, .noRateHeaders:
            return Condition(scope: .host(HostName("cloud.example")), cause: cause, since: since, count: count)
        }
    }

    static func control(
        _ rows: [SessionRow] = [row()], failure: ControlError? = nil, ending: RefreshReport.Ending = .renewed,
        status: EngineStatus = status
    ) -> ScriptedControl {
        ScriptedControl(rows: rows, failure: failure, ending: ending, status: status)
    }
}
