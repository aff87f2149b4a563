// Law 12, of a project: what is wrong with its key, its server or the way there is told once, and holds what would fail
// of it: the calls that count, and free looks too where these would fail alike.

import RefreshPolicy
import Testing

@Suite("Law 12: a project's condition")
struct ProjectConditionTests {
    private let alias = ProjectAlias.named("app")

    struct Held: Sendable, CustomTestStringConvertible {
        let cause: Condition.Cause
        let looks: Bool
        var testDescription: String { cause.rawValue }
    }

    @Test(
        "holds PATCHes until its probe; and free looks where they would fail of it too",
        arguments: [
            Held(cause: .keyRefused, looks: true), Held(cause: .projectUnknown, looks: true),
            Held(cause: .unreachable, looks: true), Held(cause: .serverFailing, looks: true),
            Held(cause: .notUnderstood, looks: true), Held(cause: .loginsRefused, looks: true),
            Held(cause: .keyMayNotMint, looks: false), Held(cause: .serviceDisabled, looks: false),
        ])
    func holds(_ held: Held) throws {
        let needy = SessionRow.google("n", user: "eve").with {
            $0.verdict = .needsLogin(since: at(-9), lookAt: at(10))
        }
        var world = World(SessionRow.longLived(3) + [needy])
        let condition = Condition(
            scope: .project(alias), cause: held.cause, since: at(-60), count: 1, probeAt: at(60))
        world.take(.started(StoredState(conditions: [condition]), seed: 1))
        for second in [0, 9, 10, 30, 59] { world.sleep(until: at(second)) }
        #expect(world.spending == [])
        #expect(world.looking == (held.looks ? [] : ["n"]))
        if held.looks { #expect(try world["n"].wakeAt == at(60), "it is not tried again and again") }
        #expect(world.newConditions() == [], "what a start finds is not told anew")
        world.sleep(until: at(60))
        world.turn()
        #expect(world.looking.filter { $0 != "n" }.count + (held.looks && world.looking.contains("n") ? 1 : 0) == 1)
    }

    struct Told: Sendable, CustomTestStringConvertible {
        let look: Look
        let cause: Condition.Cause
        let times: Int
        var obstacle: Obstacle?
        var testDescription: String { Condition.words(cause, obstacle) }
    }

    @Test(
        "begins by looks that fail of it, as often as it takes to be sure, and ends by one that shows sessions",
        arguments: [
            Told(look: .failed(.refused(.keyRefused)), cause: .keyRefused, times: 1),
            Told(look: .failed(.refused(.projectUnknown)), cause: .projectUnknown, times: 1),
            Told(look: .failed(.silent(.unreachable(.refused))), cause: .unreachable, times: 3, obstacle: .refused),
            Told(
                look: .failed(.silent(.unreachable(.nameUnknown))), cause: .unreachable, times: 3,
                obstacle: .nameUnknown),
            Told(look: .failed(.silent(.timedOut)), cause: .unreachable, times: 3, obstacle: .answerTimedOut),
            Told(look: .failed(.silent(.cut)), cause: .unreachable, times: 3, obstacle: .cut),
            Told(look: .failed(.refused(.serverFailed(status: 503))), cause: .serverFailing, times: 3),
            Told(look: .failed(.silent(.notUnderstood)), cause: .notUnderstood, times: 3),
        ])
    func begins(_ told: Told) throws {
        var world = World(SessionRow.longLived(8, lookedAt: at(-600)))
        world.turn()
        for number in 1...told.times {
            #expect(world.newConditions() == [])
            try world.see("s\(number)", told.look)
        }
        let began = try #require(world.newConditions().first?.condition)
        #expect(began.cause == told.cause)
        #expect(began.obstacle == told.obstacle)
        #expect(began.scope == .project(alias))
        #expect(began.count == told.times)
        #expect(world.stored.conditions == [began])
        #expect(world.spending == [])
        world.turn()
        #expect(world.looking.count == 8 - told.times, "nothing more is begun")
        let shown = try #require(world.looks.first?.row)
        try world.see(shown.key.session.rawValue, [.unchanged(shown)])
        #expect(world.newConditions() == [.ended(began)])
        #expect(world.stored.conditions == [])
    }

    @Test("of a key that may not make JWTs begins by a PATCH that could not leave, and ends by one that was answered")
    func mayNotMint() throws {
        var world = World(SessionRow.longLived(2))
        world.turn()
        try world.answer("s1", .notSent(.refused(.keyRefused)))
        let began = try #require(world.newConditions().first?.condition)
        #expect(began.cause == .keyMayNotMint)
        world.list("u1", [.unchanged(try world["s1"])], headers: .at(world.now))
        #expect(world.newConditions() == [], "it may read")
        try world.answer("s2", .refused(.providerFailed), remaining: 9)
        #expect(world.newConditions().map(\.isEnd) == [true])
    }

    @Test("of a service that is switched off begins by a PATCH, and does not end by lists, which go on working")
    func serviceDisabled() throws {
        var world = World(SessionRow.longLived(2))
        world.turn()
        try world.answer("s1", .refused(.serviceDisabled))
        #expect(world.newConditions().map(\.condition.cause) == [.serviceDisabled])
        #expect(world.stored.budgets.first?.spent == 1, "not counted")
        try world.seeNothingNew()
        #expect(world.scheduler.conditions.count == 1)
        try world.renew("s2", remaining: 9)
        #expect(world.newConditions().map(\.isEnd) == [true])
    }

    @Test("of secrets that are all refused begins with the third session, and suspects no one for good")
    func loginsRefused() throws {
        let rows = (1...4).map { SessionRow.google("s\($0)", user: "u\($0)", source: .secret) }
        var world = World(rows, rules: Rules(projects: [.app(hasAPIKey: false)]))
        world.turn()
        for number in 1...3 { try world.see("s\(number)", .failed(.refused(.loginRefused))) }
        #expect(world.newConditions().map(\.condition.cause) == [.loginsRefused])
        try world.see("s4", .session(.google("s4", user: "u4")))
        #expect(world.newConditions().map(\.isEnd) == [true])
    }

    @Test("of another obstacle is told again, and stored in the place of what was")
    func obstacle() throws {
        var world = World([])
        for _ in 1...3 { world.take(.searched(alias, .silent(.unreachable(.nameUnknown)))) }
        let began = try #require(world.newConditions().first?.condition)
        world.sleep(until: try #require(began.probeAt))
        world.take(.searched(alias, .silent(.unreachable(.refused))))
        let changed = try #require(world.scheduler.conditions.first)
        #expect(changed.obstacle == .refused)
        #expect(changed.since == began.since)
        #expect(world.newConditions() == [.changed(changed, from: began)])
        #expect(world.stored.conditions == [changed])
    }

    @Test("is found by the search too, where there is no session to look at")
    func search() throws {
        var world = World([])
        world.take(.searched(alias, .refused(.keyRefused)))
        #expect(world.newConditions().map(\.condition.cause) == [.keyRefused])
        world.take(.searched(alias, .refused(.keyRefused)))
        #expect(world.newConditions() == [], "once")
        world.take(.searched(alias, nil))
        #expect(world.newConditions().map(\.isEnd) == [true])
        #expect(world.scheduler.conditions == [])
    }

    @Test("outlives a restart: it holds on, untold, and its end is told")
    func restart() throws {
        var world = World(SessionRow.longLived(3, lookedAt: at(-600)))
        world.turn()
        try world.see("s1", .failed(.refused(.keyRefused)))
        let began = try #require(world.newConditions().first?.condition)
        world.restart()
        #expect(world.scheduler.conditions == [began])
        world.turn()
        #expect(world.looking == [])
        #expect(world.newConditions() == [])
        world.sleep(until: try #require(began.probeAt))
        #expect(world.looking.count == 1)
        try world.seeNothingNew()
        #expect(world.newConditions() == [.ended(began)])
        #expect(world.stored.conditions == [])
    }

    @Test("of another project holds nothing here")
    func others() throws {
        let other = ProjectRules(alias: .named("other"), host: HostName("other.example"), hasAPIKey: true)
        var world = World(SessionRow.longLived(2), rules: Rules(projects: [.app(), other]))
        world.take(.searched(.named("other"), .refused(.keyRefused)))
        world.turn()
        #expect(world.spending == ["s1", "s2"])
    }
}
