// The window and the clock as the scheduler meets them: 429s, edges, projects taken for unmetered, steps of our clock.

import Testing

@testable import RefreshPolicy

@Suite("The window")
struct WindowTests {
    private func crowd(_ count: Int, lookedAt: WallTime = at(-1)) -> [SessionRow] {
        (1...count).map { .google("s\($0)", user: "u\($0)", lookedAt: lookedAt) }
    }

    @Test("is obeyed when it is said to be spent, which is no session's failure (law 6)")
    func refused() throws {
        var world = World([.google(lookedAt: at(-1))])
        try world.read(1, "s1")
        try world.answer("s1", .refused(.rateLimited), remaining: 0)
        #expect(try world["s1"].standing == .due)
        #expect(try world["s1"].failures == 0)
        #expect(try world["s1"].reason == Reason(.rateLimited))
        #expect(world.news().last == .reply(1))
        for second in stride(from: 10, to: 3602, by: 13) { world.sleep(until: at(second)) }
        #expect(world.spends.isEmpty && world.looks.isEmpty)
        world.sleep(until: at(3602))
        try world.see("s1", [.google()])
        #expect(world.spends.count == 1)
    }

    @Test("that ended while a session was looked at is not charged until it opens again (law 6)")
    func edge() throws {
        var world = World([.google(expires: at(3700), lookedAt: at(-1))], now: at(3599))
        world.turn()
        try world.see("s1", .list([.google(expires: at(3700))]), after: .milliseconds(1500))
        #expect(world.spends.isEmpty)
        #expect(try world["s1"].standing == .due)
        world.sleep(until: at(3602))
        #expect(world.spends.count == 1)
    }

    @Test("spent by others while sessions were looked at is not charged (law 6)")
    func spentMeanwhile() throws {
        var world = World([.google("s1", lookedAt: at(-1)), .google("s2", user: "eve", lookedAt: at(-99))])
        world.turn()
        try world.answer("s1", .refused(.rateLimited), remaining: 0)
        try world.see("s2", [.google("s2", user: "eve")])
        #expect(world.spends.isEmpty)
        #expect(try world["s2"].standing == .due)
    }

    @Test("of a project taken for unmetered closes with the first 429, and is told once")
    func meteredAfterAll() throws {
        var world = World(crowd(12), rules: Rules(projects: [.app(.unmetered)]))
        world.turn()
        #expect(world.spends.count == 8)
        _ = world.newNotices()
        try world.answer("s1", .refused(.rateLimited), remaining: 0)
        try world.answer("s2", .refused(.rateLimited), remaining: 0)
        let condition = Condition(
            scope: .project(.named("app")), cause: .meteredAfterAll, since: world.now - .milliseconds(500), count: 1)
        #expect(world.newNotices() == [.condition(.began(condition))])
        world.turn()
        #expect(world.spends.count == 6, "no more of them")
        #expect(world.scheduler.budgets(at: world.now).first?.metering == .metered)
        #expect(world.scheduler.budgets(at: world.now).first?.remaining == 0)
        world.sleep(until: at(3602))
        #expect(world.scheduler.budgets(at: world.now).first?.metering == .metered, "a dev key that ended stays ended")
        #expect(world.looks.count == 2)
    }

    @Test("is not asked for a call that was to be unmetered, once it is metered")
    func lookedAtMeanwhile() throws {
        let rows = [SessionRow.google("s1", lookedAt: at(-1)), .google("s2", user: "eve", lookedAt: at(-99))]
        var world = World(rows, rules: Rules(projects: [.app(.unmetered)]))
        world.turn()
        try world.answer("s1", .refused(.rateLimited), remaining: 0)
        try world.see("s2", [.google("s2", user: "eve")])
        #expect(world.spends.isEmpty)
    }

    @Test("that a proxy closes for a moment opens as it said")
    func proxy() throws {
        var world = World([.google(lookedAt: at(-1))])
        world.turn()
        let attempt = try #require(world.spends.first?.attempt)
        let headers = AnswerHeaders(retryAfter: .seconds(20), sentAt: at(0), receivedAt: at(1))
        world.now = at(1)
        world.take(.answered(attempt, .refused(.rateLimited), headers, row: try world["s1"]))
        world.turn()
        #expect(world.spends.count == 1)
        #expect(world.wakeBy == at(21))
    }

    @Test("does not matter to an unmetered project: its pace does")
    func pace() throws {
        var rules = ProjectRules.app(.unmetered)
        rules.pace.maxPerSecond = 4
        rules.pace.maxInFlight = 100
        var world = World(crowd(60, lookedAt: at(9)), rules: Rules(projects: [rules]))
        for tenth in 100..<140 {
            world.now = .start + .milliseconds(tenth * 100)
            world.turn()
        }
        #expect((16...20).contains(world.spends.count), "a second's worth at once, and then four a second")
        #expect(world.stored.budgets.isEmpty)
    }

    @Test("lets as many calls go in a second as it says", arguments: [1, 7, 300, 999, 1001, 7500, 10_000])
    func paceHeld(_ perSecond: Int) {
        var rules = ProjectRules.app(.unmetered)
        rules.pace.maxPerSecond = perSecond
        var project = ProjectState(rules: rules, paceFrom: .start)
        var calls = 0
        for millisecond in 0..<3000 {
            let now = WallTime.start + .milliseconds(millisecond)
            for _ in 0..<project.paceAllows(at: now) {
                project.takePace(at: now)
                calls += 1
            }
        }
        let atOnce = max(1, perSecond / 1000)
        #expect((3 * perSecond - atOnce...3 * perSecond + atOnce).contains(calls))
    }

