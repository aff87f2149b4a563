// How sessions come, change and go, and what is believed of their end: laws 3, 12 and 14.

import RefreshPolicy
import Testing

@Suite("Sessions")
struct SessionTests {
    private let keyless = Rules(projects: [.app(hasAPIKey: false)])

    @Test("are found with the API key: OAuth sessions that live, one of a grant elected")
    func found() throws {
        var world = World([])
        let facts = [
            SessionFacts.google("old"), .google("new", created: at(-100)), .google("gone", sessionExpires: at(-1)),
            .google("mail", token: nil, hasRefreshToken: false), .google("new", created: at(-100)),
        ].map { facts in
            var facts = facts
            if facts.session == .named("mail") { facts.provider = .named("email") }
            return facts
        }
        world.list("ada", facts, headers: .at(at(0)))
        #expect(world.memory.count == 2)
        #expect(try world["new"].standing == .due)
        #expect(try world["old"].standing == .spare)
        #expect(try world["new"].keep == .used)
        #expect(world.newNotices().count == 2)
    }

    @Test("that are registered are kept always, by their secret where there is no API key")
    func registered() throws {
        var world = World([], rules: keyless)
        world.register(.google())
        #expect(try world["s1"].source == .secret)
        #expect(try world["s1"].keep == .always)
        #expect(world.newNotices() == [.registered(try world["s1"])])
        var both = World([.google(keep: .used)])
        both.now = at(1)
        both.register(.google())
        #expect(both.memory.count == 1)
        #expect(try both["s1"].keep == .always)
        #expect(try both["s1"].secret != nil)
        #expect(try both["s1"].source == .apiKey)
    }

    @Test("are over when they are missing from their user's list (law 12), and erased when their user is gone")
    func absence() throws {
        var world = World([.google("a"), .google("b", created: at(-100)), .google("c", user: "eve")])
        world.now = at(1)
        world.list("ada", [.google("a")], headers: .at(at(1)))
        #expect(try world["b"].verdict == .ended(at: at(1)))
        #expect(try world["b"].reason == Reason(.loggedOut))
        #expect(try world["b"].servable(at: at(1), by: .app()) == nil)
        #expect(try world["a"].isElected, "its spare takes its place")
        world.list("ada", nil, headers: nil)
        #expect(world.memory.rows().map(\.key) == [.app("c")])
        #expect(world.newNotices().last == .forgotten(.named("app"), sessions: 2, .userGone))
        #expect(try world["c"].standing == .due)
    }

    @Test("Law 14: are not ended, nor changed, by a list asked for before they were last seen")
    func staleList() throws {
        var world = World([.google(lookedAt: at(10))], now: at(11))
        _ = world.news()
        world.list("ada", [], headers: .at(at(9)))
        #expect(world.news() == [])
        world.list("ada", [.google(token: "older")], headers: .at(at(9)))
        #expect(try world["s1"].token?.value == .named("old"))
    }

    @Test("of a list without its headers are taken as it shows them")
    func listWithoutHeaders() throws {
        var world = World([.google()])
        world.list("ada", [.google()], headers: nil)
        #expect(try world["s1"].standing == .due)
    }

    @Test("Law 14: a token renewed meanwhile is not replaced by what a look saw before")
    func staleLook() throws {
        var world = World([.google(lookedAt: at(-1))])
        world.turn()
        let asked = AnswerHeaders(sentAt: at(0), receivedAt: at(3))
        try world.answer("s1", .session(.google().renewed("new", at: at(1))), remaining: 9, after: .seconds(2))
        world.now = at(3)
        world.list("ada", [.google()], headers: asked)
        #expect(try world["s1"].token?.value == .named("new"))
    }

    @Test("removed while their PATCH is on its way to the store are not spent on")
    func removedBeforeSending() throws {
        var scheduler = Scheduler(rules: .app, now: .start)
        let row = SessionRow.google(lookedAt: at(-1)).assessed()
        guard case .store(let changes, let attempt?)? = scheduler.handle(.candidates([row], .work), now: at(0)).last,
            case .put(let intended)? = changes.first
        else {
            Issue.record("no intent")
            return
        }
        let actions = scheduler.handle(.removed(row.key, rows: [intended]), now: at(0))
        let nothing = BudgetRecord(host: .example, resetAt: at(3600), limit: 10, spent: 0, inFlight: 0)
        #expect(actions.contains(.store([.budget(nothing)], attempt: nil)))
        #expect(scheduler.handle(.stored([attempt]), now: at(0)) == [])
        _ = scheduler.handle(.turn, now: at(0))
        #expect(scheduler.handle(.contenders(.example, []), now: at(0)) == [.fetch(.work)], "and no flight is left")
    }

