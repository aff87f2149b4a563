// Other settings while all goes on: what is known of hosts, projects and providers stays known, and what is under way
// comes to its end. A project that has left the settings stays as long as something of it is under way; nothing of it is
// begun.

extension Scheduler {
    /// From now on `new` holds. `stored` is what is stored, for what is new here and was known before: a host whose calls
    /// were counted in this very window, or a condition that holds still.
    mutating func reload(_ new: Rules, from stored: StoredState, now: WallTime) {
        rules = new
        for index in projects.indices { projects[index].isLeaving = true }
        for project in new.projects {
            if let index = index(of: project.alias) {
                adopt(project, at: index, now: now)
            } else {
                projects.append(ProjectState(rules: project, paceFrom: now - .seconds(1)))
                for condition in stored.conditions where condition.scope.project == project.alias { resume(condition) }
            }
        }
        projects.sort { $0.rules.alias < $1.rules.alias }
        for index in hosts.indices {
            let clock = hosts[index].clock
            hosts[index].budget.adopt(budgetRules(of: hosts[index].name), now: now, clock: clock)
            // Whom the calls suffice for is found out anew.
            hosts[index].admission = nil
        }
        for name in new.hosts where !hosts.contains(where: { $0.name == name }) {
            let record = stored.budgets.first { $0.host == name }
            hosts.append(HostState(name, new.budget(of: name), record: record, now: now))
            for condition in stored.conditions where condition.scope == .host(name) { resume(condition) }
        }
        hosts.sort { $0.name < $1.name }
        // Who waits for what is under way is answered at its end.
        for key in readers.sessions where flights[key] == nil && state(of: key.project)?.isLeaving ?? true {
            dismissReaders(of: key)
        }
    }

    /// By the rules; by those of a project that has left, where no other is on the host.
    private func budgetRules(of host: HostName) -> BudgetRules {
        let all = rules.projects + projects.map(\.rules)
        return all.first { $0.host == host }?.budget ?? BudgetRules()
    }

    private mutating func adopt(_ new: ProjectRules, at index: Int, now: WallTime) {
        let old = projects[index].rules
        if old.host != new.host {
            // Its calls would be counted on the one host and given back on the other.
            for flight in flights.of(new.alias) where !flight.isSent { ground(flight) }
        }
        projects[index].rules = new
        projects[index].isLeaving = false
        // What was wrong with the project may have been mended by the very settings.
        projects[index].breaker.probeSoon(now: now)
        endWhatIsOfNoKey(index)
        guard old.metering != new.metering else { return }
        projects[index].observed = nil
        projects[index].evidence.forget()
        if let condition = projects[index].meteredAfterAll { tell(.ended(condition)) }
        projects[index].meteredAfterAll = nil
        if new.metering == .metered, let host = hostIndex(of: new.alias) { hosts[host].budget.ownAll() }
    }

    /// What is wrong with a key is over where there is none any more: nothing would ever speak against it, and it would
    /// hold those that have a secret.
    mutating func endWhatIsOfNoKey(_ index: Int) {
        guard !projects[index].rules.hasAPIKey else { return }
        tell(projects[index].breaker.succeeded(against: \.isOfKey))
    }

    /// Forgets projects that have left and have nothing under way any more, with what was wrong with them; and hosts that
    /// are left.
    mutating func dropWhatHasLeft() {
        for state in projects where state.isLeaving && state.inFlight == 0 {
            let alias = state.rules.alias
            projects.removeAll { $0.rules.alias == alias }
            let ofLanes = lanes.forget(alias)
            for condition in [state.meteredAfterAll, state.breaker.condition].compactMap({ $0 }) + ofLanes {
                end(condition)
            }
            healing.removeAll { $0.scope.project == alias }
        }
        for host in hosts where isLeft(host) {
            hosts.removeAll { $0.name == host.name }
            for condition in host.conditions { end(condition) }
        }
    }

    /// Whether no project is on it, and nothing under way calls it.
    func isLeft(_ host: HostState) -> Bool {
        !projects.contains { $0.rules.host == host.name } && !flights.contains(calling: host.name)
    }

    /// Not by `tell`: there is nobody to be healed by it.
    private mutating func end(_ condition: Condition) {
        actions.append(.tell(.condition(.ended(condition))))
        actions.append(.store([.conditionOver(condition.scope, condition.cause)], attempt: nil))
    }
}

extension Condition.Scope {
    /// Nil for a host's.
    fileprivate var project: ProjectAlias? {
        switch self {
        case .host: nil
        case .project(let alias): alias
        case .lane(let lane): lane.project
        }
    }
}
