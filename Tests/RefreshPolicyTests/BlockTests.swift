// A user whom Appwrite blocks may be let in again, and then needs no login: their sessions live on.

import RefreshPolicy
import Testing

@Suite("A session of a user who is blocked")
struct BlockTests {
    private let recheck = Waits().recheckLogin

    /// Appwrite said so, half a second after the start.
    private func blocked() throws -> World {
        var world = World([.google(lookedAt: at(-1))])
        world.turn()
        try world.answer("s1", .refused(.userBlocked), remaining: 9)
        try world.seeNothingNew()
        #expect(try world["s1"].standing == .ended)
        return world
    }

    /// What Appwrite shows to the user themself.
    private func shown(_ world: World) throws -> Look { .session(.unchanged(try world["s1"])) }

    @Test("is looked at as the user, now and then, and no more often where that is refused or fails")
    func looks() throws {
        var world = try blocked()
        for failure: CallFailure in [.refused(.userBlocked), .silent(.timedOut)] {
            let last = world.now
            world.sleep(until: last + recheck - .seconds(1))
            #expect(!world.isCalling)
            world.sleep(until: last + recheck)
            #expect(world.looking == ["s1"] && world.looks.first?.row.isBlocked == true)
            try world.see("s1", .failed(failure))
            #expect(try world["s1"].standing == .ended)
            world.turn()
            #expect(!world.isCalling)
        }
    }

    @Test("is kept again as soon as Appwrite shows it to the user; what the API key is shown proves nothing")
    func letInAgain() throws {
        var world = try blocked()
        world.list("ada", [.unchanged(try world["s1"])], headers: .at(world.now))
        #expect(try world["s1"].standing == .ended)
        world.sleep(until: world.now + recheck)
        try world.see("s1", try shown(world))
        #expect(try world["s1"].standing == .due)
        world.turn()
        #expect(world.spending == ["s1"])
        try world.renew("s1", remaining: 9, reset: at(25_200))
        #expect(try world["s1"].standing == .fresh)
    }

    @Test("is looked at as the user no later, and seen to be let in no less, for what the API key is shown meanwhile")
    func listedMeanwhile() throws {
        var world = try blocked()
        let last = world.now
        for pause in [recheck - .seconds(1), .seconds(1)] {
            world.sleep(until: world.now + pause)
            world.list("ada", [.unchanged(try world["s1"])], headers: .at(world.now))
        }
        #expect(world.now == last + recheck && world.looking == ["s1"])
        world.list("ada", [.unchanged(try world["s1"])], headers: .at(world.now + .milliseconds(200)))
        try world.see("s1", try shown(world))
        #expect(try world["s1"].standing == .due)
    }

    @Test("is let in again though a PATCH of before may be at work still: then it is in doubt, as it was")
    func doubt() throws {
        var world = World([.google(source: .secret, lookedAt: at(-1))])
        world.turn()
        try world.answer("s1", .lost(.timedOut))
        try world.see("s1", .failed(.refused(.userBlocked)))
        #expect(try world["s1"].standing == .ended)
        try world.order(1, "s1")
        try world.see("s1", try shown(world))
        #expect(try world["s1"].standing == .inDoubt)
        #expect(!world.isCalling)
    }

    @Test("is looked at when an operator asks for a refresh, which follows if the user is let in again")
    func asked() throws {
        var world = try blocked()
        try world.read(1, "s1")
        #expect(!world.isCalling, "an app's wish changes nothing")
        for reader in [2, 3] {
            try world.order(reader, "s1")
            #expect(world.looking == ["s1"])
            try world.see("s1", reader == 2 ? .failed(.refused(.userBlocked)) : try shown(world))
        }
        #expect(world.steps.contains(.reply(2)))
        #expect(world.spending == ["s1"])
        #expect(!world.steps.contains(.reply(3)))
    }

    @Test("is refreshed then though its token lives on; but not without a refresh token, whoever asks (law 1)")
    func askedEarly() throws {
        for hasRefreshToken in [true, false] {
            var row = SessionRow.google(issued: at(-60), expires: at(7200), lookedAt: at(-1))
            row.verdict = .ended(at: at(-1))
            row.reason = Reason(.userBlocked)
            var world = World([row])
            try world.order(1, "s1")
            var facts = SessionFacts.unchanged(row)
            facts.hasRefreshToken = hasRefreshToken
            try world.see("s1", .session(facts))
            #expect(world.spending == (hasRefreshToken ? ["s1"] : []))
            #expect(world.steps.contains(.reply(1)) == !hasRefreshToken)
        }
    }
}
