// The values that the tests of this module speak of.

import Fakes
import RefreshEngine
import RefreshPolicy

/// 2026-11-24T02:03:04.005Z.
let now = WallTime(milliseconds: 1_795_485_784_005)

/// Stands in every secret of these tests; seen anywhere but in a token's own answer, it is a leak.
let canary = "CANARY-9f3a"

struct FixedClock: WallClock {
    func now() -> WallTime { TokenAPITests.now }
    func steady() -> Duration { .zero }
    func sleep(for duration: Duration) async throws(CancellationError) {}
}

func id<Kind>(_ text: String) -> Identifier<Kind> {
    guard let id = Identifier<Kind>(text) else { preconditionFailure("\(text) is no identifier") }
    return id
}

func secret(_ text: String) -> Secret {
    guard let secret = Secret(text) else { preconditionFailure("an empty secret") }
    return secret
}

let key = SessionKey(project: id("shop"), session: id("s1"))
let grant = Grant(project: id("shop"), user: id("ada"), provider: id("google"), providerUID: "ada@example.org")

func servedToken(
    _ value: String = "token-\(canary)", endsIn life: Duration? = .milliseconds(1_799_999)
) -> ServedToken {
    ServedToken(
        key: key, grant: grant, value: secret(value), issuedAt: now - .seconds(60),
        expiresAt: life.map { now + $0 }, standing: .fresh)
}

func row(_ session: String = "s1", user: String = "ada", verdict: Verdict = .sound) -> SessionRow {
    SessionRow(
        key: SessionKey(project: id("shop"), session: id(session)), user: id(user), provider: id("google"),
        providerUID: "ada@example.org", source: .secret, keep: .always, secret: secret("secret-\(canary)"),
        token: Token(value: secret("token-\(canary)"), issuedAt: now - .seconds(60), expiresAt: now + .seconds(90)),
        next: Token(value: secret("next-\(canary)"), issuedAt: now, expiresAt: nil), hasRefreshToken: true,
        sessionExpiresAt: now + .days(365), createdAt: now - .days(2), foundAt: now - .days(1),
        lookedAt: now - .seconds(5), verdict: verdict, standing: .backingOff,
        reason: Reason(.providerRefused, oauthError: .invalidGrant))
}

let engineStatus = EngineStatus(
    now: now, startedAt: now - .seconds(3600), projects: [id("shop")],
    counts: [StandingCount(project: id("shop"), standing: .inDoubt, count: 3)],
    hosts: [
        EngineStatus.Host(
            name: HostName("cloud.example.org"), metering: .metered, limit: 10, remaining: 4,
            resetAt: now + .seconds(600))
    ],
    nextWakeAt: nil)

/// One host whose calls do not suffice, and a condition of each scope.
let troubledStatus = EngineStatus(
    now: now, startedAt: now - .seconds(3600), projects: [id("shop")], counts: [],
    hosts: [.short(HostName("cloud.example.org"), remaining: 4, resetAt: now + .seconds(600), now: now)],
    conditions: [
        Condition(
            scope: .host(HostName("cloud.example.org")), cause: .budgetShort, since: now - .seconds(60), count: 7),
        Condition(scope: .project(id("shop")), cause: .meteredAfterAll, since: now - .seconds(30), count: 1),
        Condition(
            scope: .lane(Lane(project: id("shop"), provider: id("google"))), cause: .providerFailing, since: now,
            count: 3, probeAt: now + .seconds(59)),
    ],
    nextWakeAt: nil)

func control(
    rows: [SessionRow] = [row()], failure: ControlError? = nil, ending: RefreshReport.Ending = .renewed,
    status: EngineStatus = engineStatus
) -> ScriptedControl {
    ScriptedControl(rows: rows, failure: failure, ending: ending, status: status)
}
