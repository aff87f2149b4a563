// Settings change while all goes on: what is under way ends well, what is known stays known.

import RefreshPolicy
import Testing

@Suite("Other settings")
struct ReloadTests {
    private func rules(_ change: (inout ProjectRules, inout Waits) -> Void = { _, _ in }) -> Rules {
        var (project, waits) = (ProjectRules.app(), Waits())
        change(&project, &waits)
        return Rules(projects: [project], waits: waits)
    }

    @Test("leave a PATCH under way as it is: its answer is stored, and its charge settled")
    func inFlight() throws {
        var world = World([.google(lookedAt: at(-1))])
        world.turn()
        #expect(world.spending == ["s1"])
        world.take(.reloaded(rules { _, waits in waits.margin = .minutes(10) }, world.stored))
        try world.renew("s1", remaining: 9)
        #expect(try world["s1"].token?.value == .named("new-s1"))
        #expect(try world["s1"].attempt == nil)
        #expect(world.stored.budgets.first?.inFlight == 0)
        #expect(world.stored.budgets.first?.spent == 1)
    }

    @Test("hold from then on: a greater margin makes a row due that was fresh")
    func margin() throws {
        var world = World([.google(issued: at(-2800), expires: at(800))])
        world.turn()
        #expect(try world["s1"].standing == .fresh)
        world.take(.reloaded(rules { _, waits in waits.margin = .minutes(15) }, world.stored))
        world.take(.woke([try world["s1"]]))
        #expect(try world["s1"].standing == .due)
    }

    @Test("law 6: what was sent into the window, and what the server said is left of it, stays known")
    func window() throws {
        var world = World(SessionRow.longLived(3))
        world.turn()
        try world.renew("s1", remaining: 3)
        let before = try #require(world.scheduler.budgets(at: world.now).first)
        world.take(.reloaded(rules { project, _ in project.budget.limit = 100 }, world.stored))
        let after = try #require(world.scheduler.budgets(at: world.now).first)
        #expect(after.limit == 100)
        #expect(after.remaining == before.remaining, "the server's own word binds until the window ends")
    }

    @Test("law 6: a host that leaves and comes back within the hour has spent what it had spent")
    func hostReturns() throws {
        var world = World(SessionRow.longLived(3))
        world.turn()
        for session in ["s1", "s2", "s3"] { try world.renew(session, remaining: nil) }
        let spent = try #require(world.stored.budgets.first?.spent)
        #expect(spent == 3)
        world.take(.reloaded(Rules(projects: []), world.stored))
        world.take(.turn)
        #expect(world.scheduler.budgets(at: world.now).isEmpty)
        world.take(.reloaded(.app, world.stored))
        let budget = try #require(world.scheduler.budgets(at: world.now).first)
        #expect(budget.remaining == budget.limit - 3)
    }

    @Test("law 6: what was sent to another host is settled there, and says nothing of the project's new one")
    func hostChanges() throws {
        for metering in [Metering.metered, .unmetered] {
            var world = World([.google(lookedAt: at(-1))], rules: Rules(projects: [.app(metering)]))
            world.turn()
            #expect(world.spending == ["s1"])
            let new = HostName("elsewhere.example")
            let moved = ProjectRules(alias: .named("app"), host: new, hasAPIKey: true)
            world.take(.reloaded(Rules(projects: [moved]), world.stored))
            world.turn()
            let before = try #require(world.scheduler.budgets(at: world.now).first { $0.host == new })
            try world.renew("s1", remaining: 2, reset: at(1800))
            #expect(try world["s1"].token?.value == .named("new-s1"))
            world.take(.turn)
            let after = world.scheduler.budgets(at: world.now)
            #expect(after.map(\.host) == [new], "nobody is on the old one any more")
            #expect(after.map(\.remaining) == [before.remaining] && after.map(\.resetAt) == [before.resetAt])
            let old = world.stored.budgets.first { $0.host == .example }
            #expect(old?.spent == (metering == .metered ? 8 : 0))
            #expect(old?.inFlight == 0)
        }
    }

    @Test("begin nothing for a project that has left, let what is under way end, and let its readers go")
    func projectLeaves() throws {
        var world = World([.google(lookedAt: at(-1)), .google("s2", user: "ben", uid: "g-2")])
        world.turn()
        #expect(world.spending == ["s1"])
        #expect(world.looking == ["s2"])
        try world.read(1, "s2")
        _ = world.news()
        world.take(.reloaded(Rules(projects: []), world.stored))
        try world.seeNothingNew()
        #expect(world.spending == ["s1"], "the look leads to no PATCH any more")
        #expect(world.news().last == .reply(1))
        try world.renew("s1", remaining: 9)
        #expect(try world["s1"].token?.value == .named("new-s1"))
        #expect(try world["s1"].attempt == nil)
        world.take(.turn)
        #expect(world.scheduler.budgets(at: world.now).isEmpty)
        #expect(world.looking.isEmpty)
    }

