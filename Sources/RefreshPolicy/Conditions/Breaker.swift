// A breaker opens when failures of one kind follow each other with nothing in between that speaks against it. While it
// is open, one call at a time is let through, ever more seldom; the first that succeeds closes it.

/// The breaker of a lane, or of a project.
struct Breaker: Hashable, Sendable {
    let scope: Condition.Scope
    private(set) var condition: Condition?
    private var run: Run?
    private var probes = 0
    /// The attempt that is finding out.
    private(set) var probe: AttemptID?

    /// Failures alike, one after the other.
    private struct Run: Hashable, Sendable {
        let cause: Condition.Cause
        let since: WallTime
        /// The sessions that failed; no more than the threshold.
        var sessions: [SessionKey]
        var count: Int
    }

    init(scope: Condition.Scope) {
        self.scope = scope
    }

    /// As a start finds it: the last run's probe is forgotten, and its time is kept.
    init(_ stored: Condition) {
        scope = stored.scope
        condition = stored
    }

    /// Nothing is known against it: it need not be remembered.
    var isQuiet: Bool { condition == nil && run == nil && probe == nil }

    /// Whether a call may be begun.
    func admits(at now: WallTime) -> Bool {
        guard let condition, let probeAt = condition.probeAt else { return true }
        return probe == nil && now >= probeAt
    }

    /// A call is begun; while the breaker is open, it is the one that finds out.
    mutating func begin(_ attempt: AttemptID) {
        if condition?.probeAt != nil { probe = attempt }
    }

    mutating func leave(_ attempt: AttemptID) {
        if probe == attempt { probe = nil }
    }

    /// A call failed of a cause that is not its session's own. Where one session alone proves nothing, only those count
    /// that had not failed before: a few that are ill by themselves would open the breaker again and again.
    mutating func failed(
        _ cause: Condition.Cause, _ session: SessionKey?, obstacle: Obstacle? = nil, isNew: Bool,
        firstProbe: Duration, now: WallTime
    ) -> ConditionNews? {
        if let open = condition, open.cause == cause, let probeAt = open.probeAt, now < probeAt, probe == nil {
            // It was on its way when the breaker opened, and finds out nothing new.
            condition?.count += 1
            return nil
        }
        if let open = condition {
            probes = open.cause == cause ? probes + 1 : 0
            let probeAt = now + Self.wait(afterProbes: probes, first: firstProbe)
            let since = open.cause == cause ? open.since : now
            let next = Condition(
                scope: scope, cause: cause, since: since, count: open.count + 1, probeAt: probeAt, obstacle: obstacle)
            condition = next
            return open.cause == cause && open.obstacle == obstacle ? nil : .changed(next, from: open)
        }
        var run = run ?? Run(cause: cause, since: now, sessions: [], count: 0)
        if run.cause != cause { run = Run(cause: cause, since: now, sessions: [], count: 0) }
        if let session, isNew, !run.sessions.contains(session) { run.sessions.append(session) }
        run.count += 1
        self.run = run
        guard (cause.needsSeveralSessions ? run.sessions.count : run.count) >= cause.threshold else { return nil }
        self.run = nil
        probes = 0
        let opened = Condition(
            scope: scope, cause: cause, since: run.since, count: run.count,
            probeAt: now + Self.wait(afterProbes: 0, first: firstProbe), obstacle: obstacle)
        condition = opened
        return .began(opened)
    }

    /// A call succeeded in what speaks against these causes.
    mutating func succeeded(against refutes: (Condition.Cause) -> Bool) -> ConditionNews? {
        if let run, refutes(run.cause) { self.run = nil }
        guard let open = condition, refutes(open.cause) else { return nil }
        condition = nil
        probes = 0
        return .ended(open)
    }

    /// What it is open for may be mended: the next call may find out at once.
    mutating func probeSoon(now: WallTime) {
        if probe == nil, let probeAt = condition?.probeAt, now < probeAt { condition?.probeAt = now }
    }

    /// Law 9: a probe that is further ahead than any wait is long comes from a clock that was wrong.
    mutating func dropTheImpossible(firstProbe: Duration, now: WallTime) {
        let latest = now + Self.wait(afterProbes: .max, first: firstProbe)
        if let probeAt = condition?.probeAt, probeAt > latest { condition?.probeAt = latest }
    }

    mutating func stepped(by step: Duration) {
        condition = condition?.stepped(by: step)
        run = run.map { Run(cause: $0.cause, since: $0.since + step, sessions: $0.sessions, count: $0.count) }
    }

    /// A minute, and up to half an hour: a long outage costs two calls an hour of ten, and its end is noticed well within
    /// the life of most tokens.
    private static func wait(afterProbes probes: Int, first: Duration) -> Duration {
        let multiples: [Int64] = [1, 2, 5, 10, 15, 15, 30]
        return .milliseconds(first.wholeMilliseconds * multiples[min(probes, multiples.count - 1)])
    }
}

extension Condition.Cause {
    /// How many failures in a row open the breaker. What Appwrite says in so many words of a project, or a provider of
    /// its own limit, needs saying once.
    fileprivate var threshold: Int {
        switch self {
        case .providerThrottling, .providerUnsupported, .keyRefused, .keyMayNotMint, .projectUnknown,
            .serviceDisabled:
            1
        case .clientRefused, .emptyAnswers: 2
        case .providerFailing, .grantsRefused, .unreachable, .serverFailing, .notUnderstood, .loginsRefused,
            .meteredAfterAll, .budgetShort, .callsOfOthers, .noRateHeaders:
            3
        }
    }

    /// Whether one session, however often it fails, may just be ill itself.
    fileprivate var needsSeveralSessions: Bool {
        switch self {
        case .providerFailing, .emptyAnswers, .clientRefused, .grantsRefused, .loginsRefused: true
        case .providerThrottling, .providerUnsupported, .unreachable, .serverFailing, .notUnderstood, .keyRefused,
            .keyMayNotMint, .projectUnknown, .serviceDisabled, .meteredAfterAll, .budgetShort, .callsOfOthers,
            .noRateHeaders:
            false
        }
    }
}
