// Law 6, case by case: what the window can hold by all that is known.

import RefreshPolicy
import Testing

@Suite("A budget, law 6,")
struct RateBudgetTests {
    private let clock = HostClock()

    /// A budget taken up so many seconds after the start.
    private func budget(_ record: BudgetRecord? = nil, now: WallTime = at(60)) -> RateBudget {
        RateBudget(host: .example, rules: BudgetRules(), record: record, now: now, clock: clock)
    }

    private func rate(_ remaining: Int, limit: Int = 10, reset: WallTime = at(3600)) -> RateHeaders {
        RateHeaders(limit: limit, remaining: remaining, reset: reset.onServer)
    }

    private func record(spent: Int, inFlight: Int = 0, limit: Int = 10, resetAt: WallTime = at(3600)) -> BudgetRecord {
        BudgetRecord(host: .example, resetAt: resetAt, limit: limit, spent: spent, inFlight: inFlight)
    }

    @Test("begins with ten calls until the full hour, two of them for readers that wait")
    func fresh() {
        let budget = budget()
        #expect(budget.resetAt == at(3600))
        #expect(budget.available(at: at(60), for: .waitingReader) == 10)
        #expect(budget.available(at: at(60), for: .schedule) == 8)
    }

    @Test("counts a call before it is sent, and in its record too")
    func charge() {
        var budget = budget()
        for number in 1...10 { budget.charge(AttemptID(Int64(number))) }
        #expect(budget.available(at: at(61), for: .waitingReader) == 0)
        #expect(budget.record == record(spent: 10, inFlight: 10))
    }

    @Test("gives its reserve back over the last sixth of the window")
    func reserve() {
        var budget = budget(record(spent: 8))
        let left = [2999, 3000, 3001, 3299, 3300, 3301, 3599].map { second in
            budget.advance(to: at(second), clock: clock)
            return budget.available(at: at(second), for: .schedule)
        }
        #expect(left == [0, 0, 0, 0, 1, 1, 1])
        #expect(budget.available(at: at(3599), for: .waitingReader) == 2)
    }

    @Test("goes by the least that is left: a jump up is another counter, no refill")
    func leastRemaining() {
        var budget = budget()
        for number in 1...3 { budget.charge(AttemptID(Int64(number))) }
        budget.settle(AttemptID(1), as: .counted, rate: rate(4), sentAt: at(61), now: at(62), clock: clock)
        // Two are under way and not among the four that are left.
        #expect(budget.available(at: at(62), for: .waitingReader) == 2)
        budget.settle(AttemptID(2), as: .counted, rate: rate(9), sentAt: at(61), now: at(62), clock: clock)
        #expect(budget.available(at: at(62), for: .waitingReader) == 3)
        budget.settle(AttemptID(3), as: .counted, rate: rate(2), sentAt: at(61), now: at(62), clock: clock)
        #expect(budget.available(at: at(62), for: .waitingReader) == 2)
        #expect(budget.record == record(spent: 8))
    }

    @Test("counts calls under way at the edge in the new window too, when their answers do not say which")
    func carriedWithoutHeaders() {
        var budget = budget()
        for number in 1...3 { budget.charge(AttemptID(Int64(number))) }
        budget.advance(to: at(3602), clock: clock)
        #expect(budget.available(at: at(3602), for: .waitingReader) == 7)
        for number in 1...3 {
            budget.settle(
                AttemptID(Int64(number)), as: .counted, rate: nil, sentAt: at(3599), now: at(3603), clock: clock)
        }
        #expect(budget.available(at: at(3603), for: .waitingReader) == 7)
    }

    @Test("counts a counted answer without headers against what the server said last")
    func headersCutOff() {
        var budget = budget()
        budget.charge(AttemptID(1))
        budget.settle(AttemptID(1), as: .counted, rate: rate(3), sentAt: at(61), now: at(62), clock: clock)
        budget.charge(AttemptID(2))
        budget.settle(AttemptID(2), as: .counted, rate: nil, sentAt: at(63), now: at(64), clock: clock)
        #expect(budget.available(at: at(64), for: .waitingReader) == 2)
    }

    @Test("gives an uncounted call back")
    func refund() {
        var budget = budget()
        budget.charge(AttemptID(1))
        budget.settle(AttemptID(1), as: .uncounted, rate: nil, sentAt: at(61), now: at(62), clock: clock)
        #expect(budget.available(at: at(62), for: .waitingReader) == 10)
        budget.settle(AttemptID(1), as: .uncounted, rate: nil, sentAt: at(61), now: at(62), clock: clock)
        #expect(budget.available(at: at(62), for: .waitingReader) == 10)
    }

