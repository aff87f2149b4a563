// Law 6 by dice: a budget against a counter that shares nothing with it. The counter stands on the server's clock,
// counts as a call arrives, and does not know what the budget believes.

import RefreshPolicy
import Testing

@Suite("A budget against a counting server, law 6,")
struct RateBudgetRandomTests {
    @Test("never sends what the window cannot hold, while all spending is ours", arguments: 1...60)
    func alone(_ seed: UInt64) {
        var run = Run(seed: seed, foreignPerHour: 0)
        run.go(hours: 6)
        #expect(run.refusals == 0)
        #expect(run.answers > 20, "a budget that sends nothing proves nothing")
    }

    @Test("meets a 429 only by spending that nobody could foresee, and then stops", arguments: 1...60)
    func amongOthers(_ seed: UInt64) {
        var run = Run(seed: seed, foreignPerHour: 6)
        run.go(hours: 6)
        #expect(run.foreseeableRefusals == 0)
        #expect(run.sentAfterRefusal == 0)
    }
}

/// One seeded run, in milliseconds of the client's clock.
private struct Run {
    private struct Call {
        let attempt: AttemptID
        let sentAt: Int64
        let arrivesAt: Int64
        let answeredAt: Int64
        /// Up to when the server's count had been shown in answers, as it was sent.
        let shownUpTo: Int64
        /// Nil: it never arrives.
        let fate: Fate?
        var verdict: RateBudget.Ending = .unknown
        var rate: RateHeaders?
    }

    private enum Fate { case counted, uncounted, lostOnTheWayBack }

    private var dice: SeededGenerator
    private let foreignPerHour: Int
    /// The server's clock is ahead of the client's by so much; the client knows it to half a second.
    private let offset: Int64
    private let clock: HostClock
    private var budget: RateBudget
    private var now = WallTime.start.milliseconds + 1_234_567
    private var calls: [Call] = []
    private var attempts: Int64 = 0

    private var window: Int64 = 0
    private var counted = 0
    private var lastForeignAt: Int64 = .min
    private var shownUpTo: Int64 = .min
    private var refusedWindow: Int64?

    private(set) var refusals = 0
    private(set) var foreseeableRefusals = 0
    private(set) var sentAfterRefusal = 0
    private(set) var answers = 0

    init(seed: UInt64, foreignPerHour: Int) {
        dice = SeededGenerator(seed: seed)
        self.foreignPerHour = foreignPerHour
        offset = Int64.random(in: -400_000...400_000, using: &dice)
        clock = HostClock(offset: .milliseconds(offset + Int64.random(in: -500...500, using: &dice)))
        budget = RateBudget(
            host: .example, rules: BudgetRules(), record: nil, now: WallTime(milliseconds: now), clock: clock)
    }

    mutating func go(hours: Int64) {
        let end = now + hours * 3_600_000
        while now < end {
            // Close to the edge, moments count; elsewhere seconds do.
            let toEdge = 3_600_000 - (now + offset) % 3_600_000
            now += Int64.random(in: 1...(toEdge < 20_000 || toEdge > 3_590_000 ? 400 : 30_000), using: &dice)
            arrive()
            if Int.random(in: 0..<2000, using: &dice) == 0 && calls.allSatisfy({ $0.arrivesAt <= now }) { restart() }
            answer()
            spendForeign()
            if Int.random(in: 0..<3, using: &dice) == 0 { send() }
        }
    }

    private var here: WallTime { WallTime(milliseconds: now) }

    private mutating func send() {
        budget.advance(to: here, clock: clock)
        let caller: RateBudget.Caller = Bool.random(using: &dice) ? .waitingReader : .schedule
        guard budget.available(at: here, for: caller) > 0 else { return }
        attempts += 1
        let attempt = AttemptID(attempts)
        budget.charge(attempt)
        if refusedWindow == (now + offset) / 3_600_000 { sentAfterRefusal += 1 }
        let arrivesAt = now + Int64.random(in: 0...1500, using: &dice)
        let answeredAt = arrivesAt + Int64.random(in: 0...6000, using: &dice)
        let fate: Fate? =
            switch Int.random(in: 0..<10, using: &dice) {
            case 0: nil
            case 1: .lostOnTheWayBack
            case 2: .uncounted
            default: .counted
            }
        calls.append(
            Call(
                attempt: attempt, sentAt: now, arrivesAt: arrivesAt, answeredAt: answeredAt, shownUpTo: shownUpTo,
                fate: fate))
    }

    /// The server counts what has arrived, in order.
    private mutating func arrive() {
        for index in calls.indices.sorted(by: { calls[$0].arrivesAt < calls[$1].arrivesAt }) {
            guard calls[index].arrivesAt <= now, calls[index].rate == nil, let fate = calls[index].fate else {
                continue
            }
            roll(to: calls[index].arrivesAt)
            if fate == .uncounted {
                calls[index].verdict = .uncounted
            } else if counted < 10 {
                counted += 1
                if fate == .counted { calls[index].verdict = .counted }
            } else {
                refusals += 1
                if lastForeignAt < calls[index].shownUpTo { foreseeableRefusals += 1 }
                if fate == .counted { calls[index].verdict = .refused(retryAfter: nil) }
            }
            let reset = ServerTime(milliseconds: (window + 1) * 3_600_000)
            calls[index].rate = RateHeaders(limit: 10, remaining: 10 - counted, reset: reset)
        }
    }

    private mutating func answer() {
        for call in calls where call.answeredAt <= now {
            budget.advance(to: here, clock: clock)
            let shown = call.verdict == .unknown || call.verdict == .uncounted ? nil : call.rate
            budget.settle(
                call.attempt, as: call.verdict, rate: shown, sentAt: WallTime(milliseconds: call.sentAt), now: here,
                clock: clock)
            guard let shown else { continue }
            answers += 1
            if shown.reset.milliseconds / 3_600_000 - 1 == window { shownUpTo = max(shownUpTo, call.arrivesAt) }
            if case .refused = call.verdict { refusedWindow = shown.reset.milliseconds / 3_600_000 - 1 }
        }
        calls.removeAll { $0.answeredAt <= now }
    }

    private mutating func spendForeign() {
        guard foreignPerHour > 0, Int.random(in: 0..<240, using: &dice) < foreignPerHour else { return }
        roll(to: now)
        guard counted < 10 else { return }
        counted += 1
        lastForeignAt = now
    }

    private mutating func roll(to time: Int64) {
        guard (time + offset) / 3_600_000 > window else { return }
        window = (time + offset) / 3_600_000
        counted = 0
        lastForeignAt = .min
        shownUpTo = .min
    }

    /// A new run knows what was stored, and nobody waits for the old one's answers.
    private mutating func restart() {
        let record = budget.record
        calls = []
        now += Int64.random(in: 1...5000, using: &dice)
        budget = RateBudget(host: .example, rules: BudgetRules(), record: record, now: here, clock: clock)
    }
}