    @Test("let the rows of a project that has left rest, though their time has come")
    func restingRows() throws {
        var world = World([
            .google("over").with { $0.verdict = .ended(at: at(-9)) },
            .google("doubtful", user: "eve").with { $0.verdict = .suspected(since: at(-9), lookAt: at(9)) },
        ])
        let rows = world.memory.rows()
        world.now = at(0) + .hours(24 * 365)
        world.take(.reloaded(Rules(projects: []), world.stored))
        world.take(.woke(rows))
        #expect(world.news().isEmpty)
        #expect(world.memory.rows() == rows)
    }

    @Test("let a project's breaker find out at once: the settings may have mended what it was open for")
    func breaker() throws {
        var world = World([.google()])
        world.turn()
        try world.see("s1", .failed(.refused(.keyRefused)))
        #expect(world.scheduler.conditions.map(\.cause) == [.keyRefused])
        #expect(world.scheduler.conditions.allSatisfy { $0.probeAt ?? world.now > world.now })
        world.take(.reloaded(rules(), world.stored))
        #expect(world.scheduler.conditions.map(\.probeAt) == [world.now])
        world.take(.searched(.named("app"), nil))
        #expect(world.scheduler.conditions.isEmpty)
    }

    @Test("end a condition that they make groundless: no dev key any more that could be ignored")
    func meteredAfterAll() throws {
        let unmetered = Rules(projects: [.app(.unmetered)])
        var world = World([.google(lookedAt: at(-1))], rules: unmetered)
        world.turn()
        try world.refuse("s1", .rateLimited, remaining: 0)
        #expect(world.scheduler.conditions.map(\.cause) == [.meteredAfterAll])
        world.take(.reloaded(.app, world.stored))
        #expect(world.scheduler.conditions.isEmpty)
        #expect(world.scheduler.metering(of: .named("app")) == .metered)
        #expect(world.stored.conditions.isEmpty)
    }

    /// Two sessions that the API key speaks for, of which one was registered too; and the key was refused.
    private func keyRefused() throws -> World {
        var world = World([
            .google("s1", user: "ada", lookedAt: at(-60)).with { $0.secret = .named("secret") },
            .google("s2", user: "eve", lookedAt: at(-60)),
        ])
        world.turn()
        for session in ["s1", "s2"] { try world.see(session, .failed(.refused(.keyRefused))) }
        #expect(world.newConditions().map(\.condition.cause) == [.keyRefused])
        return world
    }

    private var keyless: Rules { rules { project, _ in project.hasAPIKey = false } }

    /// All that is to be seen of a world whose key has gone.
    private func goesOnWithoutKey(_ world: inout World) throws {
        #expect(world.newConditions().map(\.condition.cause) == [.keyRefused])
        #expect(world.scheduler.conditions == [] && world.stored.conditions == [])
        world.take(.woke([try world["s1"], try world["s2"]]))
        world.sleep(until: at(90))
        #expect(world.looking == ["s1"])
        #expect(world.looks.first?.row.source == .secret)
        try world.see("s1", .session(.unchanged(try world["s1"])))
        #expect(world.spending == ["s1"])
        #expect(try world["s2"].standing == .unrefreshable)
        world.sleep(until: at(90_000))
        #expect(!world.looking.contains("s2") && !world.spending.contains("s2"))
    }

    @Test("without the API key have a session go on by the secret that it was registered with; others rest")
    func keyLeaves() throws {
        var world = try keyRefused()
        world.take(.reloaded(keyless, world.stored))
        try goesOnWithoutKey(&world)
        world.take(.reloaded(.app, world.stored))
        world.take(.woke([try world["s2"]]))
        world.turn()
        #expect(world.looking == ["s2"], "until there is a key again")
    }

    @Test("without the API key hold from a start too")
    func keyHasLeft() throws {
        let before = try keyRefused()
        var world = World([try before["s1"], try before["s2"]], rules: keyless)
        let condition = try #require(before.stored.conditions.first)
        world.take(.started(StoredState(conditions: [condition]), seed: 1))
        try goesOnWithoutKey(&world)
    }
}
