// Law 4: after a lost answer or a crash nobody knows whether the PATCH is at work still. Looks only, until the session
// changed or ten minutes have passed.

import RefreshPolicy
import Testing

@Suite("In doubt, law 4,")
struct DoubtTests {
    /// A session whose answer was just lost, and a reader of it.
    private func doubted(_ row: SessionRow = .google(lookedAt: at(-1))) throws -> World {
        var world = World([row])
        try world.read(7, "s1")
        try world.answer("s1", .lost(.timedOut), after: .seconds(30))
        return world
    }

    @Test("a session is looked at at once, and then ever more slowly, but not spent on; its reader waits on")
    func looksOnly() throws {
        var world = try doubted()
        #expect(world.news() == [.put("s1", .refreshing), .spend("s1"), .put("s1", .inDoubt), .look("s1")])
        #expect(try world["s1"].reason == Reason(.answerLost))
        var looksAt: [Duration] = []
        while try world["s1"].standing == .inDoubt && world.now < at(700) {
            if world.looks.isEmpty {
                world.sleep(until: try #require(try world["s1"].wakeAt))
            } else {
                looksAt.append(world.now - .start)
                try world.see("s1", [.google()])
            }
            if try world["s1"].standing == .inDoubt {
                #expect(world.spends.isEmpty)
                #expect(!world.steps.contains(.reply(7)))
            }
        }
        #expect((at(600)...at(602)).contains(world.now))
        #expect((8...20).contains(looksAt.count))
        #expect(try world["s1"].failures == 1, "nothing came of it")
        #expect(world.spends.count == 1, "and the reader waits still")
        #expect(!world.steps.contains(.reply(7)))
        try world.answer("s1", .session(.google().renewed("new", at: world.now)), remaining: 8)
        #expect(world.steps.last == .reply(7))
    }

    @Test("a session is looked at after the doubt is over and before it is spent on, for its PATCH may have ended late")
    func endedLate() {
        let row = SessionRow.google(lookedAt: at(590)).with {
            $0.attempt = SentAttempt(id: AttemptID(1), sentAt: at(0))
        }
        var world = World([row], now: at(599))
        world.sleep(until: at(600))
        #expect(world.spends.isEmpty)
    }

    @Test("a session is fresh again as soon as a look shows the new token")
    func resolved() throws {
        var world = try doubted()
        try world.see("s1", [.google().renewed("new", at: at(3))])
        #expect(world.news().suffix(2) == [.put("s1", .fresh), .reply(7)])
        #expect(try world["s1"].token?.value == .named("new"))
        #expect(world.notices.last == .settled(try world["s1"]), "and it was no other caller")
        #expect(try world["s1"].reason == Reason(.settled))
        #expect(world.stored.budgets.first?.spent == 1, "the lost call stays counted")
    }

    @Test(
        "a session may be spent on once it changed; where its token is due still, its reader waits for the next refresh"
    )
    func changedAndDue() throws {
        var world = try doubted()
        _ = world.news()
        try world.see("s1", [.google().renewed("short", at: at(3), life: .seconds(30))])
        #expect(world.news().suffix(2) == [.put("s1", .refreshing), .spend("s1")])
        try world.answer("s1", .session(.google().renewed("new", at: at(31))), remaining: 8)
        #expect(world.news() == [.put("s1", .fresh), .reply(7)])
    }

    @Test("a session that changed without a token has failed, and waits as after any failure")
    func finishedWithoutToken() throws {
        var world = try doubted()
        var wiped = SessionFacts.google().renewed("x", at: at(3), life: .zero)
        wiped.token = nil
        try world.see("s1", [wiped])
        #expect(try world["s1"].standing == .backingOff)
        guard case .failing(1, let retryAt) = try world["s1"].verdict else {
            Issue.record("no failure")
            return
        }
        #expect(retryAt >= world.now + .seconds(24))
    }

    @Test("nobody's reading sends a PATCH, nor an operator's order")
    func reading() throws {
        var world = try doubted()
        world.now = world.now + .seconds(20)
        try world.read(8, "s1")
        try world.order(9, "s1")
        try world.see("s1", [.google()])
        world.turn()
        #expect(world.spends.isEmpty)
        #expect(world.looks.count <= 1)
    }

    @Test("a doubt outlasts a restart, and is no shorter for it")
    func restart() throws {
        var world = try doubted()
        world.restart()
        #expect(try world["s1"].standing == .inDoubt)
        #expect(world.looks.count == 0, "its look comes when it is due")
        world.sleep(until: try #require(try world["s1"].wakeAt))
        #expect(world.looks.count == 1)
        try world.see("s1", [.google()])
        world.sleep(until: at(599))
        #expect(try world["s1"].standing == .inDoubt)
        #expect(world.spends.isEmpty)
    }

    @Test("a crash while a PATCH was under way leaves a doubt, and a look at once")
    func crash() throws {
        var world = World([.google(lookedAt: at(-1))])
        world.turn()
        _ = world.news()
        world.restart()
        #expect(world.news() == [.put("s1", .inDoubt), .look("s1")])
        #expect(world.stored.budgets.first?.spent == 1)
        #expect(world.scheduler.budgets(at: world.now).first?.remaining == 9)
    }

    @Test("a crash at any boundary of the course loses nothing and sends nothing twice", arguments: 0..<18)
    func crashAnywhere(_ boundary: Int) throws {
        var world = World([.google()])
        var server = SessionFacts.google()
        var sends = 0
        world.fuse = boundary
        while world.now < at(1800) {
            if !world.looks.isEmpty {
                try world.see("s1", [server])
            } else if !world.spends.isEmpty {
                // The server does it, whoever hears of it.
                sends += 1
                server = server.renewed("new-\(sends)", at: world.now)
                try world.answer("s1", .session(server), remaining: 10 - sends)
            } else {
                world.sleep(until: world.now + .seconds(1))
            }
            if world.hasCrashed { world.restart() }
        }
        #expect(sends == 1)
        #expect(try world["s1"].token?.value == .named("new-1"))
        #expect(try world["s1"].standing == .fresh)
        #expect(try world["s1"].attempt == nil)
    }

    @Test("a session removed meanwhile and registered anew is in doubt still")
    func registeredAnew() throws {
        var world = try doubted()
        try world.remove("s1")
        #expect(world.news().suffix(2) == [.removed("s1"), .reply(7)])
        world.register(.google())
        #expect(try world["s1"].standing == .inDoubt)
        var late = try doubted()
        try late.remove("s1")
        late.now = at(700)
        late.list("ada", [.google()], headers: .at(at(700)))
        #expect(try late["s1"].attempt == nil)
    }

    @Test("a session removed while its PATCH was under way, and found anew, takes that PATCH's answer")
    func foundAnew() throws {
        var world = World([.google(lookedAt: at(-1))])
        world.turn()
        try world.remove("s1")
        world.now = at(2)
        world.list("ada", [.google()], headers: .at(at(2)))
        #expect(try world["s1"].standing == .refreshing)
        world.turn()
        #expect(world.spends.count == 1)
        try world.answer("s1", .session(.google().renewed("new", at: at(2))), remaining: 9)
        #expect(try world["s1"].token?.value == .named("new"))
        var lost = World([.google(lookedAt: at(-1))])
        lost.turn()
        try lost.remove("s1")
        try lost.answer("s1", .lost(.cut))
        lost.list("ada", [.google()], headers: .at(lost.now))
        #expect(try lost["s1"].standing == .inDoubt)
    }

    @Test("a PATCH that outlasts a short doubt is waited for all the same")
    func shortDoubt() throws {
        var waits = Waits()
        waits.doubtFor = .seconds(5)
        var world = World([.google(lookedAt: at(-1))], rules: Rules(projects: [.app()], waits: waits))
        try world.read(7, "s1")
        world.sleep(until: at(20))
        #expect(try world["s1"].standing == .refreshing)
        try world.answer("s1", .session(.google().renewed("new", at: at(20))), remaining: 9)
        #expect(try world["s1"].token?.value == .named("new"))
        #expect(world.news().last == .reply(7))
    }

    @Test("a listing while the PATCH is under way adopts its token, and leaves its end to the answer")
    func listedMeanwhile() throws {
        var world = World([.google(lookedAt: at(-1))])
        try world.read(7, "s1")
        world.now = at(10)
        world.list("ada", [.google().renewed("new", at: at(5))], headers: .at(at(10)))
        #expect(try world["s1"].token?.value == .named("new"))
        #expect(try world["s1"].standing == .refreshing)
        try world.answer("s1", .session(.google().renewed("new", at: at(5))), remaining: 9)
        #expect(try world["s1"].standing == .fresh)
        #expect(try world["s1"].verdict == .sound)
        #expect(world.looks.isEmpty)
    }

    @Test("a listing that showed the new token leaves no doubt when the answer is then lost")
    func listedThenLost() throws {
        var world = World([.google(lookedAt: at(-1))])
        try world.read(7, "s1")
        world.now = at(10)
        world.list("ada", [.google().renewed("new", at: at(5))], headers: .at(at(10)))
        try world.answer("s1", .lost(.cut))
        #expect(try world["s1"].attempt == nil)
        #expect(try world["s1"].standing == .fresh)
        #expect(world.looks.isEmpty)
        #expect(world.news().contains(.reply(7)))
    }
}