    @Test("sends nothing from the server's reset until two seconds after it")
    func edge() {
        var budget = budget()
        let left = [3599, 3600, 3601, 3602].map { second in
            budget.advance(to: at(second), clock: clock)
            return budget.available(at: at(second), for: .waitingReader)
        }
        #expect(left == [10, 0, 0, 10])
        #expect(budget.resetAt == at(7200))
    }

    @Test("counts a call under way at the edge in both windows, until its answer says which")
    func straggler() {
        var budget = budget(now: at(3590))
        budget.charge(AttemptID(1))
        budget.charge(AttemptID(2))
        budget.advance(to: at(3602), clock: clock)
        #expect(budget.available(at: at(3602), for: .waitingReader) == 8)
        budget.settle(AttemptID(1), as: .counted, rate: rate(3), sentAt: at(3598), now: at(3603), clock: clock)
        #expect(budget.available(at: at(3603), for: .waitingReader) == 9)
        let next = rate(9, reset: at(7200))
        budget.settle(AttemptID(2), as: .counted, rate: next, sentAt: at(3599), now: at(3603), clock: clock)
        #expect(budget.available(at: at(3603), for: .waitingReader) == 9)
        #expect(budget.record == record(spent: 1, resetAt: at(7200)))
    }

    @Test("opens at once when an answer proves a new window")
    func provenWindow() {
        var budget = budget(now: at(3500))
        budget.charge(AttemptID(1))
        budget.settle(AttemptID(1), as: .counted, rate: rate(0), sentAt: at(3501), now: at(3502), clock: clock)
        #expect(budget.available(at: at(3503), for: .waitingReader) == 0)
        budget.charge(AttemptID(2))
        let next = rate(9, reset: at(7200))
        budget.settle(AttemptID(2), as: .counted, rate: next, sentAt: at(3598), now: at(3599), clock: clock)
        #expect(budget.available(at: at(3599), for: .waitingReader) == 9)
    }

    @Test("keeps a lost call counted until a later one is answered, whose headers cover it")
    func lost() {
        var budget = budget()
        budget.charge(AttemptID(1))
        budget.settle(AttemptID(1), as: .unknown, rate: nil, sentAt: at(60), now: at(90), clock: clock)
        #expect(budget.available(at: at(90), for: .waitingReader) == 9)
        budget.charge(AttemptID(2))
        budget.settle(AttemptID(2), as: .counted, rate: rate(9), sentAt: at(89), now: at(91), clock: clock)
        #expect(budget.available(at: at(91), for: .waitingReader) == 8, "sent before the other was given up")
        budget.charge(AttemptID(3))
        budget.settle(AttemptID(3), as: .counted, rate: rate(8), sentAt: at(92), now: at(93), clock: clock)
        #expect(budget.available(at: at(93), for: .waitingReader) == 8, "the lost one never came")
    }

    @Test("is not closed for ever by calls that were all lost")
    func allLost() {
        var budget = budget()
        for number in 1...10 {
            budget.charge(AttemptID(Int64(number)))
            budget.settle(AttemptID(Int64(number)), as: .unknown, rate: nil, sentAt: at(60), now: at(90), clock: clock)
        }
        #expect(budget.available(at: at(91), for: .waitingReader) == 0)
        budget.advance(to: at(3602), clock: clock)
        #expect(budget.available(at: at(3602), for: .waitingReader) == 10)
    }

    @Test("is spent by a 429, whatever it thought; the window after it is not")
    func refused() {
        var budget = budget()
        budget.charge(AttemptID(1))
        let ending = RateBudget.Ending.refused(retryAfter: nil)
        budget.settle(AttemptID(1), as: ending, rate: rate(0), sentAt: at(61), now: at(62), clock: clock)
        #expect(budget.available(at: at(62), for: .waitingReader) == 0)
        #expect(budget.opensAt == at(3602))
        budget.charge(AttemptID(2))
        budget.advance(to: at(3602), clock: clock)
        budget.settle(AttemptID(2), as: ending, rate: rate(0), sentAt: at(3599), now: at(3603), clock: clock)
        #expect(budget.available(at: at(3603), for: .waitingReader) == 10, "a straggler's 429 is of the window before")
    }