    @Test("is held anew by other settings: what is left of the pace before is no wait by the next")
    func paceChanged() {
        var rules = ProjectRules.app(.unmetered)
        rules.pace.maxPerSecond = 7500
        var project = ProjectState(rules: rules, paceFrom: .start)
        for _ in 0..<3 { project.takePace(at: .start) }
        project.rules.pace.maxPerSecond = 1
        project.takePace(at: .start)
        #expect(project.paceFrom <= .start + .seconds(1))
    }

    @Test("is asked for again within a moment, however little was set", arguments: [0, -3, 5000, Int.max])
    func absurdPace(_ perSecond: Int) {
        var rules = ProjectRules.app(.unmetered)
        rules.pace.maxPerSecond = perSecond
        var world = World(crowd(3), rules: Rules(projects: [rules]))
        world.turn()
        world.turn()
        #expect(!world.spends.isEmpty)
    }
}

@Suite("Law 9: a step of our clock")
struct StepTests {
    /// A day with everything in it, and the clock stepped by `step` at four moments of it; all times told without it.
    private func story(step: Duration, steppedAt moment: Int) throws -> [String] {
        var world = World([
            .google("s1"), .google("s2", user: "eve", expires: at(900)), .google("s3", user: "bob", expires: at(200)),
        ])
        var (shift, isStepped) = (Duration.zero, false)
        var told: [String] = []
        var servers: [String: SessionFacts] = [
            "s1": .google("s1"), "s2": .google("s2", user: "eve", expires: at(900)),
            "s3": .google("s3", user: "bob", expires: at(200)),
        ]
        var reads = 0
        for second in stride(from: 0, to: 9000, by: 5) {
            if second >= moment && !isStepped {
                world.step(by: step)
                (shift, isStepped) = (step, true)
                _ = world.news()
            }
            world.now = at(second) + shift
            world.turn()
            if second % 700 == 0 {
                reads += 1
                try world.read(reads, "s3", minValid: .hours(2))
            }
            // The server's clock was never stepped.
            func stamp(_ time: WallTime) -> AnswerHeaders {
                AnswerHeaders(date: (time - shift).onServer, sentAt: time, receivedAt: time)
            }
            for (attempt, row) in world.spends {
                let name = row.key.session.rawValue
                if name == "s2" && second < 2000 {
                    world.drop(attempt)
                    world.take(.answered(attempt, .lost(.cut), nil, row: try world[name]))
                } else {
                    servers[name] = servers[name]?.renewed("new-\(second)", at: at(second))
                    world.drop(attempt)
                    let facts = try #require(servers[name])
                    world.take(.answered(attempt, .session(facts), stamp(world.now), row: try world[name]))
                }
            }
            for (attempt, row) in world.looks {
                let facts = try #require(servers[row.key.session.rawValue])
                world.drop(attempt)
                world.take(
                    .looked(attempt, .list([facts]), stamp(world.now), rows: [try world[row.key.session.rawValue]]))
            }
            told += world.news().map { "\(second) \($0)" }
        }
        let rows = try ["s1", "s2", "s3"].map { name in
            // What belongs to the grant is moved with the grant.
            try world[name].shifted(by: .zero - shift).with {
                $0.lastReadAt = $0.lastReadAt.map { $0 - shift }
                $0.heat = $0.heat?.stepped(by: .zero - shift)
            }
        }
        return told + rows.map { "\($0)" }
    }

    @Test("changes no wait: the same happens at the same moments", arguments: [3, 603, 1300, 3598, 3603, 5000])
    func invariance(_ moment: Int) throws {
        // A look at the host's clock goes with every step, be it none.
        let plain = try story(step: .zero, steppedAt: moment)
        #expect(plain.count > 20)
        for step in [Duration.hours(30), .seconds(-7), .days(-4000), .days(9000), .milliseconds(1500)] {
            #expect(try story(step: step, steppedAt: moment) == plain)
        }
    }

    @Test("between the storing of an intent and its sending makes the intent no older")
    func whileStoring() {
        var scheduler = Scheduler(rules: .app, now: .start)
        let due = SessionRow.google().assessed()
        let headers = AnswerHeaders(sentAt: at(0), receivedAt: at(1))
        _ = scheduler.handle(.candidates([due], .work), now: at(0))
        _ = scheduler.handle(.looked(AttemptID(1), .list([.google()]), headers, rows: [due]), now: at(1))
        _ = scheduler.handle(.stepped(.hours(30)), now: at(1) + .hours(30))
        let actions = scheduler.handle(.stored([AttemptID(1)]), now: at(2) + .hours(30))
        guard case .spend(AttemptID(1), let row)? = actions.first else {
            Issue.record("not sent: \(actions)")
            return
        }
        #expect(row.attempt?.sentAt == at(1) + .hours(30))
    }

    @Test("is written, and told")
    func told() {
        var scheduler = Scheduler(rules: .app, now: .start)
        let actions = scheduler.handle(.stepped(.hours(1)), now: at(3600))
        #expect(
            actions == [
                .store([.shift(by: .hours(1))], attempt: nil), .tell(.clockStepped(.hours(1))),
                .witness(.named("app")),
            ])
    }
}