    @Test("that ended while their PATCH is on its way to the store are not spent on (law 1)")
    func endedBeforeSending() throws {
        var scheduler = Scheduler(rules: .app, now: .start)
        let row = SessionRow.google(lookedAt: at(-1)).assessed()
        guard case .store(let changes, let attempt?)? = scheduler.handle(.candidates([row], .work), now: at(0)).last,
            case .put(let intended)? = changes.first
        else {
            Issue.record("no intent")
            return
        }
        let listing = Event.listed(row.key.project, row.user, [], .at(at(0)), rows: [intended])
        _ = scheduler.handle(listing, now: at(0))
        #expect(scheduler.handle(.stored([attempt]), now: at(0)) == [])
        #expect(scheduler.budgets(at: at(0)).first?.remaining == 10)
    }

    @Test("that ended while their PATCH was under way stay over, though it is answered with a token (law 3)")
    func endedMeanwhile() throws {
        var world = World([.google(lookedAt: at(-1))])
        try world.read(1, "s1")
        world.now = at(2)
        world.list("ada", [], headers: .at(at(2)))
        try world.answer("s1", .session(.google().renewed("new", at: at(1))), remaining: 9)
        #expect(try world["s1"].verdict == .ended(at: at(2)))
        #expect(try world["s1"].attempt == nil)
        #expect(world.news().last == .reply(1))
        var back = World([.google(lookedAt: at(-1))])
        back.turn()
        back.now = at(2)
        back.list("ada", [], headers: .at(at(2)))
        try back.answer("s1", .lost(.cut))
        back.now = at(60)
        back.list("ada", [.google()], headers: .at(at(60)))
        #expect(try back["s1"].standing == .inDoubt, "law 4: come back, its PATCH may be at work still")
    }

    @Test("a newer login found by the look is kept in place of the one that was due")
    func newerLogin() throws {
        var world = World([.google("a")])
        world.turn()
        try world.see(
            "a", [.google("a"), .google("b", token: "fresh", issued: at(-5), expires: at(3595), created: at(-5))])
        #expect(world.spends.isEmpty)
        #expect(try world["a"].standing == .spare)
        #expect(try world["b"].standing == .fresh)
        world.sleep(until: at(60))
        #expect(world.looks.isEmpty, "a spare is not refreshed")
    }

    @Test("a spare takes the place of one that needs a login, which comes back when it works again")
    func spareTakesOver() throws {
        var world = World([.google("a"), .google("b", lookedAt: at(-1), created: at(-100))])
        world.list("ada", [.google("a"), .google("b", created: at(-100))], headers: .at(at(0)))
        _ = world.newNotices()
        world.turn()
        #expect(world.spends.map(\.row.key) == [.app("b")])
        try world.answer("b", .refused(.providerRefused(.invalidGrant)), remaining: 9)
        try world.see("b", [.google("a"), .google("b", created: at(-100))])
        #expect(try world["b"].standing == .spare)
        #expect(try world["a"].standing == .due)
        #expect(world.newNotices() == [], "nobody needs to log in")
        world.turn()
        #expect(world.spends.map(\.row.key) == [.app("a")])
    }

    @Test("a spare takes the place of one that time has ended")
    func expiryRegroups() throws {
        let spare = SessionRow.google("a").with { $0.isElected = false }
        var world = World([.google("b", created: at(-100), sessionExpires: at(100)), spare])
        world.sleep(until: at(100))
        #expect(try world["b"].standing == .ended)
        #expect(try world["a"].standing == .due)
    }

    @Test("a spare takes the place of one that has grown too old")
    func ageRegroups() throws {
        let spare = SessionRow.google("a").with { $0.isElected = false }
        let kept = SessionRow.google("b", lookedAt: at(99), created: at(100) - .days(365)).with {
            $0.verdict = .failing(failures: 1, retryAt: at(100))
        }
        var world = World([kept, spare])
        world.sleep(until: at(100))
        #expect(try world["b"].standing == .unrefreshable)
        #expect(try world["a"].standing == .due)
        #expect(world.looks.map(\.row.key) == [.app("a")])
    }
}

@Suite("Law 12: a refused credential")
struct SuspicionTests {
    private func suspected(_ look: Look) throws -> World {
        var world = World([.google(source: .secret)], rules: Rules(projects: [.app(hasAPIKey: false)]))
        try world.read(1, "s1")
        try world.see("s1", look)
        return world
    }

    private let refused = Look.failed(.refused(.loginRefused))

    @Test("is a logout when a second look says so five minutes later; the token is served until then (law 3)")
    func twice() throws {
        var world = try suspected(refused)
        #expect(world.news() == [.look("s1"), .put("s1", .backingOff), .reply(1)])
        #expect(try world["s1"].verdict == .suspected(since: world.now, lookAt: world.now + .minutes(5)))
        let lookAt = world.now + .minutes(5)
        world.sleep(until: lookAt - .seconds(1))
        try world.read(2, "s1")
        #expect(world.looks.isEmpty && world.spends.isEmpty)
        world.sleep(until: lookAt)
        #expect(world.looks.count == 1)
        #expect(world.dueRows.isEmpty, "not due again while it is looked at")
        try world.see("s1", refused)
        #expect(try world["s1"].standing == .ended)
        #expect(try world["s1"].reason == Reason(.loggedOut))
    }

