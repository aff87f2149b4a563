// Law 6: never send what the window, by all that is known, cannot hold. Appwrite counts session updates per host name
// and client IP in fixed windows aligned to the clock; failures count too, and others on the same IP share the counter.

/// One host's window: what was sent into it, and what the server said is left.
package struct RateBudget: Hashable, Sendable {
    package let host: HostName
    package private(set) var rules: BudgetRules
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
    package private(set) var closedUntil: WallTime?
    /// Charged and not answered, in the order of charging. Each is among `own`.
    private var unanswered: [Charge] = []
    /// Calls kept back for readers that wait: there need be none where the calls suffice for all.
    package var reserve: Int
    /// The most calls of this window that must have been somebody else's.
    package private(set) var foreign = 0
    /// The window before, where it ended by our clock alone.
    private var before: Ended?

    private struct Ended: Hashable, Sendable {
        let end: ServerTime
        let own: Int
        let least: Int?
    }

    private struct Charge: Hashable, Sendable {
        /// Nil for a call of an earlier run, whose answer nobody waits for.
        let attempt: AttemptID?
        /// The window changed while the call was under way: it counts in both until its answer says which.
        var isCarried = false
        /// When its answer was given up. The server had counted it by then, if ever.
        var lostAt: WallTime?
    }

    /// A budget as a start finds it. What was in flight when the last run ended stays counted; where its window has just
    /// ended, in the next one too.
    package init(host: HostName, rules: BudgetRules, record: BudgetRecord?, now: WallTime, clock: HostClock) {
        self.host = host
        self.rules = rules
        reserve = rules.reserve
        limit = max(1, record?.limit ?? rules.limit)
        own = max(0, record?.spent ?? 0)
        resetAt = record?.resetAt ?? now
        isConfirmed = false
        if let record, now < record.resetAt + rules.window {
            let abandoned = Charge(attempt: nil, lostAt: now)
            unanswered = Array(repeating: abandoned, count: max(0, min(record.inFlight, own)))
        }
        if record == nil { resetAt = boundary(after: now, clock: clock) }
        advance(to: now, clock: clock)
    }

    /// What is stored: everything known or feared to be spent.
    package var record: BudgetRecord {
        BudgetRecord(host: host, resetAt: resetAt, limit: limit, spent: limit - left, inFlight: unanswered.count)
    }

    /// Our calls in this window: how many were answered, and how many there are in all.
    package var ownCalls: ClosedRange<Int> { max(0, own - unanswered.count)...max(0, own) }

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
            // Until the host's clock is heard, the end of the last window that is known tells when its windows end.
            let clock = clock.isMeasured ? clock : aligned(to: resetAt)
            let end = boundary(after: now, clock: clock)
            if end - resetAt < rules.window / 2 {
                // No window is so short: it is the same one, and the host's clock is better known by now.
                resetAt = end
                isConfirmed = false
            } else {
                // What was given up before the end had been counted by then, if ever.
                unanswered.removeAll { charge in charge.lostAt.map { $0 <= resetAt } ?? false }
                let ended = Ended(end: nearestBoundary(to: resetAt, clock: clock), own: own, least: least)
                begin(endingAt: end, confirmed: false)
                before = ended
            }
        } else if resetAt > farthestEnd(from: now) {
            resetAt = boundary(after: now, clock: clock)
            isConfirmed = false
        }
        if let closed = closedUntil, now >= closed || closed > farthestEnd(from: now) { closedUntil = nil }
    }

    /// The host's clock is better known now: an end that no answer has stated was reckoned by the worse one. The window
    /// is the same, as far as anybody knows, and so is what was spent of it. Where our clock went ahead while refreshd did
    /// not run, it is even the one that was thought to be over.
    package mutating func reckonAnew(at now: WallTime, clock: HostClock) {
        guard !isConfirmed else { return }
        // It has just ended by this clock too, and the next opens in a moment.
        if now >= resetAt && clock.local(nearestBoundary(to: resetAt, clock: clock)) == resetAt { return }
        resetAt = boundary(after: now, clock: clock)
        guard let before, clock.remote(resetAt) == before.end else { return }
        own += before.own - unanswered.count { $0.isCarried }
        least = [least, before.least].compactMap { $0 }.min()
        for index in unanswered.indices { unanswered[index].isCarried = false }
        self.before = nil
    }

    /// Other settings. What was sent into the window, and what the server said is left of it, stays known; a window of
    /// another length is taken to hold all of it.
    package mutating func adopt(_ new: BudgetRules, now: WallTime, clock: HostClock) {
        guard new != rules else { return }
        let old = rules
        rules = new
        reserve = new.reserve
        if new.limit != old.limit { limit = max(1, new.limit) }
        guard new.window != old.window else { return }
        resetAt = boundary(after: now, clock: clock)
        isConfirmed = false
        before = nil
    }

    /// Counts a call before it is sent.
    package mutating func charge(_ attempt: AttemptID) {
        own += 1
        unanswered.append(Charge(attempt: attempt))
    }

    package enum Ending: Hashable, Sendable {
        case counted
        /// The server answered before it counts, or the call never left.
        case uncounted
        /// 429: the window is spent, whatever we thought. The refused call itself is not counted.
        case refused(retryAfter: Duration?)
        /// No answer.
        case unknown
    }

    /// Learns from a call's end. `rate` is nil where the answer had no such headers, or none came.
    package mutating func settle(
        _ attempt: AttemptID, as ending: Ending, rate: RateHeaders?, sentAt: WallTime, now: WallTime, clock: HostClock
    ) {
        guard let index = unanswered.firstIndex(where: { $0.attempt == attempt }) else { return }
        if case .unknown = ending {
            unanswered[index].lostAt = now
            return
        }
        let charge = unanswered.remove(at: index)
        own -= 1
        switch ending {
        case .unknown, .uncounted: break
        case .counted:
            switch bearing(of: rate, isCarried: charge.isCarried, now: now, clock: clock) {
            case .unclear:
                own += 1
                least = least.map { max(0, $0 - 1) }
            case .earlier:
                // Counted in the window before: this one has its call back.
                forgetLost(before: sentAt)
            case .this(let rate), .later(let rate):
                own += 1
                learn(rate)
                forgetLost(before: sentAt)
                foreign = max(foreign, limit - (least ?? limit) - own)
            }
        case .refused(let retryAfter):
            refuse(rate: rate, retryAfter: retryAfter, isCarried: charge.isCarried, now: now, clock: clock)
        }
    }

    /// A 429 to a call that was not charged, since it was taken for unmetered.
    package mutating func refuse(rate: RateHeaders?, retryAfter: Duration?, now: WallTime, clock: HostClock) {
        refuse(rate: rate, retryAfter: retryAfter, isCarried: false, now: now, clock: clock)
    }

    /// Learns from the answer to a call that was not charged, since it was taken for unmetered. Such a call is told what
    /// would be left if it were counted, so one more may be left; it is not taken.
    package mutating func overhear(_ rate: RateHeaders, now: WallTime, clock: HostClock) {
        switch bearing(of: rate, isCarried: false, now: now, clock: clock) {
        case .unclear, .earlier: return
        case .this(let rate), .later(let rate):
            limit = max(1, min(rate.limit, 1_000_000))
            least = min(least ?? rate.remaining, rate.remaining)
        }
    }

    /// What was spent of the window was spent by us: by calls that were taken for unmetered.
    package mutating func ownAll() {
        own = max(own, limit - (least ?? limit))
    }

    /// Our clock was stepped: the window ends when it would have ended.
    package mutating func stepped(by step: Duration) {
        resetAt = resetAt + step
        closedUntil = closedUntil.map { $0 + step }
        for index in unanswered.indices { unanswered[index].lostAt = unanswered[index].lostAt.map { $0 + step } }
    }

    /// Calls that are left, in the worst case of all that is known.
    private var left: Int {
        max(0, min(limit - own, (least ?? limit) - unanswered.count))
    }

    /// The reserve, given back evenly over the window's last sixth: what no reader came for must not go to waste.
    private func reserve(at now: WallTime) -> Int {
        let release = max(1, rules.window.wholeMilliseconds / 6)
        let ahead = max(0, (resetAt - now).wholeMilliseconds)
        return ahead >= release ? reserve : Int((Int64(reserve) * ahead + release - 1) / release)
    }

    /// Which window an answer speaks of.
    private enum Bearing {
        /// It does not say, or says what cannot be.
        case unclear
        case earlier
        case this(RateHeaders)
        case later(RateHeaders)
    }

    /// Tells which window an answer speaks of, and moves on to it where it is a new one.
    private mutating func bearing(
        of rate: RateHeaders?, isCarried: Bool, now: WallTime, clock: HostClock
    ) -> Bearing {
        guard let rate else { return .unclear }
        let stated = clock.local(rate.reset)
        guard stated <= farthestEnd(from: now) else { return .unclear }
        let isEarlier = stated < resetAt - rules.openingDelay
        if isEarlier && isCarried { return .earlier }
        if isEarlier && stated <= now { return .unclear }
        if isConfirmed && stated > resetAt + rules.openingDelay {
            begin(endingAt: stated, confirmed: true)
            return .later(rate)
        }
        if !isConfirmed || stated > resetAt {
            resetAt = stated
            isConfirmed = true
            before = nil
        }
        return .this(rate)
    }

    private mutating func learn(_ rate: RateHeaders) {
        // At least one, or an absurd header would close the host for ever: no call, no better header.
        limit = max(1, min(rate.limit, 1_000_000))
        let remaining = max(0, min(rate.remaining, limit))
        least = min(least ?? remaining, remaining)
    }

    private mutating func refuse(
        rate: RateHeaders?, retryAfter: Duration?, isCarried: Bool, now: WallTime, clock: HostClock
    ) {
        switch bearing(of: rate, isCarried: isCarried, now: now, clock: clock) {
        case .earlier: return
        case .this(let rate), .later(let rate):
            learn(rate)
            least = 0
        case .unclear:
            // Appwrite never says Retry-After; a proxy that does knows how long it means. One that says "at once" is not
            // asked again at once: a reader that waits would have it asked each time that it has answered.
            if retryAfter == nil { least = 0 }
            closedUntil = now + max(.seconds(5), min(rules.window, retryAfter ?? .seconds(60)))
        }
    }

    /// A call given up before another was sent had been counted by the time of that one's answer, if it ever was: from
    /// then on the server's word covers it.
    private mutating func forgetLost(before sentAt: WallTime) {
        let count = unanswered.count
        unanswered.removeAll { charge in charge.lostAt.map { $0 <= sentAt } ?? false }
        own -= count - unanswered.count
    }

    private mutating func begin(endingAt end: WallTime, confirmed: Bool) {
        resetAt = end
        isConfirmed = confirmed
        least = nil
        foreign = 0
        before = nil
        own = unanswered.count
        for index in unanswered.indices { unanswered[index].isCarried = true }
    }

    /// No window ends later; a moment is granted for what clocks are read wrong.
    private func farthestEnd(from now: WallTime) -> WallTime {
        now + rules.window + max(rules.openingDelay, rules.window / 60)
    }

    /// A clock by which a window ends then.
    private func aligned(to end: WallTime) -> HostClock {
        let length = max(1, rules.window.wholeMilliseconds)
        let into = ((end.milliseconds % length) + length) % length
        return HostClock(offset: .milliseconds(into < length / 2 ? -into : length - into))
    }

    /// A window's end as the server has it, by a clock that is known to less than half a window.
    private func nearestBoundary(to end: WallTime, clock: HostClock) -> ServerTime {
        let half = end + rules.window / -2
        return clock.remote(boundary(after: half, clock: clock))
    }

    /// The end of the window that `now` lies in: windows are aligned to the server's clock.
    private func boundary(after now: WallTime, clock: HostClock) -> WallTime {
        let length = max(1, rules.window.wholeMilliseconds)
        let remote = clock.remote(now).milliseconds
        let into = ((remote % length) + length) % length
        return clock.local(ServerTime(milliseconds: remote.subtractingClamped(into).addingClamped(length)))
    }
}
