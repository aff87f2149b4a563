// What is wrong with a host holds nothing and is there to be told: others' calls, headers that are missing; and whether
// calls are counted at all, told from what they are answered.

import RefreshPolicy
import Testing

@Suite("Of a host, it is told")
struct HostConditionTests {
    private let alias = ProjectAlias.named("app")

    private func world(_ count: Int = 30, _ metering: Metering = .metered) -> World {
        var rules = ProjectRules.app(metering)
        rules.pace.maxInFlight = 1
        rules.budget.limit = 100
        return World(SessionRow.longLived(count), rules: Rules(projects: [rules]))
    }

    /// The next session is refreshed; its answer states what is left, if anything.
    private func renewNext(_ world: inout World, remaining: Int?, reset: WallTime = at(3600)) throws {
        world.turn()
        try world.seeNothingNew()
        try world.renew(try #require(world.spending.first), remaining: remaining, reset: reset)
    }

    @Test("once that others use the same limit, with how many calls; and that they stopped after two windows")
    func foreignCalls() throws {
        var world = world()
        try renewNext(&world, remaining: 9)
        #expect(world.newConditions() == [])
        try renewNext(&world, remaining: 5)
        let began = try #require(world.newConditions().first?.condition)
        #expect(began.cause == .callsOfOthers)
        #expect(began.scope == .host(.example))
        #expect(began.count == 3)
        #expect(began.probeAt == nil, "it holds nothing")
        try renewNext(&world, remaining: 3)
        #expect(world.newConditions() == [], "once")
        #expect(world.scheduler.conditions.first?.count == 4)
        let last = world.now
        world.now = at(3700)
        try renewNext(&world, remaining: 9, reset: at(7200))
        #expect(world.newConditions() == [], "one window may have been quiet by chance")
        world.now = last + .hours(2) - .seconds(2)
        try renewNext(&world, remaining: 8, reset: at(7200))
        #expect(world.newConditions() == [])
        world.now = last + .hours(2) + .seconds(2)
        try renewNext(&world, remaining: 9, reset: at(10_800))
        #expect(world.newConditions().map(\.isEnd) == [true])
        #expect(world.stored.conditions == [])
    }

    @Test("once that answers have no rate limit headers, after three; and that they have them again")
    func noHeaders() throws {
        var world = world()
        for _ in 1...2 { try renewNext(&world, remaining: nil) }
        #expect(world.newConditions() == [])
        try renewNext(&world, remaining: nil)
        #expect(world.newConditions().map(\.condition.cause) == [.noRateHeaders])
        try renewNext(&world, remaining: nil)
        #expect(world.newConditions() == [])
        #expect(world.scheduler.conditions.first?.count == 4)
        try renewNext(&world, remaining: 5)
        let news = world.newConditions()
        #expect(news.contains { $0.isEnd && $0.condition.cause == .noRateHeaders })
        #expect(world.scheduler.conditions.allSatisfy { $0.cause != .noRateHeaders })
    }

    @Test("that a server has no limit, when five in turn are told the same; and that it counts after all, by a 429")
    func unmetered() throws {
        var world = world()
        for _ in 1...4 { try renewNext(&world, remaining: 9) }
        #expect(world.scheduler.metering(of: alias) == .metered)
        _ = world.newNotices()
        try renewNext(&world, remaining: 9)
        #expect(world.newNotices().contains(.unmetered(alias)))
        #expect(world.scheduler.metering(of: alias) == .unmetered)
        #expect(world.scheduler.budgets(at: world.now).first?.metering == .unmetered)
        for _ in 1...15 {
            world.now = world.now + .seconds(1)
            try renewNext(&world, remaining: 9)
        }
        #expect(world.newConditions() == [])
        world.now = world.now + .seconds(1)
        world.turn()
        try world.seeNothingNew()
        let session = try #require(world.spending.first)
        try world.refuse(session, .rateLimited, remaining: 0)
        #expect(world.newNotices().contains(.metered(alias)))
        #expect(world.scheduler.metering(of: alias) == .metered)
        world.turn()
        #expect(world.spending == [] && world.looking == [], "law 6")
    }

    @Test("loudly that a dev key is ignored, when three answers count down; it is not forgotten by a restart")
    func meteredAfterAll() throws {
        var world = world(30, .unmetered)
        for remaining in [9, 8] {
            world.now = world.now + .seconds(1)
            try renewNext(&world, remaining: remaining)
        }
        #expect(world.newConditions() == [])
        world.now = world.now + .seconds(1)
        try renewNext(&world, remaining: 7)
        let began = try #require(world.newConditions().first?.condition)
        #expect(began.cause == .meteredAfterAll)
        #expect(began.scope == .project(alias))
        #expect(world.stored.conditions == [began])
        #expect(world.scheduler.metering(of: alias) == .metered)
        #expect(world.scheduler.budgets(at: world.now).first?.remaining == 7, "as was overheard")
        world.restart()
        #expect(world.scheduler.metering(of: alias) == .metered)
        #expect(world.scheduler.conditions == [began])
        #expect(world.newConditions() == [])
    }

    @Test("that a dev key works again, by five answers that state the same")
    func devKeyRenewed() throws {
        var world = world(30, .unmetered)
        for remaining in [9, 8, 7] {
            world.now = world.now + .seconds(1)
            try renewNext(&world, remaining: remaining)
        }
        _ = world.newConditions()
        world.now = at(3700)
        for _ in 1...4 { try renewNext(&world, remaining: 9, reset: at(7200)) }
        #expect(world.newConditions() == [])
        try renewNext(&world, remaining: 9, reset: at(7200))
        #expect(world.newConditions().map(\.isEnd) == [true])
        #expect(world.scheduler.metering(of: alias) == .unmetered)
        #expect(world.stored.conditions == [])
    }
}
