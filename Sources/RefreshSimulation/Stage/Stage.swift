// A machine, a server and the wire between them on one virtual time. It carries calls and answers, and the crashes of
// either end; what else happens, whoever drives it brings in.

import AppwriteModel
package import RefreshPolicy

package struct Stage<Outside: Sendable>: Sendable {
    package private(set) var machine: Machine
    package var wire: Wire
    package var weather: Weather
    var clocks: Clocks
    package var book: LawBook
    /// What was said and answered since the last look at it.
    package var notices: [Notice] = []
    package var replies: [Machine.Reply] = []
    /// PATCHes that were sent since the last look at them.
    var sent: [(time: Int64, key: SessionKey)] = []
    /// A line for each call that was sent and answered; kept only when asked for.
    package var trace: [String] = []
    package var isTraced = false
    package private(set) var isRunning = false
    /// The dice of the wire; what is driven has its own.
    var dice: SeededGenerator
    var timeline = Timeline<Item>()
    /// The number of the process: what was under way for an earlier one comes to nobody.
    var process = 0
    private var lastRound = 0
    var heard: Set<AttemptID> = []
    /// Rounds of the loop at one moment: a loop that spins is a broken one.
    private var roundsAtOnce = 0

    enum Item: Sendable {
        case round(Int)
        case lookArrives(Call)
        case lookAnswered(Call, Look, answeredAt: Int64?)
        case patchArrives(Call)
        case patchDone(Call, PatchID, PatchEnding)
        case patchAnswered(Call, SpendAnswer, RefreshPolicy.RateHeaders?, answeredAt: Int64?)
        case outside(Outside)
    }

    /// A call on its way.
    struct Call: Sendable {
        let attempt: AttemptID
        let row: SessionRow
        let process: Int
        let sentAt: Int64
        /// Whether the machine takes its calls for counted.
        let isMetered: Bool
    }

    package init(
        rules: Rules, rows: [SessionRow] = [], wire: Wire, weather: Weather = Weather(), now: Int64, seed: UInt64
    ) {
        clocks = Clocks(now: now)
        self.wire = wire
        self.weather = weather
        dice = SeededGenerator(seed: seed)
        machine = Machine(rules: rules, memory: RowMemory(rows: rows), now: WallTime(milliseconds: now))
        book = LawBook(rules: rules)
    }

    package var now: Int64 { clocks.now }
    package var wall: WallTime { clocks.wall }
    package var serverNow: Int64 { clocks.server }

    /// Puts something into the store before the start.
    mutating func prepare(_ change: Change) { machine.prepare(change) }

    package mutating func plan(_ item: Outside, at time: Int64) { timeline.plan(.outside(item), at: max(time, now)) }

    /// Starts the process, if it does not run.
    package mutating func start() {
        guard !isRunning else { return }
        process += 1
        heard = []
        machine.fuse = nil
        clocks.restart()
        isRunning = true
        do throws(Machine.Crash) {
            try machine.start(seed: UInt64.random(in: .min ... .max, using: &dice), now: wall)
        } catch {
            return crash()
        }
        collect()
        round()
    }

    /// The process ends without a word; PATCHes that were sent go on.
    package mutating func crash() {
        isRunning = false
        process += 1
        // What was said before the end was heard.
        replies += machine.replies
        machine.replies = []
        book.crashed()
    }

    /// The process dies within so many actions from now; or not at all.
    package mutating func light(fuse: Int?) { machine.fuse = fuse }

    /// An answer of the server that has just come, for what is asked beside the scheduler.
    mutating func headersNow() -> AnswerHeaders {
        followStep()
        return clocks.headers(rate: nil, answeredAt: now, sentAt: now)
    }

    package mutating func step(clockBy step: Int64) { clocks.machineOffset += step }

    package mutating func setServerOffset(_ offset: Int64) { clocks.serverOffset = offset }

    package mutating func take(_ input: Input) {
        guard isRunning else { return }
        followStep()
        guard isRunning else { return }
        do throws(Machine.Crash) {
            try machine.take(input, now: wall)
        } catch {
            return crash()
        }
        collect()
        round()
    }

    /// Goes on to the next thing from outside, or to `end`.
    package mutating func next(until end: Int64) -> Outside? {
        while let time = timeline.nextTime, time <= end {
            if time > now { roundsAtOnce = 0 }
            clocks.advance(to: time)
            guard let item = timeline.take() else { return nil }
            switch item {
            case .outside(let outside): return outside
            case .round(let number): if number == lastRound { round() }
            case .lookArrives(let call): arrive(look: call)
            case .lookAnswered(let call, let look, let answeredAt): answered(call, look, answeredAt)
            case .patchArrives(let call): arrive(patch: call)
            case .patchDone(let call, let patch, let ending): done(call, patch, ending)
            case .patchAnswered(let call, let answer, let rate, let answeredAt):
                answered(call, answer, rate, answeredAt)
            }
        }
        clocks.advance(to: end)
        return nil
    }

    mutating func followStep() {
        guard let step = clocks.followStep() else { return }
        do throws(Machine.Crash) { try machine.follow(step: step, now: wall) } catch { return crash() }
        collect()
    }

    /// The loop's round, and the planning of the next.
    private mutating func round() {
        guard isRunning else { return }
        followStep()
        guard isRunning else { return }
        roundsAtOnce += 1
        if roundsAtOnce > 1000 {
            book.note(9, "the loop spins", at: now)
            roundsAtOnce = 0
            return
        }
        do throws(Machine.Crash) {
            let wake = try machine.turn(now: wall)
            book.checkWake(wake, after: wall, trueTime: now)
            let nap = min(30_000, max(5, (wake - wall).wholeMilliseconds))
            lastRound += 1
            timeline.plan(.round(lastRound), at: now + nap)
        } catch {
            return crash()
        }
        collect()
    }

    private mutating func collect() {
        let calls = machine.calls
        machine.calls = []
        notices += machine.notices
        machine.notices = []
        replies += machine.replies
        machine.replies = []
        for call in calls {
            switch call {
            case .look(let attempt, let row):
                timeline.plan(.lookArrives(note(attempt, row)), at: now + travel())
            case .spend(let attempt, let row):
                sent.append((now, row.key))
                book.checkSpend(attempt, row, machine, wall: wall, trueTime: now)
                timeline.plan(.patchArrives(note(attempt, row)), at: now + travel() + travel())
            }
        }
    }

    private mutating func note(_ attempt: AttemptID, _ row: SessionRow) -> Call {
        trace("  sent \(attempt.number): \(row.attempt?.id == attempt ? "PATCH" : "look") of \(row.inBrief)")
        let wall = wall
        for budget in machine.scheduler.budgets(at: wall) where isTraced && row.attempt?.id == attempt {
            trace("  \(budget.host): \(budget.remaining) of \(budget.limit) left, ends in \(budget.resetAt - wall)")
        }
        return Call(
            attempt: attempt, row: row, process: process, sentAt: now,
            isMetered: machine.scheduler.metering(of: row.key.project) == .metered)
    }

    mutating func trace(_ line: @autoclosure () -> String) {
        if isTraced { trace.append("\(now)\(line())") }
    }

    mutating func travel() -> Int64 { Int64.random(in: weather.travel, using: &dice) }

    mutating func isUnlucky(_ permille: Int) -> Bool {
        permille > 0 && Int.random(in: 0..<1000, using: &dice) < permille
    }
}
