// Law 6: never send what the window, by all that is known, cannot hold. Appwrite counts session updates per host name
// and client IP in fixed windows aligned to the clock; failures count too, and others on the same IP share the counter.

/// One host's window: what was sent into it, and what the server said is left.
package struct RateBudget: Hashable, Sendable {
    package let host: HostName
    package let rules: BudgetRules
    /// When the window ends, by our clock.
    package private(set) var resetAt: WallTime
    package private(set) var limit: Int
    /// Our calls that are in this window, or may be.
    private var own: Int
    /// The least `Remaining` that an answer of this window gave. A later, greater one is another counter, no refill.
    private var least: Int?
    /// Whether `resetAt` is the server's word rather than our reckoning.
    private var isConfirmed: Bool
    /// Nothing is sent before this moment: a 429 that named no window.
    private var closedUntil: WallTime?
    /// Sent and not answered: in the order of sending.
    private var open: [Charge] = []

    private struct Charge: Hashable, Sendable {
        let attempt: AttemptID
        /// The window changed while the call was under way: it counts in both until its answer says which.
        var isCarried = false
        /// When its answer was given up. The server had counted it by then, if ever.
        var lostAt: WallTime?
    }

    /// A budget as a start finds it. What was in flight when the last run ended stays counted.
    package init(host: HostName, rules: BudgetRules, record: BudgetRecord?, now: WallTime, clock: HostClock) {
        self.host = host
        self.rules = rules
        limit = record?.limit ?? rules.limit
        own = record?.spent ?? 0
        resetAt = record?.resetAt ?? now
        isConfirmed = false
        if record == nil { resetAt = boundary(after: now, clock: clock) }
        advance(to: now, clock: clock)
    }

    /// What is stored: everything known or feared to be spent.
    package var record: BudgetRecord {
        BudgetRecord(host: host, resetAt: resetAt, limit: limit, spent: limit - left, inFlight: open.count)
    }

    /// How many calls may be sent now; with the reserve for readers that wait, or without.
    package func available(at now: WallTime, for caller: Caller) -> Int {
        guard now < resetAt, closedUntil.map({ now >= $0 }) ?? true else { return 0 }
        switch caller {
        case .waitingReader: return left
        case .schedule: return max(0, left - reserve(at: now))
        }
    }

    /// When a window with calls in it opens next, given that none is left now.
    package var opensAt: WallTime {
        max(resetAt + rules.openingDelay, closedUntil ?? resetAt)
    }

    package enum Caller: Hashable, Sendable {
        case schedule
        case waitingReader
    }

    /// Moves on to the next window when this one has ended, and recomputes an end that is further ahead than any
    /// window is long (law 9).
    package mutating func advance(to now: WallTime, clock: HostClock) {
        if now >= resetAt + rules.openingDelay {
            open(endingAt: boundary(after: now, clock: clock), confirmed: false)
        } else if resetAt > now + rules.window + rules.window {
            resetAt = boundary(after: now, clock: clock)
            isConfirmed = false
        }
        if let closed = closedUntil, now >= closed || closed > now + rules.window + rules.window { closedUntil = nil }
    }

    /// Counts a call before it is sent.
    package mutating func charge(_ attempt: AttemptID) {
        own += 1
        open.append(Charge(attempt: attempt))
    }

    /// Learns from a call's end. `rate` is nil where the answer had no such headers, or none came.
    package mutating func settle(
        _ attempt: AttemptID, as ending: Ending, rate: RateHeaders?, sentAt: WallTime, now: WallTime, clock: HostClock
    ) {
        guard let index = open.firstIndex(where: { $0.attempt == attempt }) else { return }
        switch ending {
        case .unknown:
            open[index].lostAt = now
            return
        case .uncounted:
            open.remove(at: index)
            own -= 1
        case .counted, .refused:
            let charge = open.remove(at: index)
            learn(rate, from: charge, now: now, clock: clock)
        }
        if rate != nil {
            // A call given up before this one was sent has been counted by the time of this answer, if it ever was.
            open.removeAll { lost in lost.lostAt.map { $0 <= sentAt } ?? false }
        }
        if case .refused(let retryAfter) = ending {
            least = 0
            if rate == nil { closedUntil = now + (retryAfter ?? .seconds(60)) }
        }
    }

    package enum Ending: Hashable, Sendable {
        case counted
        /// The server answered before it counts, or the call never left.
        case uncounted
        /// 429: the window is spent, whatever we thought.
        case refused(retryAfter: Duration?)
        /// No answer.
        case unknown
    }

    /// Our clock was stepped: the window ends when it would have ended.
    package mutating func stepped(by step: Duration) {
        resetAt = resetAt + step
        closedUntil = closedUntil.map { $0 + step }
        for index in open.indices { open[index].lostAt = open[index].lostAt.map { $0 + step } }
    }

    /// Calls that are left, in the worst case of all that is known.
    private var left: Int {
        max(0, min(limit - own, (least ?? limit) - open.count))
    }

    /// The reserve, given back evenly over the window's last sixth: what no reader came for must not go to waste.
    private func reserve(at now: WallTime) -> Int {
        let release = max(1, rules.window.wholeMilliseconds / 6)
        let ahead = max(0, (resetAt - now).wholeMilliseconds)
        return ahead >= release ? rules.reserve : Int((Int64(rules.reserve) * ahead + release - 1) / release)
    }

    private mutating func learn(_ rate: RateHeaders?, from charge: Charge, now: WallTime, clock: HostClock) {
        guard let rate else { return }
        let stated = clock.local(rate.reset)
        if stated <= now || (charge.isCarried && stated < resetAt - rules.openingDelay) {
            // Counted in the window before: this one has its call back.
            if charge.isCarried { own -= 1 }
            return
        }
        if isConfirmed && stated > resetAt + rules.openingDelay {
            open(endingAt: stated, confirmed: true)
            own += 1
        } else if !isConfirmed || stated > resetAt {
            resetAt = stated
            isConfirmed = true
        }
        limit = rate.limit
        least = min(least ?? rate.remaining, rate.remaining)
    }

    private mutating func open(endingAt end: WallTime, confirmed: Bool) {
        resetAt = end
        isConfirmed = confirmed
        least = nil
        own = open.count
        for index in open.indices { open[index].isCarried = true }
    }

    /// The end of the window that `now` lies in: windows are aligned to the server's clock.
    private func boundary(after now: WallTime, clock: HostClock) -> WallTime {
        let length = max(1, rules.window.wholeMilliseconds)
        let remote = clock.remote(now).milliseconds
        let into = ((remote % length) + length) % length
        return clock.local(ServerTime(milliseconds: remote - into + length))
    }
}
