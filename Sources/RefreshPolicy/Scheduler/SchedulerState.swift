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

    /// When more calls may be allowed: as the window opens, or as its reserve is given back.
    func nextChange(after now: WallTime) -> WallTime {
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
        return min(rules.pace.maxPerSecond, 1 + Int(elapsed) * rules.pace.maxPerSecond / 1000)
    }

    mutating func takePace(at now: WallTime) {
        paceFrom = max(paceFrom, now - .seconds(1)) + .milliseconds(1000 / max(1, rules.pace.maxPerSecond))
    }

    mutating func stepped(by step: Duration) {
        paceFrom = paceFrom + step
        meteredUntil = meteredUntil.map { $0 + step }
    }
}

/// Calls under way, by attempt and by session.
struct Flights: Sendable {
    private var byAttempt: [AttemptID: Flight] = [:]
    private var bySession: [SessionKey: AttemptID] = [:]

    subscript(attempt: AttemptID) -> Flight? {
        get { byAttempt[attempt] }
        set {
            if let old = byAttempt[attempt] { bySession[old.row.key] = nil }
            byAttempt[attempt] = newValue
            if let newValue { bySession[newValue.row.key] = attempt }
        }
    }

    subscript(session: SessionKey) -> Flight? {
        bySession[session].flatMap { byAttempt[$0] }
    }
}

/// One session's look or refresh, from its first call to its last.
struct Flight: Sendable {
    let attempt: AttemptID
    let purpose: Purpose
    var phase: Phase
    /// The row as it was when the phase began: whom to call, with what credential. Decisions take the stored one.
    var row: SessionRow
    /// Whether the refresh takes a call from the host's window.
    let isMetered: Bool
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

    /// All readers of a session, who wait no more.
    mutating func dismiss(_ key: SessionKey) -> [ReaderID] {
        let waiting = bySession.removeValue(forKey: key) ?? []
        count -= waiting.count
        return waiting
    }
}
