// Law 12, of a lane: what many sessions of one provider fail of is held as one, found out by one call, and told once.

import RefreshPolicy
import Testing

@Suite("Law 12: a provider that")
struct LaneConditionTests {
    private let lane = Lane(project: .named("app"), provider: .named("google"))

    /// Sessions of which three may be under way at once.
    private func world(_ rows: [SessionRow]) -> World {
        var rules = ProjectRules.app()
        rules.pace.maxInFlight = 3
        rules.budget.limit = 100
        return World(rows, rules: Rules(projects: [rules]))
    }

    private func condition(_ cause: Condition.Cause, count: Int, since: WallTime, probeAt: WallTime) -> Condition {
        Condition(scope: .lane(lane), cause: cause, since: since, count: count, probeAt: probeAt)
    }

    /// Three PATCHes were answered by 5xx; half a second passed for each answer.
    private func failing() throws -> (World, Condition) {
        var world = world(SessionRow.longLived(9))
        world.turn()
        for session in ["s1", "s2", "s3"] { try world.answer(session, .refused(.providerFailed), remaining: 90) }
        let condition = condition(
            .providerFailing, count: 3, since: at(0) + .milliseconds(500), probeAt: world.now + .minutes(1))
        return (world, condition)
    }

    @Test("fails has the rest held, and nothing more is spent; it is told and stored once")
    func held() throws {
        var (world, condition) = try failing()
        #expect(world.newConditions() == [.began(condition)])
        #expect(world.stored.conditions == [condition])
        try world.seeNothingNew()
        for second in stride(from: 2, to: 61, by: 3) { world.sleep(until: at(second)) }
        #expect(world.spending == [] && world.looking == [])
        #expect(world.newConditions() == [])
        #expect(world.wakeBy.map { $0 <= world.now + .minutes(1) } == true)
    }

    @Test("fails is not told of session by session while it is held")
    func untoldFailures() throws {
        var (world, _) = try failing()
        _ = world.newNotices()
        try world.seeNothingNew()
        #expect(try world["s1"].failures == 1 && world["s3"].failures == 1)
        #expect(world.newNotices() == [])
        var alone = World([.google(lookedAt: at(-1))])
        alone.turn()
        try alone.refuse("s1", .providerFailed)
        #expect(alone.newNotices() == [.failed(try alone["s1"])], "as one that fails by itself is")
    }

    @Test("fails is found out by one call at a time, of one that has not failed of it, ever more seldom")
    func probes() throws {
        var (world, condition) = try failing()
        try world.seeNothingNew()
        var probeAt = try #require(condition.probeAt)
        for (session, minutes) in [("s4", 2), ("s5", 5), ("s6", 10)] {
            world.sleep(until: probeAt - .milliseconds(1))
            #expect(world.looking == [] && world.spending == [])
            world.sleep(until: probeAt)
            world.turn()
            #expect(world.looking == [session])
            try world.seeNothingNew()
            #expect(world.spending == [session])
            world.turn()
            #expect(world.looking == [], "one at a time")
            try world.refuse(session, .providerFailed, remaining: 80)
            probeAt = try #require(world.scheduler.conditions.first?.probeAt)
            #expect(probeAt - world.now <= .minutes(minutes))
            #expect(probeAt - world.now > .minutes(minutes) - .seconds(1))
        }
        #expect(world.newConditions().count == 1, "told once")
        #expect(world.scheduler.conditions.first?.count == 6)
    }

    @Test("fails is found out after a minute, however many calls were under way when it began")
    func stragglers() throws {
        var world = World(SessionRow.longLived(9))
        world.turn()
        #expect(world.spending.count == 8)
        for session in world.spending { try world.answer(session, .refused(.providerFailed), remaining: 2) }
        let condition = try #require(world.scheduler.conditions.first)
        #expect(condition.count == 8)
        #expect(condition.probeAt.map { $0 <= world.now + .minutes(1) } == true)
    }

