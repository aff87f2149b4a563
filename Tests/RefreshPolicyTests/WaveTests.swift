// Law 12: when a provider refuses every refresh token, that is one condition, and may pass. Those who were refused in it
// are pardoned when it does.

import RefreshPolicy
import Testing

@Suite("Law 12: a wave of refused grants")
struct WaveTests {
    private let lane = Lane(project: .named("app"), provider: .named("google"))

    private func world(_ rows: [SessionRow]) -> World {
        var rules = ProjectRules.app()
        rules.pace.maxInFlight = 1
        rules.budget.limit = 100
        return World(rows, rules: Rules(projects: [rules]))
    }

    /// Three sessions were refused, one after the other, and each refusal believed after a look; s9 was long before.
    private func wave() throws -> World {
        var rows = SessionRow.longLived(9)
        rows[8].verdict = .needsLogin(since: at(-900), lookAt: at(9000))
        var world = world(rows)
        for session in ["s1", "s2", "s3"] {
            world.turn()
            try world.seeNothingNew()
            try world.refuse(session, .providerRefused(.invalidGrant), remaining: 90)
        }
        return world
    }

    private func standings(_ world: World) throws -> [Standing] {
        try ["s1", "s2", "s3", "s4", "s9"].map { try world[$0].standing }
    }

    @Test("is told as one, after three, and the rest is held; those refused need a login until it passes")
    func held() throws {
        var world = try wave()
        let news = world.newConditions()
        #expect(news.map(\.condition.cause) == [.grantsRefused])
        #expect(news.first?.condition.count == 3)
        #expect(try standings(world) == [.needsLogin, .needsLogin, .needsLogin, .due, .needsLogin])
        for second in stride(from: 5, to: 60, by: 5) { world.sleep(until: at(second)) }
        #expect(world.spending == [] && world.looking == [])
    }

