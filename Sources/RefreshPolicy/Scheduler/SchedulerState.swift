// What the scheduler remembers of hosts and projects between events. All of it is bounded by settings, and all of it may
// be lost: what must not be is in the store.

/// One host name: its clock, its budget, and whom that suffices for.
struct HostState: Sendable {
    let name: HostName
    var clock: HostClock
    var budget: RateBudget
    /// Looks under way that lead to a PATCH: each will need a call.
    var claimed = 0
    /// Nil before the first look at who lays claim to its calls.
    var admission: Admission?
    /// Whether calls were made since that look.
    var isChanged = false
    /// Readers that wait for rows that are not kept.
    var waiting = WaitingDemand()
    /// The window whose end was told as spent.
    var toldSpentUntil: WallTime?
    /// Calls in a row that were answered without rate headers.
    var answersWithoutRate = 0
    /// When a call was last seen that must have been somebody else's.
    var lastForeignAt: WallTime?
    /// What is wrong with the host, each cause once.
    var conditions: [Condition] = []

    init(_ name: HostName, _ rules: BudgetRules, record: BudgetRecord?, now: WallTime) {
        self.name = name
        clock = HostClock(foretold: record?.clockOffset)
        budget = RateBudget(host: name, rules: rules, record: record, now: now, clock: HostClock())
    }

    /// What is stored of it.
    var record: BudgetRecord {
        var record = budget.record
        record.clockOffset = clock.foretold
        return record
    }

    /// Calls that may be begun now, given the looks under way that will need one.
    func callsLeft(for share: Flight.Share, at now: WallTime) -> Int {
        unclaimed(for: share, at: now) - claimed
    }

    /// The same, with the looks under way left out.
    func unclaimed(for share: Flight.Share, at now: WallTime) -> Int {
        let all = budget.available(at: now, for: .waitingReader)
        let scheduled = budget.available(at: now, for: .schedule)
        let needs = admission?.needs ?? 0
        return switch share {
        case .kept: scheduled
        case .rest: max(0, scheduled - needs)
        case .keptReader: all
        case .reader: max(all - needs, all - scheduled)
        }
    }

    /// Counts the call of a flight that is about to be sent.
    mutating func charge(_ flight: Flight, margin: Duration) {
        budget.charge(flight.attempt)
        isChanged = true
        switch flight.draws {
        case .kept?, .keptReader?:
            // One that is made early was needed in the next window, not in this.
            let row = flight.row
            let contender = row.claim.map { Contender(claim: $0, want: row.want, wakeAt: row.wakeAt) }
            guard let needs = admission?.needs, let deadline = contender?.deadline(margin: margin),
                deadline < budget.opensAt
            else { return }
            admission?.needs = max(0, needs - 1)
        case .reader?:
            waiting.serve(in: budget)
            budget.reserve = max(0, budget.reserve - 1)
        case .rest?, nil: break
        }
    }

    /// When more calls may be allowed: as a refusal ends, as the window opens, or as its reserve is given back.
    func nextChange(after now: WallTime) -> WallTime {
        if let closed = budget.closedUntil, now < closed, closed < budget.resetAt { return closed }
        guard budget.reserve > 0 else { return budget.opensAt }
        let release = budget.resetAt - .milliseconds(budget.rules.window.wholeMilliseconds / 6)
        if now < release { return release }
        return now < budget.resetAt ? min(budget.opensAt, now + .seconds(5)) : budget.opensAt
    }

    mutating func stepped(by step: Duration) {
        clock.stepped(by: step)
        budget.stepped(by: step)
        admission = admission?.stepped(by: step)
        waiting.stepped(by: step)
        toldSpentUntil = toldSpentUntil.map { $0 + step }
        lastForeignAt = lastForeignAt.map { $0 + step }
        conditions = conditions.map { $0.stepped(by: step) }
    }
}

/// How many calls readers would have who wait for rows that are not kept: in this window and in the one before, of which
/// the greater is taken for the demand.
struct WaitingDemand: Sendable {
    private var last = 0
    private var this = 0
    /// Calls that they have had in this window: so much less is kept back for them.
    private(set) var servedInWindow = 0
    private var windowEnd: WallTime?

    var perWindow: Int { max(last, this) }