    /// Twitch says "Invalid refresh token" for one that is revoked, and no code of RFC 6749 with it.
    @Test("refuses one session in words of its own is not held for the others, however often that fails")
    func oneAlone() throws {
        var rows = SessionRow.longLived(4)
        // The others come into their margin of five minutes later.
        for index in 1..<4 { rows[index].token?.expiresAt = at(450 + index) }
        var rules = ProjectRules.app()
        rules.pace.maxInFlight = 1
        rules.budget.limit = 100
        var world = World(rows, rules: Rules(projects: [rules]))
        for second in [0, 40, 120] {
            world.sleep(until: at(second))
            try world.seeNothingNew()
            #expect(world.spending == ["s1"])
            try world.refuse("s1", .providerRefused(nil), remaining: 90)
        }
        #expect(world.newConditions() == [] && world.scheduler.conditions == [])
        // It would be tried again; those in their margin go first.
        world.sleep(until: at(310))
        try world.seeNothingNew()
        #expect(world.spending == ["s2"])
    }

    @Test("works again is told once, and the rest goes on at once; nobody waits longer for having failed in it")
    func heals() throws {
        var (world, condition) = try failing()
        try world.seeNothingNew()
        _ = world.newConditions()
        world.sleep(until: try #require(condition.probeAt))
        try world.seeNothingNew()
        try world.renew("s4", remaining: 80)
        #expect(world.newConditions() == [.ended(condition)])
        #expect(world.stored.conditions == [])
        world.turn()
        #expect(world.looking.count == 3)
        try world.seeNothingNew()
        for session in world.spending { try world.renew(session, remaining: 70) }
        #expect(world.newConditions() == [])
    }

    @Test("refuses the project's client is held after two; a refused grant speaks for it, for it knows its client then")
    func clientRefused() throws {
        var world = world(SessionRow.longLived(9))
        world.turn()
        try world.answer("s1", .refused(.providerClientRefused), remaining: 90)
        #expect(world.newConditions() == [])
        try world.answer("s2", .refused(.providerRefused(OAuthErrorCode("invalid_client"))), remaining: 90)
        let condition = condition(
            .clientRefused, count: 2, since: at(0) + .milliseconds(500), probeAt: world.now + .minutes(1))
        #expect(world.newConditions() == [.began(condition)])
        try world.answer("s3", .refused(.providerRefused(.invalidGrant)), remaining: 90)
        #expect(world.newConditions() == [.ended(condition)])
    }

    @Test("has reached its own limit is obeyed at once; other providers go on")
    func throttled() throws {
        var rows = SessionRow.longLived(5)
        rows[4].provider = .named("github")
        var world = world(rows)
        world.turn()
        #expect(world.spending == ["s1", "s2", "s3"])
        try world.refuse("s1", .providerThrottled)
        let condition = condition(
            .providerThrottling, count: 1, since: at(0) + .milliseconds(500), probeAt: at(60) + .milliseconds(500))
        #expect(world.newConditions() == [.began(condition)])
        world.turn()
        #expect(world.spending == ["s2", "s3", "s5"])
        try world.renew("s5", remaining: 90)
        #expect(world.newConditions() == [], "another provider says nothing of it")
        #expect(world.scheduler.conditions == [condition])
    }

    @Test("answers with empty tokens is held when two sessions are answered so")
    func emptyAnswers() throws {
        var world = world(SessionRow.longLived(5))
        world.turn()
        for session in ["s1", "s2"] {
            var wiped = SessionFacts.unchanged(try world[session]).renewed("x", at: world.now)
            wiped.token = nil
            try world.answer(session, .session(wiped), remaining: 90)
        }
        #expect(world.newConditions().map(\.condition.cause) == [.emptyAnswers])
    }

    @Test("fails of another cause is told as that, and was the other until then")
    func changes() throws {
        var (world, condition) = try failing()
        try world.seeNothingNew()
        _ = world.newConditions()
        world.sleep(until: try #require(condition.probeAt))
        let before = try #require(world.scheduler.conditions.first)
        try world.seeNothingNew()
        try world.answer("s4", .refused(.providerThrottled), remaining: 80)
        let news = try #require(world.newConditions().first)
        let changed = self.condition(
            .providerThrottling, count: 4, since: world.now, probeAt: world.now + .minutes(1))
        #expect(news == .changed(changed, from: before))
        #expect(world.stored.conditions == [changed])
    }

    @Test("is held has a reader answered at once, and told when a call will find out")
    func readers() throws {
        var (world, condition) = try failing()
        try world.seeNothingNew()
        _ = world.news()
        try world.read(1, "s9")
        #expect(world.spending == [] && world.looking == [])
        #expect(world.steps.contains(.reply(1)))
        #expect(world.retries[1] == condition.probeAt)
    }
}
