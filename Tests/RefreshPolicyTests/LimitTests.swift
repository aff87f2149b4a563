// What bounds the work that is begun: the calls that are left, the places of those who wait, what the look shows; and what
// its end may change.

import Testing

@testable import RefreshPolicy

@Suite("What is begun")
struct LimitTests {
    @Test("is no more looks than there are calls left for what they lead to (law 6)")
    func looksClaimCalls() throws {
        var world = World(SessionRow.longLived(3, lookedAt: at(-600)))
        let spent = BudgetRecord(host: .example, resetAt: at(3600), limit: 10, spent: 9, inFlight: 0)
        world.take(.started(StoredState(budgets: [spent]), seed: 1))
        world.turn()
        world.turn()
        #expect(world.looking == ["s1"])
        try world.read(1, "s2")
        #expect(world.looking == ["s1"])
        #expect(world.steps.contains(.reply(1)), "there is nothing to wait for")
    }

    @Test("ends with the look that shows the refresh token gone, whoever asked (law 1)", arguments: [false, true])
    func refreshTokenGone(isOperator: Bool) throws {
        var world = World([.google(issued: at(-1800), expires: at(1800))])
        if isOperator { try world.order(1, "s1") } else { try world.read(1, "s1") }
        #expect(world.looking == ["s1"])
        try world.see("s1", [.google(issued: at(-1800), expires: at(1800), hasRefreshToken: false)])
        #expect(world.spends.isEmpty)
        #expect(world.steps.contains(.reply(1)))
        #expect(try world["s1"].standing == .unrefreshable)
    }

    @Test("waits as after a first failure, where it failed of what its lane is held for (law 12)")
    func heldFailure() throws {
        var world = World([
            .google(lookedAt: at(-1)).with { $0.verdict = .failing(failures: 5, retryAt: at(-1)) }
        ])
        let lane = Lane(project: .named("app"), provider: .named("google"))
        let condition = Condition(
            scope: .lane(lane), cause: .providerFailing, since: at(-600), count: 3, probeAt: at(-1))
        world.take(.started(StoredState(conditions: [condition]), seed: 1))
        world.turn()
        #expect(world.spending == ["s1"])
        try world.refuse("s1", .providerFailed)
        guard case .failing(6, let retryAt) = try world["s1"].verdict else {
            Issue.record("not failing")
            return
        }
        #expect(retryAt <= world.now + .seconds(36))
    }

    @Test("changes no row that was removed, and found anew after the doubt was over (law 14)")
    func foundAnewLater() throws {
        var world = World([.google(lookedAt: at(-1))])
        world.turn()
        #expect(world.spending == ["s1"])
        try world.remove("s1")
        world.now = at(601)
        world.list("ada", [.google()], headers: .at(world.now))
        let found = try world["s1"]
        #expect(found.attempt == nil)
        try world.answer("s1", .refused(.rateLimited))
        #expect(try world["s1"] == found)
    }

    @Test("leaves no doubt of a session that was removed, once it is answered (law 4)")
    func answeredAfterRemoval() throws {
        var world = World([.google(lookedAt: at(-1))])
        world.turn()
        try world.remove("s1")
        try world.answer("s1", .refused(.providerFailed))
        world.list("ada", [.google()], headers: .at(world.now))
        #expect(try world["s1"].attempt == nil)
        #expect(try world["s1"].standing == .due)
    }

    @Test("ahead of a short window goes on after its look")
    func earlyAfterLook() throws {
        var rules = ProjectRules.app()
        rules.pace.maxInFlight = 100
        let rows = (1...12).map { number in
            SessionRow.google(
                "s\(number)", user: "u\(number)", issued: at(-3000), expires: at(4200 + number), lookedAt: at(0))
        }
        var world = World(rows, rules: Rules(projects: [rules]))
        world.sleep(until: at(3000))
        #expect(world.looking == (1...10).map { "s\($0)" })
        try world.seeNothingNew()
        #expect(world.spending == (1...10).map { "s\($0)" })
    }

    @Test("of calls at once leaves room, once one of them has ended, for the session next in line")
    func nextInLine() throws {
        let rows = (1...10).map { SessionRow.google("s\($0)", user: "u\($0)", lookedAt: at(-99)) }
        var world = World(rows, rules: Rules(projects: [.app(.unmetered)]))
        world.turn()
        #expect(world.looking.count == 8)
        let first = try #require(world.looking.first)
        try world.see(first, [])
        #expect(world.looking.count == 7)
        world.turn()
        #expect(world.looking.count == 8)
    }

    @Test("is waited for by ten thousand at most, and whoever was answered or left makes room (law 11)")
    func waitingReaders() {
        var readers = WaitingReaders()
        let joined = (1...10_001).map { readers.join(ReaderID($0), of: .app("s1")) }
        #expect(joined.count { $0 } == 10_000)
        #expect(joined.last == false)
        readers.leave(ReaderID(1), of: .app("s1"))
        let second = [10_002, 10_003].map { readers.join(ReaderID($0), of: .app("s2")) }
        #expect(second == [true, false])
        let dismissed = readers.dismiss(.app("s1")).count
        #expect(dismissed == 9999)
        let third = (1...9999).map { readers.join(ReaderID($0), of: .app("s3")) }
        #expect(third.allSatisfy { $0 })
        let last = readers.join(ReaderID(10_004), of: .app("s3"))
        #expect(!last)
    }
}
