// What the scheduler remembers between events. All of it is bounded by settings and calls in flight, and all of it may
// be lost: what must not be is in the store.

/// One host name: its clock and its budget.
struct HostState: Sendable {
    let name: HostName
    var clock = HostClock()
    var budget: RateBudget
    /// Looks under way that lead to a PATCH: each will need a call.
    var claimed = 0
    /// The window whose end was told as spent.
    var toldSpentUntil: WallTime?

    init(_ name: HostName, _ rules: BudgetRules, record: BudgetRecord?, now: WallTime) {
        self.name = name
        budget = RateBudget(host: name, rules: rules, record: record, now: now, clock: HostClock())
    }

    /// When more calls may be allowed: as a refusal ends, as the window opens, or as its reserve is given back.
    func nextChange(after now: WallTime) -> WallTime {
        if let closed = budget.closedUntil, now < closed, closed < budget.resetAt { return closed }
        let release = budget.resetAt - .milliseconds(budget.rules.window.wholeMilliseconds / 6)
        if now < release { return release }
        return now < budget.resetAt ? min(budget.opensAt, now + .seconds(5)) : budget.opensAt
    }

    mutating func stepped(by step: Duration) {
        clock.stepped(by: step)
        budget.stepped(by: step)
        toldSpentUntil = toldSpentUntil.map { $0 + step }
    }
}

/// One project: its rules and its pace.
struct ProjectState: Sendable {
    let rules: ProjectRules
    var inFlight = 0
    /// An unmetered project that was told 429 is metered until then.
    var meteredUntil: WallTime?
    /// The next unmetered call may go then.
    var paceFrom: WallTime

    init(rules: ProjectRules, paceFrom: WallTime) {
        self.rules = rules
        self.paceFrom = paceFrom
    }

    func metering(at now: WallTime) -> Metering {
        if let until = meteredUntil, now < until { return .metered }
        return rules.metering
    }

    /// The rules as they hold now.
    func rules(at now: WallTime) -> ProjectRules {
        var rules = rules
        rules.metering = metering(at: now)
        return rules
    }

    /// How many unmetered calls may begin now: at most a second's worth at once.
    func paceAllows(at now: WallTime) -> Int {
        guard now >= paceFrom else { return 0 }
        let elapsed = min(1000, (now - paceFrom).wholeMilliseconds)
        return min(perSecond, 1 + Int(elapsed) * perSecond / 1000)
    }

    mutating func takePace(at now: WallTime) {
        paceFrom = max(paceFrom, now - .seconds(1)) + .milliseconds((1000 + perSecond - 1) / perSecond)
    }

    /// Times are whole milliseconds, so no pace is finer.
    private var perSecond: Int { max(1, min(1000, rules.pace.maxPerSecond)) }

    mutating func stepped(by step: Duration) {
        paceFrom = paceFrom + step
        meteredUntil = meteredUntil.map { $0 + step }
    }
}

/// Calls under way, by attempt and by session: as few as `maxInFlight` of each project, so a list will do.
struct Flights: Sendable {
    private var all: [Flight] = []

    subscript(attempt: AttemptID) -> Flight? {
        get { all.first { $0.attempt == attempt } }
        set {
            all.removeAll { $0.attempt == attempt }
            if let newValue { all.append(newValue) }
        }
    }

    subscript(session: SessionKey) -> Flight? {
        all.first { $0.row.key == session }
    }

    mutating func stepped(by step: Duration) {
        for index in all.indices { all[index].stepped(by: step) }
    }
}

/// One session's look or refresh, from its first call to its last.
struct Flight: Sendable {
    let attempt: AttemptID
    let purpose: Purpose
    var phase: Phase
    /// The row as it was when the phase began: whom to call, with what credential. Decisions take the stored one.
    var row: SessionRow
    /// Whose share of the window the refresh draws on; nil where it is not metered.
    let draws: RateBudget.Caller?
    var holdsClaim: Bool

    enum Purpose: Hashable, Sendable {
        /// To learn how the session stands.
        case watch
        /// To renew its token; for somebody who waits, or by schedule.
        case refresh(Wish.Asker?)
    }

    enum Phase: Hashable, Sendable {
        case looking
        case storing
        case spending(since: WallTime)
        /// The PATCH proved nothing: a look tells before the answer is believed (law 5).
        case confirming(Outcome)
    }

    mutating func stepped(by step: Duration) {
        row.attempt = row.attempt.map { SentAttempt(id: $0.id, sentAt: $0.sentAt + step) }
        if case .spending(let since) = phase { phase = .spending(since: since + step) }
    }
}

/// PATCHes that may be at work still though their row was removed: should the session come again meanwhile, it is in
/// doubt (law 4). Bounded by what is removed within `doubtFor`.
struct OrphanedAttempts: Sendable {
    private var all: [(key: SessionKey, sent: SentAttempt)] = []

    mutating func note(_ sent: SentAttempt, of key: SessionKey) {
        all.append((key, sent))
    }

    /// The attempt that a session come again carries, if there is one.
    mutating func claim(_ key: SessionKey) -> SentAttempt? {
        guard let index = all.firstIndex(where: { $0.key == key }) else { return nil }
        return all.remove(at: index).sent
    }

    /// The PATCH was answered.
    mutating func settle(_ attempt: AttemptID) {
        all.removeAll { $0.sent.id == attempt }
    }

    mutating func forget(sentBefore time: WallTime) {
        if !all.isEmpty { all.removeAll { $0.sent.sentAt <= time } }
    }

    mutating func stepped(by step: Duration) {
        for index in all.indices {
            let sent = all[index].sent
            all[index].sent = SentAttempt(id: sent.id, sentAt: sent.sentAt + step)
        }
    }
}

/// Readers that wait for a session, bounded in all.
struct WaitingReaders: Sendable {
    private var bySession: [SessionKey: [ReaderID]] = [:]
    private var count = 0
    /// Enough for every worker of a busy host; a reader beyond it is answered at once with what there is.
    private static let most = 10_000

    mutating func join(_ reader: ReaderID, of key: SessionKey) -> Bool {
        guard count < Self.most else { return false }
        bySession[key, default: []].append(reader)
        count += 1
        return true
    }

    mutating func leave(_ reader: ReaderID, of key: SessionKey) {
        guard var waiting = bySession[key], let index = waiting.firstIndex(of: reader) else { return }
        waiting.remove(at: index)
        bySession[key] = waiting.isEmpty ? nil : waiting
        count -= 1
    }

    /// The sessions that are waited for, in the order of their keys.
    var sessions: [SessionKey] { bySession.keys.sorted() }

    /// All readers of a session, who wait no more.
    mutating func dismiss(_ key: SessionKey) -> [ReaderID] {
        let waiting = bySession.removeValue(forKey: key) ?? []
        count -= waiting.count
        return waiting
    }
}
