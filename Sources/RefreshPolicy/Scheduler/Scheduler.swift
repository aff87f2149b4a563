// Events in, actions out. The scheduler holds lanes of work, budgets and waiting readers, all bounded, and no rows:
// each event brings its rows as stored, and every decision leaves as an action before the next event comes in.

package struct Scheduler: Sendable {
    var rules: Rules
    var hosts: [HostState]
    var projects: [ProjectState]
    var lanes = LaneBreakers()
    /// Waves of refused grants that have ended, and whose rows are being seen to.
    var healing: [Condition] = []
    var flights = Flights()
    var readers = WaitingReaders()
    var orphans = OrphanedAttempts()
    var lastAttempt = AttemptID(0)
    var dice = SeededGenerator(seed: 0)
    var isStopping = false
    /// What this event has led to so far.
    var actions: [Action] = []

    package init(rules: Rules, now: WallTime) {
        self.rules = rules
        hosts = []
        projects = rules.projects.map { ProjectState(rules: $0, paceFrom: now - .seconds(1)) }
        hosts = rules.hosts.map { HostState($0, rules.budget(of: $0), record: nil, now: now) }
    }

    package mutating func handle(_ event: Event, now: WallTime) -> [Action] {
        // Before anything is held against the time: all that was planned by the old clock would look impossible.
        if case .stepped(let step) = event { stepped(by: step) }
        enterWindows(now: now)
        let event = hear(event, now: now)
        if projects.contains(where: \.isLeaving) || hosts.contains(where: isLeft) { dropWhatHasLeft() }
        orphans.forget(sentBefore: now - rules.waits.doubtFor)
        lanes.dropTheImpossible(firstProbe: firstProbe, now: now)
        for index in projects.indices {
            projects[index].breaker.dropTheImpossible(firstProbe: firstProbe, now: now)
        }
        switch event {
        case .started(let state, let seed): start(from: state, seed: seed, now: now)
        case .woke(let rows): for row in rows { wake(row, now: now) }
        case .turn: askForWork(now: now)
        case .candidates(let rows, let errand): consider(rows, for: errand, now: now)
        case .contenders(let host, let contenders): admit(host, contenders, now: now)
        case .roused(let lane, let rows, let isLast): roused(lane, rows, isLast: isLast, now: now)
        case .witness(let rows): for row in rows { begin(row, for: .watch, now: now) }
        case .searched(let project, let failure): searched(project, failure, now: now)
        case .read(let reader, let wish, let row): read(reader, wish, row, now: now)
        case .readerLeft(let reader, let key): readers.leave(reader, of: key)
        case .stored(let attempts): for attempt in attempts { send(attempt, now: now) }
        case .looked(let attempt, let look, let headers, let rows): looked(attempt, look, headers, rows, now: now)
        case .answered(let attempt, let answer, let headers, let row): answered(attempt, answer, headers, row, now: now)
        case .listed(let project, let user, let facts, let headers, let rows):
            listed(project, user, facts, headers, rows, now: now)
        case .registered(let project, let secret, let facts, let headers, let rows):
            registered(project, secret, facts, headers, rows, now: now)
        case .removed(let key, let rows): removed(key, rows, now: now)
        case .forgotten(let project, let rows): forget(rows, of: project, .wished)
        case .regrouped(let rows): regroup(rows, now: now)
        case .reloaded(let rules, let state): reload(rules, from: state, now: now)
        case .heard, .stepped: break
        case .stopping: stop()
        }
        defer { actions = [] }
        return actions
    }

    /// The budgets as an operator sees them.
    package func budgets(at now: WallTime) -> [BudgetView] {
        hosts.map { host in
            let metered = projects.contains { $0.rules.host == host.name && $0.metering == .metered }
            return BudgetView(
                host: host.name, metering: metered ? .metered : .unmetered, limit: host.budget.limit,
                remaining: host.budget.available(at: now, for: .waitingReader), resetAt: host.budget.resetAt,
                nextCallAt: host.callsLeft(for: .kept, at: now) > 0 ? now : host.nextChange(after: now),
                shortage: metered ? host.admission.map { Shortage($0, budget: host.budget) } : nil)
        }
    }

    /// When the margin before the end of a row's token begins, by the rules as they hold now.
    package func dueAt(of row: SessionRow) -> WallTime? {
        state(of: row.key.project).flatMap { row.dueAt(by: rules(of: $0), waits: waits) }
    }

    /// What a project is taken for.
    package func metering(of project: ProjectAlias) -> Metering? { state(of: project)?.metering }

    /// The clock of a project's host, as measured.
    package func clock(of project: ProjectAlias) -> HostClock {
        host(of: project)?.clock ?? HostClock()
    }

    private mutating func start(from state: StoredState, seed: UInt64, now: WallTime) {
        dice = SeededGenerator(seed: seed)
        lastAttempt = max(lastAttempt, state.lastAttempt)
        hosts = hosts.map { host in
            let record = state.budgets.first { $0.host == host.name }
            return HostState(host.name, host.budget.rules, record: record, now: now)
        }
        for condition in state.conditions { resume(condition) }
    }

    /// What held when the last run ended holds on, and is not told anew.
    mutating func resume(_ condition: Condition) {
        switch condition.scope {
        case .host(let name):
            guard let index = hosts.firstIndex(where: { $0.name == name }) else { return }
            hosts[index].conditions.append(condition)
        case .project(let alias):
            guard let index = index(of: alias) else { return }
            if condition.cause == .meteredAfterAll {
                projects[index].meteredAfterAll = condition
                projects[index].observed = .metered
            } else {
                projects[index].breaker = Breaker(condition)
                endWhatIsOfNoKey(index)
            }
        case .lane(let lane):
            // The one before was followed by this one, and not all of its rows were seen to.
            if let before = lanes[lane].condition { close(before) }
            lanes[lane] = Breaker(condition)
        }
    }

    /// Nothing is begun any more: whoever waits for a session with nothing under way waits in vain.
    private mutating func stop() {
        isStopping = true
        for key in readers.sessions where flights[key] == nil { dismissReaders(of: key) }
    }
}