    @Test("obeys a 429 without headers: for as long as a proxy says, else to the window's end")
    func refusedWithoutHeaders() {
        for (wait, opens) in [(Duration.seconds(30), 92), (.seconds(1_000_000_000), 3662), (.seconds(-5), 67)] {
            var budget = budget()
            budget.charge(AttemptID(1))
            let ending = RateBudget.Ending.refused(retryAfter: wait)
            budget.settle(AttemptID(1), as: ending, rate: nil, sentAt: at(61), now: at(62), clock: clock)
            #expect(budget.available(at: at(min(opens, 3600) - 1), for: .waitingReader) == 0)
            budget.advance(to: at(opens), clock: clock)
            #expect(budget.available(at: at(opens), for: .waitingReader) == 10)
        }
        var budget = budget()
        budget.charge(AttemptID(1))
        let ending = RateBudget.Ending.refused(retryAfter: nil)
        budget.settle(AttemptID(1), as: ending, rate: nil, sentAt: at(61), now: at(62), clock: clock)
        budget.advance(to: at(600), clock: clock)
        #expect(budget.available(at: at(600), for: .waitingReader) == 0)
        budget.advance(to: at(3602), clock: clock)
        #expect(budget.available(at: at(3602), for: .waitingReader) == 10)
    }

    @Test("goes on after a restart with what was stored")
    func restart() {
        #expect(budget(record(spent: 7, inFlight: 2)).available(at: at(60), for: .waitingReader) == 3)
        let nextHour = budget(record(spent: 10), now: at(4000))
        #expect(nextHour.available(at: at(4000), for: .waitingReader) == 10)
        let atTheEdge = budget(record(spent: 10, inFlight: 2), now: at(3605))
        #expect(atTheEdge.available(at: at(3605), for: .waitingReader) == 8, "both may have come in the new window")
        #expect(budget(record(spent: 10, inFlight: 9), now: at(7300)).available(at: at(7300), for: .schedule) == 8)
        #expect(budget(record(spent: -5, inFlight: -3, limit: -1)).available(at: at(60), for: .waitingReader) == 1)
    }

    @Test("recomputes an end further ahead than any window is long (law 9)")
    func absurdEnds() {
        #expect(budget(record(spent: 10, resetAt: .start + .days(10_000))).resetAt == at(3600))
        var budget = budget()
        for (number, reset) in [WallTime.start + .days(900), WallTime(milliseconds: .max), at(-3600)].enumerated() {
            let attempt = AttemptID(Int64(number))
            budget.charge(attempt)
            let absurd = rate(9, reset: reset)
            budget.settle(attempt, as: .counted, rate: absurd, sentAt: at(61), now: at(62), clock: clock)
            #expect(budget.resetAt == at(3600))
        }
        #expect(budget.available(at: at(62), for: .waitingReader) == 7, "and no such header is a refill")
    }

    @Test("is neither closed for ever nor opened wide by absurd numbers")
    func absurdNumbers() {
        for (limit, remaining, left) in [(0, 0, 0), (.min, .min, 0), (.max, .max, 999_999), (10, 1000, 9)] {
            var budget = budget()
            budget.charge(AttemptID(1))
            let absurd = rate(remaining, limit: limit)
            budget.settle(AttemptID(1), as: .counted, rate: absurd, sentAt: at(61), now: at(62), clock: clock)
            #expect(budget.available(at: at(62), for: .waitingReader) == left)
            budget.advance(to: at(3602), clock: clock)
            #expect(budget.available(at: at(3602), for: .waitingReader) >= 1)
        }
    }

    @Test("takes a window's end seen by a better clock for the same end")
    func betterClock() {
        // Reckoned before the host's clock was known, which is five minutes behind ours.
        var budget = budget(record(spent: 10))
        let behind = HostClock(offset: .minutes(-5))
        budget.advance(to: at(3602), clock: behind)
        #expect(budget.available(at: at(3602), for: .waitingReader) == 0)
        budget.advance(to: at(3902), clock: behind)
        #expect(budget.available(at: at(3902), for: .waitingReader) == 10)
    }

    @Test("ends when it would have ended, though our clock is stepped")
    func steps() {
        var budget = budget(record(spent: 10))
        var clock = clock
        budget.stepped(by: .hours(5))
        clock.stepped(by: .hours(5))
        budget.advance(to: at(3601) + .hours(5), clock: clock)
        #expect(budget.available(at: at(3601) + .hours(5), for: .waitingReader) == 0)
        budget.advance(to: at(3602) + .hours(5), clock: clock)
        #expect(budget.available(at: at(3602) + .hours(5), for: .waitingReader) == 10)
        #expect(budget.resetAt == at(7200) + .hours(5))
    }
}
