// Law 6, where the host's clock becomes better known, and where calls that are not charged tell of the window.

import RefreshPolicy
import Testing

@Suite("A window reckoned by us, law 6,")
struct RateBudgetClockTests {
    private let clock = HostClock()
    private let ahead = HostClock(offset: .minutes(5))

    private func budget(spent: Int = 4, resetAt: WallTime = at(3600), now: WallTime = at(60)) -> RateBudget {
        let record = BudgetRecord(host: .example, resetAt: resetAt, limit: 10, spent: spent, inFlight: 0)
        return RateBudget(host: .example, rules: BudgetRules(), record: record, now: now, clock: clock)
    }

    private func rate(_ remaining: Int, limit: Int = 10, reset: WallTime = at(3600)) -> RateHeaders {
        RateHeaders(limit: limit, remaining: remaining, reset: reset.onServer)
    }

    @Test("is the old one still where only our clock went ahead while nobody looked, and what was spent of it is spent")
    func notOver() {
        let ahead = at(17 * 3600 + 60)
        var budget = budget(spent: 10, now: ahead)
        #expect(budget.available(at: ahead, for: .waitingReader) == 10, "nothing tells yet that it is not over")
        budget.reckonAnew(at: ahead, clock: HostClock(offset: .hours(-17)))
        #expect(budget.available(at: ahead, for: .waitingReader) == 0)
        #expect(budget.resetAt == at(18 * 3600))
        var later = self.budget(spent: 10, now: ahead)
        later.reckonAnew(at: ahead, clock: HostClock(offset: .hours(-16)))
        #expect(later.available(at: ahead, for: .waitingReader) == 10, "an hour is over by theirs, too")
    }

    @Test(
        "keeps, when it turns out to be the old one, what was carried into it, what was sent since, and what was left")
    func notOverWithCalls() {
        let ahead = at(17 * 3600 + 60)
        let record = BudgetRecord(host: .example, resetAt: at(3600), limit: 10, spent: 2, inFlight: 0)
        var budget = RateBudget(host: .example, rules: BudgetRules(), record: record, now: at(60), clock: clock)
        budget.charge(AttemptID(1))
        budget.settle(AttemptID(1), as: .counted, rate: rate(6), sentAt: at(60), now: at(61), clock: clock)
        budget.charge(AttemptID(2))
        budget.advance(to: ahead, clock: clock)
        for number in 3...4 { budget.charge(AttemptID(Int64(number))) }
        #expect(budget.available(at: ahead, for: .waitingReader) == 7)
        budget.reckonAnew(at: ahead, clock: HostClock(offset: .hours(-17)))
        #expect(budget.available(at: ahead, for: .waitingReader) == 3, "six were left, and three are under way")
        #expect(budget.ownCalls == 3...6)
    }

    @Test("ends, after a restart, when the last one that is known says so, until the host's clock is heard")
    func alignedToTheLast() {
        // Our clock is five minutes behind: the host's hour is over at 3300 of ours.
        var budget = budget(spent: 10, resetAt: at(3300), now: at(3302))
        #expect(budget.resetAt == at(6900))
        #expect(budget.available(at: at(3302), for: .waitingReader) == 10)
        budget.reckonAnew(at: at(3303), clock: ahead)
        #expect(budget.resetAt == at(6900))
        #expect(budget.available(at: at(3303), for: .waitingReader) == 10)
    }

    @Test("is the spent one still, where our clock was set right while refreshd did not run: the first answer tells")
    func setRight() throws {
        // It was five minutes behind, and the window, which ends at 3600, was thought to end at 3300.
        let spent = BudgetRecord(host: .example, resetAt: at(3300), limit: 10, spent: 10, inFlight: 0)
        var scheduler = Scheduler(rules: .app, now: at(3310))
        _ = scheduler.handle(.started(StoredState(budgets: [spent]), seed: 1), now: at(3310))
        #expect(scheduler.budgets(at: at(3310)).first?.remaining == 10, "nothing tells yet that it is not over")
        let listing = Event.listed(.named("app"), .named("ada"), [], .at(at(3312)), rows: [])
        _ = scheduler.handle(listing, now: at(3312))
        let budget = try #require(scheduler.budgets(at: at(3312)).first)
        #expect(budget.remaining == 0)
        #expect(budget.resetAt == at(3600))
    }

    @Test("that has just ended is not prolonged by a clock that says so too")
    func justEnded() {
        var budget = budget(spent: 10, now: at(3601))
        budget.reckonAnew(at: at(3601), clock: HostClock(offset: .zero))
        #expect(budget.resetAt == at(3600))
        budget.advance(to: at(3602), clock: HostClock(offset: .zero))
        #expect(budget.available(at: at(3602), for: .waitingReader) == 10)
    }

    @Test("ends when the last one that is known says so also where that ends after the start")
    func alignedWhileRunning() {
        var budget = budget(spent: 10, resetAt: at(3300), now: at(3290))
        budget.advance(to: at(3302), clock: clock)
        #expect(budget.resetAt == at(6900))
    }