    @Test("that passes has those pardoned that were refused in it, and no others")
    func pardon() throws {
        var world = try wave()
        let condition = try #require(world.newConditions().first?.condition)
        world.sleep(until: try #require(condition.probeAt))
        try world.seeNothingNew()
        #expect(world.spending == ["s4"])
        try world.renew("s4", remaining: 80)
        #expect(world.newConditions() == [.ended(condition)])
        #expect(try standings(world) == [.due, .due, .due, .fresh, .needsLogin])
        #expect(world.stored.conditions == [])
        world.turn()
        #expect(world.looking == ["s5"], "those that have not failed go first")
    }

    @Test("that passes does not begin anew with those who were refused rightly: they are asked for a login once more")
    func onceOnly() throws {
        var world = try wave()
        world.sleep(until: try #require(world.newConditions().first?.condition.probeAt))
        try world.seeNothingNew()
        for session in ["s4", "s5", "s6", "s7", "s8"] {
            #expect(world.spending == [session])
            try world.renew(session, remaining: 80)
            world.turn()
            try world.seeNothingNew()
        }
        _ = world.newNotices()
        world.sleep(until: at(3700))
        try world.seeNothingNew()
        for session in ["s1", "s2", "s3"] {
            #expect(world.spending == [session])
            try world.refuse(session, .providerRefused(.invalidGrant), remaining: nil)
            world.turn()
            try world.seeNothingNew()
        }
        #expect(world.newConditions().allSatisfy { $0.condition.scope != .lane(lane) })
        #expect(try standings(world) == [.needsLogin, .needsLogin, .needsLogin, .fresh, .needsLogin])
        #expect(!world.isCalling)
    }

    @Test("whose provider then fails in another way has them pardoned too: an ill one refuses this way and that")
    func turnsIntoAnother() throws {
        var world = try wave()
        let wave = try #require(world.newConditions().first?.condition)
        world.sleep(until: try #require(wave.probeAt))
        try world.seeNothingNew()
        try world.refuse("s4", .providerFailed, remaining: 80)
        let failing = try #require(world.scheduler.conditions.first)
        #expect(failing.cause == .providerFailing)
        #expect(world.newConditions() == [.changed(failing, from: wave)])
        #expect(world.stored.conditions == [failing])
        #expect(try standings(world) == [.due, .due, .due, .backingOff, .needsLogin])
        world.turn()
        #expect(!world.isCalling, "the provider is held still")
        world.sleep(until: try #require(failing.probeAt))
        try world.seeNothingNew()
        try world.renew("s5", remaining: 80)
        #expect(world.newConditions() == [.ended(failing)])
    }

    @Test("that another condition followed is healed by the next start, where not all of its rows were seen to")
    func followedAndCutOff() {
        let wave = Condition(scope: .lane(lane), cause: .grantsRefused, since: at(-60), count: 3, probeAt: at(0))
        let failing = Condition(scope: .lane(lane), cause: .providerFailing, since: at(-9), count: 4, probeAt: at(51))
        var scheduler = Scheduler(rules: .app, now: .start)
        let actions = scheduler.handle(.started(StoredState(conditions: [wave, failing]), seed: 1), now: at(0))
        #expect(actions == [.rouse(lane)])
        #expect(scheduler.conditions == [failing])
        let over = Action.store([.conditionOver(wave.scope, wave.cause)], attempt: nil)
        #expect(scheduler.handle(.roused(lane, [], isLast: true), now: at(1)) == [over])
    }

    @Test("goes on while its probe is refused too: that one needs a login like the others")
    func goesOn() throws {
        var world = try wave()
        let condition = try #require(world.newConditions().first?.condition)
        world.sleep(until: try #require(condition.probeAt))
        try world.seeNothingNew()
        try world.refuse("s4", .providerRefused(.invalidGrant), remaining: 80)
        #expect(world.newConditions() == [])
        #expect(world.scheduler.conditions.first?.count == 4)
        #expect(try standings(world) == [.needsLogin, .needsLogin, .needsLogin, .needsLogin, .needsLogin])
        world.turn()
        #expect(world.looking == [])
    }

    @Test("is none when the refused are few, or something worked in between")
    func noWave() throws {
        var world = world(SessionRow.longLived(9))
        for session in ["s1", "s2", "s3", "s4", "s5"] {
            world.turn()
            try world.seeNothingNew()
            if session == "s3" {
                try world.renew(session, remaining: 90)
            } else {
                try world.refuse(session, .providerRefused(.invalidGrant), remaining: 90)
            }
        }
        #expect(world.newConditions() == [])
        world.turn()
        #expect(world.spending.count + world.looking.count == 1)
    }

    /// A scheduler that found the wave open at its start, and whose probe has just brought a token; and what it does.
    private func healed() -> (Scheduler, wave: Condition, [Action]) {
        let wave = Condition(
            scope: .lane(lane), cause: .grantsRefused, since: at(-60), count: 3, probeAt: at(0))
        var scheduler = Scheduler(rules: .app, now: .start)
        _ = scheduler.handle(.started(StoredState(conditions: [wave]), seed: 1), now: at(0))
        let row = SessionRow.google(lookedAt: at(-1)).assessed()
        _ = scheduler.handle(.candidates([row], .work), now: at(0))
        _ = scheduler.handle(.stored([AttemptID(1)]), now: at(0))
        let sent = row.with { $0.attempt = SentAttempt(id: AttemptID(1), sentAt: at(0)) }
        let renewed = SpendAnswer.session(.google().renewed("new", at: at(1)))
        let actions = scheduler.handle(
            .answered(AttemptID(1), renewed, .at(at(1), remaining: 9), row: sent), now: at(1))
        return (scheduler, wave, actions)
    }

    @Test("is stored as over only after the last of its rows was seen to: a crash in between finds it open")
    func pages() {
        var (scheduler, wave, actions) = healed()
        let over = Action.store([.conditionOver(wave.scope, wave.cause)], attempt: nil)
        #expect(actions.contains(.rouse(lane)))
        #expect(actions.contains(.tell(.condition(.ended(wave)))))
        #expect(!actions.contains(over))
        let refused = SessionRow.google("s2", user: "eve").with {
            $0.verdict = .needsLogin(since: at(-30), lookAt: at(99))
        }
        let first = scheduler.handle(.roused(lane, [refused], isLast: false), now: at(2))
        guard case .store(let changes, nil)? = first.first, case .put(let pardoned)? = changes.first else {
            Issue.record("not pardoned: \(first)")
            return
        }
        #expect(pardoned.verdict == .failing(failures: 1, retryAt: at(2)))
        #expect(!first.contains(over))
        #expect(scheduler.handle(.roused(lane, [], isLast: true), now: at(3)).contains(over))
        #expect(scheduler.handle(.roused(lane, [refused], isLast: true), now: at(4)) == [], "once")
    }

    @Test("has those pardoned that were refused since it began, by the clock that was stepped meanwhile")
    func pardonAfterStep() {
        var (scheduler, _, _) = healed()
        _ = scheduler.handle(.stepped(.hours(9)), now: at(2) + .hours(9))
        func roused(_ since: WallTime) -> [Action] {
            let row = SessionRow.google("s2", user: "eve").with {
                $0.verdict = .needsLogin(since: since + .hours(9), lookAt: at(99) + .hours(9))
            }
            return scheduler.handle(.roused(lane, [row], isLast: false), now: at(3) + .hours(9))
        }
        #expect(!roused(at(-60)).isEmpty)
        #expect(roused(at(-62)).isEmpty)
    }
}

@Suite("Before a login is needed")
struct SpareTests {
    private func rows(_ names: [String]) -> [SessionRow] {
        names.enumerated().map { index, name in
            SessionRow.google(name, lookedAt: at(-1), created: at(-9000 + index)).with {
                $0.isElected = index == names.count - 1
            }
        }
    }

    @Test("each spare of the grant is tried, the newest first; the user is asked once, when none works")
    func allRefused() throws {
        var world = World(rows(["a", "b", "c"]))
        for session in ["c", "b", "a"] {
            world.turn()
            #expect(world.spending == [session])
            _ = world.newNotices()
            try world.refuse(session, .providerRefused(.invalidGrant))
        }
        let asked = world.newNotices().compactMap { notice -> String? in
            guard case .needsLogin(let row) = notice else { return nil }
            return row.key.session.rawValue
        }
        #expect(asked.count <= 1)
        #expect(try ["a", "b", "c"].map { try world[$0].standing } == [.spare, .spare, .needsLogin])
    }

    @Test("a spare is tried too where the session fails and fails for no known cause")
    func failsAndFails() throws {
        var rows = rows(["a", "b"])
        rows[1].verdict = .failing(failures: 2, retryAt: at(0))
        var world = World(rows)
        world.turn()
        try world.refuse("b", .providerRefused(nil))
        world.turn()
        #expect(!world.isCalling, "three times may be an outage")
        world.sleep(until: at(400))
        try world.seeNothingNew()
        try world.refuse("b", .providerRefused(nil))
        world.turn()
        try world.seeNothingNew()
        #expect(world.spending == ["a"])
        try world.renew("a", remaining: 6)
        #expect(try world["a"].standing == .fresh && world["b"].standing == .spare)
    }

    @Test("a spare that works is kept from then on, and nobody is asked")
    func spareWorks() throws {
        var world = World(rows(["a", "b"]))
        world.turn()
        try world.refuse("b", .providerRefused(.invalidGrant))
        world.turn()
        try world.renew("a", remaining: 8)
        #expect(try world["a"].standing == .fresh)
        #expect(try world["b"].standing == .spare)
        #expect(!world.notices.contains { if case .needsLogin = $0 { true } else { false } })
    }
}