    @Test("is no logout when the second look says so too soon (law 12)")
    func tooSoon() throws {
        var scheduler = Scheduler(rules: .app, now: .start)
        let row = SessionRow.google().with {
            $0.source = .secret
            $0.secret = .named("login")
            $0.verdict = .suspected(since: at(0), lookAt: at(10))
        }
        _ = scheduler.handle(.woke([row]), now: at(10))
        let actions = scheduler.handle(.looked(AttemptID(1), refused, nil, rows: [row]), now: at(11))
        let verdicts = actions.compactMap { action -> Verdict? in
            guard case .store(let changes, _) = action, case .put(let row)? = changes.first else { return nil }
            return row.verdict
        }
        #expect(verdicts == [.suspected(since: at(0), lookAt: at(300))])
    }

    @Test("is not looked at twice at once, and wakes no more often for a look that takes long")
    func slowLook() throws {
        var scheduler = Scheduler(rules: .app, now: .start)
        let row = SessionRow.google().with {
            $0.source = .secret
            $0.secret = .named("login")
            $0.verdict = .suspected(since: at(0), lookAt: at(10))
        }
        let first = scheduler.handle(.woke([row]), now: at(10))
        #expect(first.contains { if case .look = $0 { true } else { false } })
        let second = scheduler.handle(.woke([row.with { $0.wakeAt = at(40) }]), now: at(40))
        #expect(!second.contains { if case .look = $0 { true } else { false } })
        guard case .store(let changes, _)? = second.first, case .put(let asleep)? = changes.first else {
            Issue.record("not written: \(second)")
            return
        }
        #expect(asleep.wakeAt == at(70))
    }

    @Test("is forgotten when the second look shows the session; and asked again when it shows nothing")
    func otherwise() throws {
        var world = try suspected(refused)
        world.sleep(until: world.now + .minutes(5))
        try world.see("s1", .failed(.silent(.unreachable(.refused))))
        guard case .suspected(_, let lookAt) = try world["s1"].verdict else {
            Issue.record("forgotten")
            return
        }
        #expect(lookAt == world.now + .minutes(5))
        world.sleep(until: lookAt)
        try world.see("s1", .session(.google()))
        #expect(try world["s1"].verdict == .sound)
        #expect(try world["s1"].standing == .due)
    }

    @Test("after a PATCH that was refused alike is one suspicion, not two")
    func afterPatch() throws {
        var world = World(
            [.google(source: .secret, lookedAt: at(-1))], rules: Rules(projects: [.app(hasAPIKey: false)]))
        world.turn()
        try world.answer("s1", .refused(.loginRefused))
        try world.see("s1", refused)
        guard case .suspected = try world["s1"].verdict else {
            Issue.record("not suspected")
            return
        }
        #expect(try world["s1"].attempt == nil)
        #expect(world.stored.budgets.first?.spent == 0, "not counted")
    }

    @Test("of a session that does not exist is its end at once")
    func unknownSession() throws {
        let world = try suspected(.failed(.refused(.sessionUnknown)))
        #expect(try world["s1"].standing == .ended)
        let blocked = try suspected(.failed(.refused(.userBlocked)))
        #expect(try blocked["s1"].reason == Reason(.userBlocked))
    }
}

@Suite("A session that needs a login")
struct LoginTests {
    @Test("is looked at now and then, and fresh again when somebody logged in or refreshed")
    func recheck() throws {
        let needy = SessionRow.google().with { $0.verdict = .needsLogin(since: at(-1), lookAt: at(60)) }
        var world = World([needy])
        world.sleep(until: at(59))
        #expect(world.looks.isEmpty)
        world.sleep(until: at(60))
        #expect(world.looks.count == 1)
        try world.see("s1", [.google()])
        #expect(try world["s1"].wakeAt == world.now + .hours(6))
        world.sleep(until: world.now + .hours(6))
        _ = world.newNotices()
        try world.see("s1", [.google().renewed("new", at: world.now)])
        #expect(try world["s1"].standing == .fresh)
        #expect(world.newNotices() == [.recovered(try world["s1"])])
    }

    @Test("needs it still, when an operator's order failed for another cause")
    func orderFailed() throws {
        let needy = SessionRow.google(lookedAt: at(-1)).with {
            $0.verdict = .needsLogin(since: at(-1), lookAt: at(9999))
        }
        var world = World([needy])
        try world.order(1, "s1")
        try world.answer("s1", .refused(.providerFailed), remaining: 9)
        try world.see("s1", [.google()])
        #expect(try world["s1"].standing == .needsLogin)
    }
}
