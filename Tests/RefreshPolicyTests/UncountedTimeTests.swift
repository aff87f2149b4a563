// Time that passes while our clock does not count it: the machine stands still, or is off. The clock of an Appwrite
// host is the witness, and tells it from a clock of ours that was wrong (laws 3 and 9).

import RefreshPolicy
import Testing

@Suite("Time that our clock did not count")
struct UncountedTimeTests {
    /// A session whose token ends in half an hour, at a host whose clock is ahead of ours by so much, as we know.
    private func world(ahead offset: Duration = .zero) throws -> World {
        var world = World([.google(issued: at(-1800), expires: at(1800))])
        world.hear(ahead: offset)
        #expect(try isServed(world))
        _ = world.news()
        return world
    }

    private func isServed(_ world: World) throws -> Bool {
        try world["s1"].servable(at: world.now, by: .app()) != nil
    }

    private func passed(_ world: inout World) -> [Duration] {
        world.newNotices().compactMap { if case .timePassed(let time) = $0 { time } else { nil } }
    }

    @Test("while the machine stood still, and its clock was set then, has ended what ended in it")
    func pauseAndStep() throws {
        var world = try world()
        world.step(by: .hours(5))
        #expect(world.looking == ["s1"], "a witness is sent for at once")
        try world.see("s1", [.google(issued: at(-1800), expires: at(1800))])

        #expect(try !isServed(world))
        #expect(try world["s1"].token?.expiresAt == at(1800))
        #expect(try world["s1"].createdAt == at(-86_400))
        #expect(passed(&world) == [.hours(5)])
        #expect(
            world.news().filter { if case .shift = $0 { true } else { false } } == [
                .shift(.hours(5)), .shift(.hours(-5)),
            ])
    }

    @Test("is noticed before the clock is set, if it ever is, and is then not counted again")
    func pauseWithoutStep() throws {
        var world = try world()
        world.hear(ahead: .hours(5))
        #expect(try !isServed(world))
        #expect(try world["s1"].token?.expiresAt == at(1800 - 18_000))

        world.step(by: .hours(5))
        world.hear(ahead: .zero)
        #expect(try world["s1"].token?.expiresAt == at(1800))
        #expect(passed(&world) == [.hours(5)])
    }

    @Test(
        "is not thought of where a clock that was wrong is put right",
        arguments: [Duration.hours(5), .hours(-5), .days(9000)])
    func wrongClock(by step: Duration) throws {
        var world = try world(ahead: step)
        world.step(by: step)
        world.hear(ahead: .zero)
        #expect(try isServed(world))
        #expect(try world["s1"].token?.expiresAt == at(1800) + step)
        #expect(passed(&world) == [])
    }

    @Test("is told from what was put right in the same step, whichever way that went", arguments: [1, -6])
    func both(hours: Int) throws {
        var world = try world(ahead: .hours(hours))
        world.step(by: .hours(5 + hours))
        world.hear(ahead: .zero)
        #expect(try world["s1"].token?.expiresAt == at(1800) + .hours(hours))
        #expect(passed(&world) == [.hours(5)])
    }

    @Test("is told after several steps")
    func steps() throws {
        var world = try world()
        world.step(by: .hours(9))
        world.step(by: .hours(-4))
        world.hear(ahead: .zero)
        #expect(try world["s1"].token?.expiresAt == at(1800))
        #expect(passed(&world) == [.hours(5)])
    }

    @Test(
        "while the machine was off, and began with the time of its end, is told by what is stored",
        arguments: [true, false])
    func boot(isSetFirst: Bool) throws {
        var world = try world(ahead: .minutes(7))
        #expect(world.stored.budgets.first?.clockOffset == .minutes(7))
        world.restart()
        if !isSetFirst {
            world.hear(ahead: .minutes(127))
            #expect(try !isServed(world))
        }
        world.step(by: .hours(2))
        world.hear(ahead: .minutes(7))
        #expect(try !isServed(world))
        #expect(try world["s1"].token?.expiresAt == at(1800))
        #expect(passed(&world) == [.hours(2)])
    }

    @Test("is told once, though hosts' clocks disagree")
    func twoHosts() throws {
        var other = ProjectRules.app()
        other = ProjectRules(alias: .named("other"), host: HostName("other.example"), hasAPIKey: true)
        var world = World([.google(issued: at(-1800), expires: at(1800))], rules: Rules(projects: [.app(), other]))
        world.hear(ahead: .zero)
        world.hear(ahead: .minutes(-7), of: "other")
        world.step(by: .hours(5))
        world.hear(ahead: .minutes(-7), of: "other")
        world.hear(ahead: .zero)
        #expect(passed(&world) == [.hours(5)])
        #expect(try world["s1"].token?.expiresAt == at(1800))
        #expect(world.stored.budgets.map(\.clockOffset) == [.zero, .minutes(-7)])
    }

    @Test("while a PATCH was under way leaves its answer as it is")
    func flight() throws {
        var world = World([.google(lookedAt: at(-1))])
        world.hear(ahead: .zero)
        world.turn()
        let attempt = try #require(world.spends.first?.attempt)
        let facts = SessionFacts.google().renewed("new", at: at(18_001))
        world.drop(attempt)
        world.now = at(1)
        let headers = AnswerHeaders.telling(at(18_001), at: at(1))
        world.take(.answered(attempt, .session(facts), headers, row: try world["s1"]))

        let row = try world["s1"]
        #expect(row.token == Token(value: .named("new"), issuedAt: at(1), expiresAt: at(3601)))
        #expect(row.standing == .fresh && row.attempt == nil)
        #expect(row.createdAt == at(-86_400 - 18_000), "moved once")
        #expect(row.lastReadAt == at(-60 - 18_000))
    }

    @Test("has ended the window of calls that it lies in, and the waits")
    func window() throws {
        var world = World([.google(lookedAt: at(-1))])
        try world.read(1, "s1")
        try world.answer("s1", .refused(.rateLimited), remaining: 0)
        #expect(world.scheduler.budgets(at: world.now).first?.remaining == 0)
        world.hear(ahead: .hours(5))
        #expect(world.scheduler.budgets(at: world.now).first?.remaining == 10)
        world.turn()
        #expect(world.looking == ["s1"])
    }
}

extension World {
    /// An answer that tells but the time of a host, which is ahead of ours by so much.
    fileprivate mutating func hear(ahead offset: Duration, of project: String = "app") {
        take(.heard(.named(project), .telling(now + offset, at: now)))
    }
}

extension AnswerHeaders {
    /// The date names a whole second: this one is taken for exactly this time.
    fileprivate static func telling(_ time: WallTime, at now: WallTime) -> AnswerHeaders {
        AnswerHeaders(date: (time - .milliseconds(500)).onServer, sentAt: now - .milliseconds(1), receivedAt: now)
    }
}