    mutating func note(in budget: RateBudget) {
        enter(budget)
        this += 1
    }

    mutating func serve(in budget: RateBudget) {
        enter(budget)
        servedInWindow += 1
    }

    mutating func enter(_ budget: RateBudget) {
        // The same end is stated a little differently now and then.
        if let end = windowEnd, end <= budget.resetAt + budget.rules.openingDelay,
            budget.resetAt <= end + budget.rules.openingDelay
        {
            return
        }
        windowEnd = budget.resetAt
        servedInWindow = 0
        last = this
        this = 0
    }

    mutating func stepped(by step: Duration) { windowEnd = windowEnd.map { $0 + step } }
}

/// One project: its rules, its pace, and its breaker.
struct ProjectState: Sendable {
    var rules: ProjectRules
    /// Whether the settings name it no more: what is under way ends, and nothing is begun.
    var isLeaving = false
    var inFlight = 0
    /// What its calls have shown: it may be metered though it has a dev key, or have a server that does not count.
    var observed: Metering?
    var evidence = CountingEvidence()
    /// Where it is metered against its rules.
    var meteredAfterAll: Condition?
    /// The next unmetered call may go then,
    var paceFrom: WallTime
    /// and so many parts of a millisecond later, of which it has as many as a second has calls.
    private var paceParts = 0
    var breaker: Breaker

    init(rules: ProjectRules, paceFrom: WallTime) {
        self.rules = rules
        self.paceFrom = paceFrom
        breaker = Breaker(scope: .project(rules.alias))
    }

    var metering: Metering { observed ?? rules.metering }

    /// How many unmetered calls may begin now: at most a second's worth at once.
    func paceAllows(at now: WallTime) -> Int {
        guard now >= paceFrom else { return 0 }
        let elapsed = min(1000, (now - paceFrom).wholeMilliseconds)
        return min(perSecond, 1 + Int(elapsed) * perSecond / 1000)
    }

    mutating func takePace(at now: WallTime) {
        // Another pace may have been set since.
        let parts = 1000 + min(paceParts, perSecond - 1)
        paceFrom = max(paceFrom, now - .seconds(1)) + .milliseconds(parts / perSecond)
        paceParts = parts % perSecond
    }

    private var perSecond: Int { max(1, min(Pace.greatest, rules.pace.maxPerSecond)) }

    mutating func stepped(by step: Duration) {
        paceFrom = paceFrom + step
        evidence.stepped(by: step)
        meteredAfterAll = meteredAfterAll?.stepped(by: step)
        breaker.stepped(by: step)
    }
}

/// The breakers of the lanes that something is known against; so few that a list will do.
struct LaneBreakers: Sendable {
    private(set) var all: [Breaker] = []

    subscript(lane: Lane) -> Breaker {
        get { all.first { $0.scope == .lane(lane) } ?? Breaker(scope: .lane(lane)) }
        set {
            if let index = all.firstIndex(where: { $0.scope == .lane(lane) }) {
                if newValue.isQuiet { all.remove(at: index) } else { all[index] = newValue }
            } else if !newValue.isQuiet {
                all.append(newValue)
            }
        }
    }

    /// Lanes that admit no call now.
    func held(at now: WallTime) -> [Lane] {
        all.compactMap { breaker in
            guard case .lane(let lane) = breaker.scope, !breaker.admits(at: now) else { return nil }
            return lane
        }
    }

    /// Gives what was wrong with the lanes of a project, and forgets it.
    mutating func forget(_ project: ProjectAlias) -> [Condition] {
        let gone = all.filter { breaker in
            if case .lane(let lane) = breaker.scope { lane.project == project } else { false }
        }
        all.removeAll { gone.contains($0) }
        return gone.compactMap(\.condition)
    }

    mutating func leave(_ attempt: AttemptID) {
        for index in all.indices { all[index].leave(attempt) }
        all.removeAll(where: \.isQuiet)
    }

    mutating func dropTheImpossible(firstProbe: Duration, now: WallTime) {
        for index in all.indices { all[index].dropTheImpossible(firstProbe: firstProbe, now: now) }
    }

    mutating func stepped(by step: Duration) {
        for index in all.indices { all[index].stepped(by: step) }
    }
}