    @Test("is reckoned anew by a clock that is better known: it ends when the host's hour does")
    func reckonAnew() {
        var budget = budget()
        budget.reckonAnew(at: at(60), clock: ahead)
        #expect(budget.resetAt == at(3300))
        #expect(budget.available(at: at(60), for: .waitingReader) == 6, "and what was spent of it is spent")
        var behind = self.budget(now: at(100))
        behind.reckonAnew(at: at(100), clock: HostClock(offset: .minutes(-5)))
        #expect(behind.resetAt == at(300), "their last hour is not over")
        #expect(behind.available(at: at(100), for: .waitingReader) == 6)
    }

    @Test("keeps an end that an answer has stated")
    func confirmed() {
        var budget = budget()
        budget.charge(AttemptID(1))
        budget.settle(AttemptID(1), as: .counted, rate: rate(5), sentAt: at(61), now: at(62), clock: clock)
        budget.reckonAnew(at: at(63), clock: ahead)
        #expect(budget.resetAt == at(3600))
    }

    @Test("is told of by calls that are not charged: the least that is left holds, and nothing is charged")
    func overheard() {
        var budget = budget(spent: 0)
        budget.overhear(rate(4), now: at(62), clock: clock)
        #expect(budget.available(at: at(62), for: .waitingReader) == 4)
        budget.overhear(rate(8), now: at(63), clock: clock)
        #expect(budget.available(at: at(63), for: .waitingReader) == 4, "another counter, no refill")
        #expect(budget.ownCalls == 0...0)
        #expect(budget.foreign == 0, "whose calls they were is not known")
    }

    @Test("is neither opened wide nor closed for ever by absurd numbers that are overheard")
    func absurd() {
        for (limit, remaining, left) in [(0, 0, 0), (Int.max, Int.max, 1_000_000), (10, -5, 0)] {
            var budget = budget(spent: 0)
            budget.overhear(rate(remaining, limit: limit), now: at(62), clock: clock)
            #expect(budget.available(at: at(62), for: .waitingReader) == left)
            budget.advance(to: at(3602), clock: clock)
            #expect(budget.available(at: at(3602), for: .waitingReader) >= 1)
        }
    }

    @Test("is not told of by an answer of the window before, or of one that cannot be")
    func otherWindows() {
        var budget = budget(spent: 0)
        for reset in [at(0), at(-3600), .start + .days(9)] {
            budget.overhear(rate(0, reset: reset), now: at(62), clock: clock)
            #expect(budget.available(at: at(62), for: .waitingReader) == 10)
        }
    }

    @Test("is left for the next one by what is overheard of that")
    func nextWindow() {
        var budget = budget(spent: 10)
        budget.overhear(rate(9), now: at(3590), clock: clock)
        budget.overhear(rate(7, reset: at(7200)), now: at(3601), clock: clock)
        #expect(budget.resetAt == at(7200))
        #expect(budget.available(at: at(3601), for: .waitingReader) == 7)
    }

    @Test("counts others' calls: what is gone beyond our own, the most that was seen, until the next window")
    func foreign() {
        var budget = budget(spent: 0)
        for (number, remaining) in [(1, 8), (2, 4), (3, 7)] {
            let attempt = AttemptID(Int64(number))
            budget.charge(attempt)
            budget.settle(
                attempt, as: .counted, rate: rate(remaining), sentAt: at(60), now: at(62), clock: clock)
        }
        #expect(budget.foreign == 4)
        budget.advance(to: at(3602), clock: clock)
        #expect(budget.foreign == 0)
    }
}

@Suite("Law 9: a step of our clock comes before anything else")
struct SteppedFirstTests {
    @Test("so that a spent window is not taken for one that is long over")
    func window() {
        let spent = BudgetRecord(host: .example, resetAt: at(3600), limit: 10, spent: 10, inFlight: 0)
        for step in [Duration.hours(30), .hours(-30)] {
            var scheduler = Scheduler(rules: .app, now: .start)
            _ = scheduler.handle(.started(StoredState(budgets: [spent]), seed: 1), now: at(0))
            _ = scheduler.handle(.stepped(step), now: at(1) + step)
            let budget = scheduler.budgets(at: at(1) + step).first
            #expect(budget?.remaining == 0)
            #expect(budget?.resetAt == at(3600) + step)
        }
    }

    @Test("so that a probe is not taken for one that is impossibly far ahead")
    func probe() {
        let held = Condition(
            scope: .project(.named("app")), cause: .keyRefused, since: at(-60), count: 1, probeAt: at(600))
        for step in [Duration.days(3), .days(-3)] {
            var scheduler = Scheduler(rules: .app, now: .start)
            _ = scheduler.handle(.started(StoredState(conditions: [held]), seed: 1), now: at(0))
            _ = scheduler.handle(.stepped(step), now: at(1) + step)
            #expect(scheduler.conditions == [held.stepped(by: step)])
        }
    }

    @Test("so that a PATCH of a session that was removed is not forgotten while it may be at work (law 4)")
    func orphan() throws {
        var world = World([.google(lookedAt: at(-1))])
        world.turn()
        try world.answer("s1", .lost(.cut))
        try world.remove("s1")
        world.step(by: .hours(30))
        let time = world.now + .seconds(1)
        let headers = AnswerHeaders(date: (time - .hours(30)).onServer, sentAt: time, receivedAt: time)
        world.list("ada", [.google(sessionExpires: .start + .days(300))], headers: headers)
        #expect(try world["s1"].standing == .inDoubt)
    }
}
