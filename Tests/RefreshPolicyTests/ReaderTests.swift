// Readers: who may start a refresh, who waits, and that everybody is answered (law 13).

import RefreshPolicy
import Testing

@Suite("A reader")
struct ReaderTests {
    @Test("Law 13: starts one refresh per third of the token's life, whatever it asks for")
    func third() throws {
        var world = World([.google(issued: .start, expires: at(3600), lookedAt: at(0))])
        world.now = at(1199)
        try world.read(1, "s1", minValid: .days(9))
        #expect(world.news() == [.reply(1)])
        world.now = at(1200)
        try world.read(2, "s1", minValid: .days(9))
        #expect(world.news() == [.look("s1")])
        try world.see("s1", [.google(issued: .start, expires: at(3600))])
        try world.answer("s1", .session(.google().renewed("new", at: world.now)), remaining: 9)
        #expect(world.news().suffix(2) == [.put("s1", .fresh), .reply(2)])
        for second in stride(from: 1210, to: 2400, by: 7) {
            world.now = at(second)
            try world.read(second, "s1", minValid: .days(9))
            #expect(world.news() == [.reply(second)])
        }
    }

    @Test("joins what is under way; all are answered once it ends")
    func together() throws {
        var world = World([.google(lookedAt: at(-1))])
        for reader in 1...5 { try world.read(reader, "s1") }
        try world.read(6, "s1", waits: false)
        world.take(.readerLeft(ReaderID(3), .app("s1")))
        world.take(.readerLeft(ReaderID(99), .app("s1")))
        #expect(world.news().filter { $0 != .put("s1", .refreshing) } == [.spend("s1"), .reply(6)])
        try world.answer("s1", .session(.google().renewed("new", at: world.now)), remaining: 9)
        #expect(world.news() == [.put("s1", .fresh), .reply(1), .reply(2), .reply(4), .reply(5)])
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let name: String
        let row: SessionRow
        var isOpenToOperators = false
        var testDescription: String { name }
    }

    @Test(
        "is answered at once where no refresh may begin",
        arguments: [
            Refused(name: "no refresh token", row: .google(hasRefreshToken: false)),
            Refused(name: "expired", row: .google(sessionExpires: at(0))),
            Refused(name: "too old", row: .google(created: .start - .days(366))),
            Refused(name: "ended", row: .google().with { $0.verdict = .ended(at: at(-1)) }),
            Refused(
                name: "suspected",
                row: .google().with { $0.verdict = .suspected(since: at(-1), lookAt: at(299)) }),
            Refused(
                name: "needs login",
                row: .google().with { $0.verdict = .needsLogin(since: at(-1), lookAt: at(299)) },
                isOpenToOperators: true),
            Refused(
                name: "backing off", row: .google().with { $0.verdict = .failing(failures: 1, retryAt: at(9)) },
                isOpenToOperators: true),
        ])
    func refused(_ refused: Refused) throws {
        var world = World([refused.row.with { $0.lookedAt = at(-1) }])
        _ = world.news()
        try world.read(1, "s1")
        #expect(world.steps.contains(.reply(1)))
        #expect(world.spends.isEmpty && world.looks.isEmpty)
        try world.order(2, "s1")
        #expect(world.spends.count == (refused.isOpenToOperators ? 1 : 0))
        #expect(world.steps.contains(.reply(2)) == !refused.isOpenToOperators)
    }

    @Test("wakes an idle session by reading it")
    func idle() throws {
        var world = World([.google(lookedAt: at(-1)).with { $0.lastReadAt = .start - .days(31) }])
        world.turn()
        #expect(try world["s1"].standing == .idle)
        #expect(world.spends.isEmpty)
        try world.read(1, "s1")
        #expect(world.spends.count == 1)
    }

    @Test("costs no write, however often it asks for what cannot be")
    func noWrites() throws {
        var world = World([.google().with { $0.verdict = .needsLogin(since: at(-1), lookAt: at(9999)) }])
        for second in 1...100 {
            world.now = at(second)
            try world.read(second, "s1")
        }
        #expect(world.news() == (1...100).map { World.Step.reply($0) })
        var spent = World([.google()])
        let ends = BudgetRecord(host: .example, resetAt: at(3600), limit: 10, spent: 10, inFlight: 0)
        spent.take(.started(StoredState(budgets: [ends]), seed: 1))
        for second in 1...100 {
            spent.now = at(second)
            try spent.read(second, "s1")
        }
        #expect(spent.news() == (1...100).map { World.Step.reply($0) })
    }

    @Test("is answered when its session is removed, ends, or needs a login; and when refreshd stops")
    func everybody() throws {
        var removed = World([.google()])
        try removed.read(1, "s1")
        try removed.remove("s1")
        #expect(removed.news() == [.look("s1"), .removed("s1"), .reply(1)])
        try removed.see("s1", [.google()])
        #expect(removed.spends.isEmpty, "law 14")

        var gone = World([.google()])
        try gone.read(1, "s1")
        try gone.see("s1", [])
        #expect(gone.news() == [.look("s1"), .put("s1", .ended), .reply(1)])

        var stopping = World([.google(lookedAt: at(-1)), .google("s2", user: "eve")])
        try stopping.read(1, "s1")
        try stopping.read(2, "s2")
        stopping.take(.stopping)
        try stopping.see("s2", [.google("s2", user: "eve")])
        #expect(stopping.spends.count == 1, "no new call")
        #expect(stopping.news().last == .reply(2))
        try stopping.answer("s1", .lost(.cancelled))
        #expect(stopping.news() == [.put("s1", .inDoubt), .reply(1)])
        try stopping.read(3, "s1")
        #expect(stopping.news() == [.reply(3)])

        var doubted = World([.google(lookedAt: at(-1))])
        try doubted.read(1, "s1")
        try doubted.answer("s1", .lost(.cut))
        try doubted.see("s1", .failed(.silent(.unreachable(.refused))))
        #expect(!doubted.steps.contains(.reply(1)))
        doubted.take(.stopping)
        #expect(doubted.news().last == .reply(1))
    }

    @Test("who orders a refresh as an operator is not held to a third of a life, but to the other laws")
    func operators() throws {
        var world = World([.google(issued: at(-10), expires: at(3590), lookedAt: at(-1))])
        try world.order(1, "s1")
        #expect(world.spends.count == 1)
        try world.order(2, "s1")
        #expect(world.spends.count == 1)
        try world.answer("s1", .refused(.rateLimited), remaining: 0)
        #expect(world.news().suffix(2) == [.reply(1), .reply(2)])
        try world.order(3, "s1")
        #expect(world.news() == [.reply(3)])
    }
}
