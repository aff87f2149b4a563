// What is erased: all of a user, by wish or because the user is gone; and sessions that have been over for long.

import RefreshPolicy
import RefreshSimulation
import Testing

@Suite("What is forgotten")
struct ForgettingTests {
    private func forget(_ user: String, in world: inout World) {
        world.take(.forgotten(.named("app"), rows: world.rows(of: user)))
    }

    @Test("is all of a user, spares and registered sessions too, and of nobody else; it is told without a name")
    func user() throws {
        var world = World([
            .google("a"), .google("b", created: at(-100)), .google("c", source: .secret), .google("d", user: "eve"),
        ])
        world.take(.turn)
        _ = world.newNotices()
        forget("ada", in: &world)
        #expect(world.memory.rows().map(\.key) == [.app("d")])
        #expect(world.newNotices() == [.forgotten(.named("app"), sessions: 3, .wished)])
        forget("ada", in: &world)
        #expect(world.newNotices() == [], "nothing is left to tell of")
    }

    @Test("Law 14: is not brought back by a look or a refresh that was under way; who waits for it is answered")
    func underWay() throws {
        var looking = World([.google()])
        try looking.read(1, "s1")
        #expect(looking.news() == [.look("s1")])
        forget("ada", in: &looking)
        #expect(looking.news() == [.removed("s1"), .reply(1)])
        try looking.see("s1", [.google()])
        #expect(looking.memory.count == 0 && looking.spends.isEmpty)

        var spending = World([.google(lookedAt: at(-1))])
        try spending.read(1, "s1")
        let attempt = try #require(spending.spends.first).attempt
        forget("ada", in: &spending)
        #expect(spending.news().last == .reply(1))
        try spending.answer("s1", .session(.google().renewed("new", at: at(1))), remaining: 9)
        #expect(spending.memory.count == 0)
        #expect(spending.scheduler.budgets(at: at(1)).first?.remaining == 9, "the call was made all the same")

        var lost = World([.google(lookedAt: at(-1))])
        try lost.read(1, "s1")
        forget("ada", in: &lost)
        lost.list("ada", [.google()], headers: .at(at(2)))
        #expect(try lost["s1"].attempt?.id == attempt, "law 4: its refresh may be at work still")
    }

    @Test("is a user of whom a look shows that the key knows them no more; the flight ends with it")
    func goneByLook() throws {
        var world = World([.google("a"), .google("b", uid: "g-2")])
        try world.read(1, "a")
        try world.see("a", .failed(.refused(.userUnknown)))
        #expect(world.memory.count == 0)
        #expect(world.news().last == .reply(1))
        #expect(world.scheduler.budgets(at: at(0)).first?.remaining == 10)
        world.now = at(60)
        world.list("ada", [.google("a")], headers: .at(at(60)))
        world.turn()
        #expect(world.spends.contains { $0.row.key == .app("a") }, "whoever comes again is begun with anew")
    }

    @Test("is a user for whom the key gets no JWT: a look follows at once, and proves it")
    func goneByMint() throws {
        var world = World([.google(lookedAt: at(-1))])
        try world.read(1, "s1")
        try world.answer("s1", .notSent(.refused(.userUnknown)))
        #expect(world.news().last == .look("s1"))
        try world.see("s1", .failed(.refused(.userUnknown)))
        #expect(world.memory.count == 0)
        #expect(world.scheduler.budgets(at: world.now).first?.remaining == 10, "nothing was sent")
        world.now = world.now + .seconds(60)
        world.list("ada", [.google()], headers: .at(world.now))
        #expect(try world["s1"].attempt == nil, "nothing is at work still that could leave a doubt")
    }

    @Test("is not the user of a session for which there is no JWT: the session is over, at the first proof (law 3)")
    func endedByMint() throws {
        var world = World([.google(lookedAt: at(-1))])
        try world.read(1, "s1")
        try world.answer("s1", .notSent(.refused(.sessionUnknown)))
        #expect(world.news().last == .look("s1"))
        try world.see("s1", [])
        #expect(try world["s1"].standing == .ended)
    }

    @Test("is noticed of a session that nobody needs, too: what no walk has shown for a day is looked at")
    func goneUnseen() throws {
        var world = World([.google(hasRefreshToken: false)])
        world.sleep(until: at(-600) + .days(1) - .seconds(1))
        #expect(world.looks.isEmpty)
        world.sleep(until: .start + .days(2))
        #expect(world.looks.map(\.row.key) == [.app("s1")])
        world.turn()
        #expect(world.looks.count == 1, "once")
        try world.see("s1", .failed(.refused(.userUnknown)))
        #expect(world.memory.count == 0)
    }

    @Test("is a session that has been over for `forgetEndedAfter`, quietly")
    func ended() throws {
        var world = World([.google("a"), .google("b", user: "eve")])
        world.list("ada", [], headers: .at(at(1)))
        #expect(try world["a"].standing == .ended)
        _ = world.newNotices()
        let end = at(0) + Waits().forgetEndedAfter
        world.sleep(until: end - .seconds(1))
        #expect(try world["a"].standing == .ended)
        world.sleep(until: end + .seconds(1))
        #expect(world.memory.rows().map(\.key) == [.app("b")])
        #expect(!world.newNotices().contains { if case .removed = $0 { true } else { false } })
    }

    @Test("is not a blocked user's session before its own end: it is listed on, and would be found anew")
    func blocked() throws {
        var row = SessionRow.google(sessionExpires: .start + .days(20))
        row.verdict = .ended(at: at(0))
        row.reason = Reason(.userBlocked)
        var world = World([row])
        world.sleep(until: .start + .days(19))
        #expect(try world["s1"].standing == .ended)
        world.sleep(until: .start + .days(20) + .seconds(1))
        #expect(world.memory.count == 0)
    }
}
