// What work is begun as calls allow: first for those who are kept, then, from what these leave, for the rest, and at a
// window's end ahead of one that will be short.

extension Scheduler {
    /// Asks for as many rows as could be worked on now, and to be called when more can be.
    mutating func askForWork(now: WallTime) {
        guard !isStopping else { return }
        for index in projects.indices where projects[index].metering == .unmetered && !projects[index].isLeaving {
            askUnmetered(index, now: now)
        }
        for index in hosts.indices { askMetered(index, now: now) }
    }

    /// A host was looked at: whom its calls suffice for.
    mutating func admit(_ name: HostName, _ contenders: [Contender], now: WallTime) {
        guard let index = hosts.firstIndex(where: { $0.name == name }) else { return }
        let admission = Admission(
            contenders, budget: hosts[index].budget, margin: waits.margin, waiting: hosts[index].waiting.perWindow,
            last: hosts[index].admission, now: now)
        hosts[index].admission = admission
        hosts[index].isChanged = false
        hosts[index].budget.reserve = max(0, admission.reserve - hosts[index].waiting.servedInWindow)
        noteShortage(index, admission, now: now)
        noteForeignCalls(of: index, now: now)
        askMetered(index, now: now)
    }

    mutating func consider(_ rows: [SessionRow], for errand: Errand, now: WallTime) {
        for row in rows {
            let assessed = assess(row, now: now)
            if case .early = errand.order, assessed.standing == .fresh {
                if hasRested(assessed, now: now) { begin(assessed, for: .refresh(.early), now: now) }
            } else if assessed.want == nil {
                write(assessed, over: row, now: now)
            } else {
                begin(assessed, for: .refresh(.due), now: now)
            }
        }
        askEarly(after: errand, found: rows.count, now: now)
    }

    /// Law 13: one refresh per third of a token's life.
    private func hasRested(_ row: SessionRow, now: WallTime) -> Bool {
        guard let project = state(of: row.key.project) else { return false }
        return row.restsUntil(by: rules(of: project)).map { $0 <= now } ?? true
    }

    private mutating func askUnmetered(_ index: Int, now: WallTime) {
        let project = projects[index]
        guard project.breaker.admits(at: now) else { return wake(by: project.breaker.condition?.probeAt, now: now) }
        let calls = project.paceAllows(at: now)
        if calls <= 0 { wake(by: project.paceFrom, now: now) }
        fetch(.kept(from: nil), of: [project], calls: calls, now: now)
    }

    private mutating func askMetered(_ index: Int, now: WallTime) {
        let host = hosts[index]
        let metered = projects.filter { project in
            project.rules.host == host.name && project.metering == .metered && !project.isLeaving
        }
        guard !metered.isEmpty else { return }
        guard let admission = host.admission, !admission.isStale(at: now, budget: host.budget),
            !(host.isChanged && admission.takenAt + .seconds(1) <= now)
        else {
            actions.append(.census(host.name, metered.map(\.rules.alias), limit: Admission.most))
            return
        }
        let calls = host.callsLeft(for: .kept, at: now)
        if calls <= 0 { wake(by: host.nextChange(after: now), now: now) }
        if host.isChanged { wake(by: admission.takenAt + .seconds(1), now: now) }
        let open = metered.filter { $0.breaker.admits(at: now) }
        for project in metered where !project.breaker.admits(at: now) {
            wake(by: project.breaker.condition?.probeAt, now: now)
        }
        fetch(.kept(from: admission.floor), of: open, calls: calls, now: now)
        guard let floor = admission.floor else { return askEarly(index, of: open, now: now) }
        fetch(.rest(below: floor), of: open, calls: host.callsLeft(for: .rest, at: now), now: now)
    }

    /// After the rest has had its turn: what it leaves is for those of the kept that a short window would find.
    private mutating func askEarly(after errand: Errand, found: Int, now: WallTime) {
        guard case .rest = errand.order, found < errand.limit, let first = errand.projects.first,
            let index = hostIndex(of: first)
        else { return }
        askEarly(index, of: projects.filter { errand.projects.contains($0.rules.alias) }, now: now)
    }

    /// In a window's last sixth, calls that are left over are made ahead of a window whose own will not suffice.
    private mutating func askEarly(_ index: Int, of open: [ProjectState], now: WallTime) {
        let host = hosts[index]
        guard let admission = host.admission else { return }
        let begin = host.budget.resetAt - .milliseconds(host.budget.rules.window.wholeMilliseconds / 6)
        let isShortNext = admission.needsNext > host.budget.limit - admission.reserve
        guard isShortNext else { return }
        if now < begin { return wake(by: begin, now: now) }
        let spare = host.callsLeft(for: .rest, at: now)
        fetch(
            .early(from: admission.floor, before: host.budget.resetAt + host.budget.rules.window), of: open,
            calls: spare, now: now)
    }

    private mutating func fetch(_ order: Errand.Order, of open: [ProjectState], calls: Int, now: WallTime) {
        let room = open.map { max(0, $0.rules.pace.maxInFlight - $0.inFlight) }.reduce(0, +)
        let wanted = min(room, calls)
        guard wanted > 0 else { return }
        let aliases = open.map(\.rules.alias)
        let held = lanes.held(at: now).filter { aliases.contains($0.project) }
        for lane in held { wake(by: lanes[lane].condition?.probeAt, now: now) }
        let underWay = flights.sessions(of: aliases)
        actions.append(
            .fetch(Errand(projects: aliases, order: order, held: held, underWay: underWay, limit: wanted)))
    }

    /// A probe that is under way was due before now: its answer is waited for, not a time.
    private mutating func wake(by time: WallTime?, now: WallTime) {
        if let time, time > now { actions.append(.wakeBy(time)) }
    }
}
