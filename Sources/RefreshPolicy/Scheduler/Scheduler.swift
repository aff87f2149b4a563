// Events in, actions out. The scheduler holds lanes of work, budgets and waiting readers, all bounded, and no rows:
// each event brings its rows as stored, and every decision leaves as an action before the next event comes in.

package struct Scheduler: Sendable {
    let rules: Rules
    var hosts: [HostState]
    var projects: [ProjectState]
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
        hosts = rules.hosts.map { HostState($0, budgetRules(of: $0), record: nil, now: now) }
    }

    package mutating func handle(_ event: Event, now: WallTime) -> [Action] {
        for index in hosts.indices { hosts[index].budget.advance(to: now, clock: hosts[index].clock) }
        orphans.forget(sentBefore: now - rules.waits.doubtFor)
        switch event {
        case .started(let state, let seed): start(from: state, seed: seed, now: now)
        case .woke(let rows): for row in rows { wake(row, now: now) }
        case .turn: askForWork(now: now)
        case .candidates(let rows): for row in rows { consider(row, now: now) }
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
        case .regrouped(let rows): regroup(rows, now: now)
        case .stepped(let step): stepped(by: step)
        case .stopping: stop()
        }
        defer { actions = [] }
        return actions
    }

    /// The budgets as an operator sees them.
    package func budgets(at now: WallTime) -> [BudgetView] {
        hosts.map { host in
            let metered = projects.contains { $0.rules.host == host.name && $0.metering(at: now) == .metered }
            return BudgetView(
                host: host.name, metering: metered ? .metered : .unmetered, limit: host.budget.limit,
                remaining: host.budget.available(at: now, for: .waitingReader), resetAt: host.budget.resetAt)
        }
    }

    /// The clock of a project's host, as measured.
    package func clock(of project: ProjectAlias) -> HostClock {
        state(of: project).map { host(of: $0.rules).clock } ?? HostClock()
    }

    private mutating func start(from state: StoredState, seed: UInt64, now: WallTime) {
        dice = SeededGenerator(seed: seed)
        lastAttempt = max(lastAttempt, state.lastAttempt)
        hosts = hosts.map { host in
            let record = state.budgets.first { $0.host == host.name }
            return HostState(host.name, host.budget.rules, record: record, now: now)
        }
    }

    /// Asks for as many rows as could be worked on now, and to be called when more can be.
    private mutating func askForWork(now: WallTime) {
        guard !isStopping else { return }
        for project in projects {
            let room = project.rules.pace.maxInFlight - project.inFlight
            let calls: Int
            switch project.metering(at: now) {
            case .metered:
                let host = host(of: project.rules)
                calls = host.budget.available(at: now, for: .schedule) - host.claimed
                if calls <= 0 { actions.append(.wakeBy(host.nextChange(after: now))) }
            case .unmetered:
                calls = project.paceAllows(at: now)
                if calls <= 0 { actions.append(.wakeBy(project.paceFrom)) }
            }
            let wanted = min(room, calls)
            // Rows being looked at still want their call: they come again and are passed over.
            if wanted > 0 { actions.append(.fetch(project.rules.alias, limit: wanted + project.inFlight)) }
        }
    }

    private mutating func consider(_ row: SessionRow, now: WallTime) {
        let assessed = assess(row, now: now)
        if assessed.want == nil {
            write(assessed, over: row, now: now)
        } else {
            begin(assessed, for: .refresh(nil), now: now)
        }
    }

    private mutating func stepped(by step: Duration) {
        for index in hosts.indices { hosts[index].stepped(by: step) }
        for index in projects.indices { projects[index].stepped(by: step) }
        flights.stepped(by: step)
        orphans.stepped(by: step)
        actions.append(.store([.shift(by: step)], attempt: nil))
        actions.append(.tell(.clockStepped(step)))
    }

    /// Nothing is begun any more: whoever waits for a session with nothing under way waits in vain.
    private mutating func stop() {
        isStopping = true
        for key in readers.sessions where flights[key] == nil { dismissReaders(of: key) }
    }

    private func budgetRules(of host: HostName) -> BudgetRules {
        rules.projects.first { $0.host == host }?.budget ?? BudgetRules()
    }
}

/// A host's budget as an operator sees it.
package struct BudgetView: Hashable, Sendable {
    package let host: HostName
    package let metering: Metering
    package let limit: Int
    package let remaining: Int
    package let resetAt: WallTime
}
