// Whom a host's calls suffice for: as many are kept as can be kept, by their priority.

import Testing

@testable import RefreshPolicy

@Suite("Who is kept")
struct AdmissionTests {
    /// The hour's ten calls, of which two are kept back when they are short; it opens again at 3602.
    private let budget = RateBudget(
        host: .example, rules: BudgetRules(), record: nil, now: at(60), clock: HostClock())

    /// Contenders of falling priority that each need a call an hour.
    private func contenders(_ count: Int, period: Duration = .hours(1), want: Int? = 1000) -> [Contender] {
        (0..<count).map { index in
            Contender(
                claim: Claim(priority: priority(index), period: period), want: want.map { at($0) }, wakeAt: nil)
        }
    }

    private func priority(_ index: Int) -> Heat { Heat(asOneReadAt: at(-index)) }

    private func admission(
        _ contenders: [Contender], budget: RateBudget? = nil, waiting: Int = 0, last: Admission? = nil
    ) -> Admission {
        Admission(
            contenders, budget: budget ?? self.budget, margin: .minutes(3), waiting: waiting, last: last,
            now: at(60))
    }

    private func row(_ priority: Heat?) -> SessionRow {
        .google().with { $0.claim = priority.map { Claim(priority: $0, period: .hours(1)) } }
    }

    @Test("is everybody while the calls suffice")
    func suffices() {
        let admission = admission(contenders(10))
        #expect(!admission.isShort)
        #expect(admission.floor == nil)
        #expect(admission.kept == 10 && admission.notKept == 0)
        #expect(admission.neededPerWindow == 10_000)
        #expect(admission.keeps(row(nil)))
        #expect(self.admission([]).floor == nil)
    }

    @Test("is, when they do not, as many as the window holds without its reserve, by their priority")
    func short() {
        let admission = admission(contenders(11))
        #expect(admission.isShort)
        #expect(admission.kept == 8 && admission.notKept == 3)
        #expect(admission.floor == priority(7))
        #expect(admission.keeps(row(priority(7))))
        #expect(!admission.keeps(row(priority(8))))
        #expect(!admission.keeps(row(nil)), "who lays no claim")
    }

    @Test("goes by how often each must be renewed")
    func periods() {
        #expect(admission(contenders(20, period: .hours(2))).floor == nil)
        #expect(admission(contenders(21, period: .hours(2))).kept == 16)
        #expect(admission(contenders(11, period: .minutes(30))).kept == 4)
        // A greedy one of low priority is left out; those below it are too, or the priority would mean nothing.
        let mixed = contenders(3) + contenders(1, period: .minutes(5)) + contenders(7)
        #expect(admission(mixed).kept == 3)
    }

    @Test(
        "is everybody of as many tokens as the rules say that calls suffice for, and not of one more",
        arguments: [(limit: 10, minutes: 60), (3, 60), (1, 60), (60, 60), (10, 30), (10, 240), (10, 5), (1, 10)])
    func most(limit: Int, minutes: Int) {
        var rules = BudgetRules()
        rules.limit = limit
        let waits = Waits()
        let life = Duration.minutes(minutes)
        let count = rules.mostKept(ofLife: life, waits: waits)
        let budget = RateBudget(host: .example, rules: rules, record: nil, now: at(60), clock: HostClock())
        var tight = ProjectRules.app()
        tight.isTight = true
        let period = SessionRow.google(issued: at(0), expires: at(0) + life).claim(by: tight, waits: waits).period
        #expect(!admission(contenders(count, period: period), budget: budget).isShort)
        #expect(admission(contenders(count + 1, period: period), budget: budget).isShort)
        if limit == 10 && minutes == 60 { #expect(count == 9) }
    }

    @Test("is nobody, where the first of them asks for more than there is")
    func nobody() {
        let admission = admission(contenders(2, period: .minutes(1)))
        #expect(admission.kept == 0 && admission.notKept == 2)
        #expect(admission.isShort)
        #expect(!admission.keeps(row(Heat(asOneReadAt: .start + .days(90_000)))))
    }

    @Test("is nobody, where the settings keep all of the window back for readers")
    func greatReserve() {
        var rules = BudgetRules()
        rules.reserve = 99
        let budget = RateBudget(host: .example, rules: rules, record: nil, now: at(60), clock: HostClock())
        #expect(admission(contenders(11), budget: budget).kept == 0)
    }

    /// Contenders that are read so often in an hour each, by their claim.
    private func read(_ times: [Int]) -> [Contender] {
        times.map { times in
            // Twelve hours of such reads.
            let heat = Heat(reads: times * 17, at: at(60))
            return Contender(claim: Claim(priority: heat, period: .hours(1)), want: at(1000), wakeAt: nil)
        }
    }

    @Test("is fewer, where more readers wait than calls are kept back: each of them is one read more")
    func waitingReaders() {
        let alike = read(Array(repeating: 3, count: 12))
        #expect(admission(alike).kept == 8)
        #expect(admission(alike).reserve == 2)
        #expect(admission(alike, waiting: 2).kept == 8)
        #expect(admission(alike, waiting: 5).kept == 5)
        #expect(admission(alike, waiting: 5).reserve == 5)
        #expect(admission(alike, waiting: 99).kept == 0)
        #expect(admission(alike, waiting: 99).reserve == 10)
    }

    @Test("is not fewer for readers that wait, where those who are kept are read more than theirs by one and more")
    func readMore() {
        let hot = read(Array(repeating: 6, count: 8) + Array(repeating: 3, count: 4))
        #expect(admission(hot, waiting: 99).kept == 8)
        #expect(admission(hot, waiting: 99).reserve == 2)
        let some = read(Array(repeating: 9, count: 3) + Array(repeating: 3, count: 9))
        #expect(admission(some, waiting: 99).kept == 3)
        #expect(admission(some, waiting: 99).reserve == 7)
    }

    @Test("keeps nothing back where the calls suffice, whoever waits")
    func noReserve() {
        #expect(admission(contenders(10), waiting: 99).reserve == 0)
    }

    @Test("is everybody again only with a tenth to spare, so that a load at the limit does not go back and forth")
    func hysteresis() {
        let short = admission(contenders(20))
        #expect(admission(contenders(10)).floor == nil)
        #expect(admission(contenders(10), last: short).floor == priority(7))
        #expect(admission(contenders(9), last: short).floor == nil)
    }

    @Test("needs as many calls in this window as are wanted by its end, and the others in the next")
    func needs() {
        let now = contenders(2, want: 900) + contenders(1, want: -50) + contenders(1, want: 3601)
        let next = contenders(3, want: 3602) + contenders(1, want: 7201)
        let later = contenders(1, want: 7202)
        let admission = admission(now + next + later)
        #expect(admission.needs == 4)
        #expect(admission.needsNext == 4)
    }

    @Test("needs no calls for those who are not kept")
    func needsOfTheKept() {
        let admission = admission(contenders(11, want: 900))
        #expect(admission.needs == 8)
    }

    @Test("needs a call a margin after one that rests will wake, and half its period for a short life")
    func restingContenders() {
        func resting(_ wakeAt: Int, period: Duration) -> Contender {
            Contender(claim: Claim(priority: priority(0), period: period), want: nil, wakeAt: at(wakeAt))
        }
        #expect(resting(3000, period: .hours(1)).deadline(margin: .minutes(3)) == at(3180))
        #expect(resting(3000, period: .minutes(2)).deadline(margin: .minutes(3)) == at(3060))
        #expect(admission([resting(3421, period: .hours(1))]).needs == 1)
        #expect(admission([resting(3422, period: .hours(1))]).needsNext == 1)
    }

    @Test("is looked at anew after a minute, when the window changed, and when the clock went back")
    func stale() {
        let admission = admission(contenders(3))
        #expect(!admission.isStale(at: at(119), budget: budget))
        #expect(admission.isStale(at: at(120), budget: budget))
        #expect(admission.isStale(at: at(59), budget: budget))
        var next = budget
        next.advance(to: at(3602), clock: HostClock())
        #expect(admission.isStale(at: at(61), budget: next))
    }

    @Test("goes by the readers that waited in this window or the one before, whichever were more")
    func demand() {
        var demand = WaitingDemand()
        var budget = budget
        for _ in 1...3 { demand.note(in: budget) }
        #expect(demand.perWindow == 3)
        budget.advance(to: at(3602), clock: HostClock())
        demand.note(in: budget)
        #expect(demand.perWindow == 3)
        demand.stepped(by: .hours(5))
        budget.stepped(by: .hours(5))
        demand.enter(budget)
        #expect(demand.perWindow == 3, "a step of our clock is no new window")
        budget.advance(to: at(7202) + .hours(5), clock: HostClock(offset: .hours(-5)))
        demand.enter(budget)
        #expect(demand.perWindow == 1)
    }

    @Test("stays who it was when our clock is stepped")
    func step() {
        let admission = admission(contenders(11)).stepped(by: .hours(9))
        var budget = budget
        budget.stepped(by: .hours(9))
        #expect(admission.floor == priority(7).stepped(by: .hours(9)))
        #expect(!admission.isStale(at: at(60) + .hours(9), budget: budget))
        #expect(admission.kept == 8 && admission.needs == 8)
    }
}
