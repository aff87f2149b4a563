// Conditions begin, change and end here, and are told of and stored here: law 12, many failures alike are one condition.

extension Scheduler {
    /// All that is wrong with more than one session, hosts first.
    package var conditions: [Condition] {
        hosts.flatMap(\.conditions) + projects.compactMap(\.meteredAfterAll)
            + projects.compactMap(\.breaker.condition) + lanes.all.compactMap(\.condition)
    }

    /// A PATCH was answered, or was not.
    mutating func learn(from answer: SpendAnswer, of row: SessionRow, now: WallTime) {
        blame(Blame(answer), of: row.key.project, row, now: now)
        if let praise = Praise(answer) { self.praise(praise, row.lane, now: now) }
    }

    mutating func learn(from look: Look, of row: SessionRow, now: WallTime) {
        blame(Blame(look), of: row.key.project, row, now: now)
        if let praise = Praise(look) { self.praise(praise, row.lane, now: now) }
    }

    mutating func searched(_ alias: ProjectAlias, _ failure: CallFailure?, now: WallTime) {
        if let failure {
            // A search fails by itself: there is no session to look at, so nothing else says that the project is down.
            blame(Blame(failure), of: alias, nil, now: now)
        } else {
            praise(.shownByKey, of: alias, now: now)
        }
    }

    /// Law 12: a refused grant that was believed may be one of a wave.
    mutating func refusedGrant(of row: SessionRow, now: WallTime) {
        blame(.lane(.grantsRefused), of: row.key.project, row, now: now)
    }

    /// Rows of a lane whose wave is over: what was refused in it may have been refused wrongly. One that was refused
    /// rightly is refused once more; but it begins no new wave by that, and goes after those that have not failed.
    mutating func roused(_ lane: Lane, _ rows: [SessionRow], isLast: Bool, now: WallTime) {
        guard let wave = healing.first(where: { $0.scope == .lane(lane) }) else { return }
        for row in rows {
            guard case .needsLogin(let since, _) = row.verdict, since + .seconds(1) >= wave.since else { continue }
            var pardoned = row
            pardoned.verdict = .failing(failures: 1, retryAt: now)
            write(assess(pardoned, now: now), over: row, now: now)
        }
        guard isLast else { return }
        healing.removeAll { $0.scope == .lane(lane) }
        actions.append(.store([.conditionOver(wave.scope, wave.cause)], attempt: nil))
    }

    /// Whether a failure of this row is part of a condition, and so none of its own.
    func isHeld(_ row: SessionRow) -> Bool {
        lanes[row.lane].condition != nil || state(of: row.key.project)?.breaker.condition != nil
    }

    /// Whether there is a credential for a call, and breakers let it begin; the lane's is asked for PATCHes only.
    func admits(_ row: SessionRow, for purpose: Flight.Purpose, now: WallTime) -> Bool {
        guard let project = state(of: row.key.project), row.hasCredential(by: project.rules) else { return false }
        let breaker = project.breaker
        switch purpose {
        case .watch: return !(breaker.condition?.cause.holdsLooks ?? false) || breaker.admits(at: now)
        case .refresh: return breaker.admits(at: now) && lanes[row.lane].admits(at: now)
        }
    }

    /// When a breaker lets the next call through that this row must wait for.
    func heldUntil(_ row: SessionRow, now: WallTime) -> WallTime? {
        let breakers = [state(of: row.key.project)?.breaker, lanes[row.lane]].compactMap { $0 }
        let probes = breakers.filter { !$0.admits(at: now) }.compactMap { $0.condition?.probeAt }
        return probes.max().map { max($0, now + .seconds(2)) }
    }

    private mutating func blame(_ blame: Blame, of alias: ProjectAlias, _ row: SessionRow?, now: WallTime) {
        switch blame {
        case .nobody: break
        case .lane(let cause):
            guard let row else { return }
            let isNew = row.failures == 0
            tell(lanes[row.lane].failed(cause, row.key, isNew: isNew, firstProbe: firstProbe, now: now))
        case .project(let cause, let obstacle):
            guard let index = index(of: alias) else { return }
            let isNew = row.map { $0.failures == 0 } ?? false
            tell(
                projects[index].breaker.failed(
                    cause, row?.key, obstacle: obstacle, isNew: isNew, firstProbe: firstProbe, now: now))
        }
    }

    private mutating func praise(_ praise: Praise, _ lane: Lane, now: WallTime) {
        self.praise(praise, of: lane.project, now: now)
        tell(lanes[lane].succeeded(against: praise.refutes))
    }

    private mutating func praise(_ praise: Praise, of alias: ProjectAlias, now: WallTime) {
        guard let index = index(of: alias) else { return }
        tell(projects[index].breaker.succeeded(against: praise.refutes))
    }

    /// A minute, by the usual first wait.
    var firstProbe: Duration { waits.firstRetry + waits.firstRetry }

    mutating func tell(_ news: ConditionNews?) {
        guard let news else { return }
        actions.append(.tell(.condition(news)))
        switch news {
        case .began(let condition): actions.append(.store([.condition(condition)], attempt: nil))
        case .changed(let condition, let before):
            close(before)
            actions.append(.store([.condition(condition)], attempt: nil))
        case .ended(let condition): close(condition)
        }
    }

    /// A wave is over when a token comes, and when its provider fails in another way: one that is ill refuses this way and
    /// that. It is stored as over when the last of its rows was seen to: a crash in between finds it open, and heals again.
    mutating func close(_ condition: Condition) {
        guard condition.cause == .grantsRefused, case .lane(let lane) = condition.scope else {
            actions.append(.store([.conditionOver(condition.scope, condition.cause)], attempt: nil))
            return
        }
        healing.append(condition)
        actions.append(.rouse(lane))
    }

    // Conditions of hosts hold nothing: they are there to be told.

    mutating func noteShortage(_ index: Int, _ admission: Admission, now: WallTime) {
        setHostCondition(.budgetShort, of: index, count: admission.isShort ? admission.notKept : nil, now: now)
    }

    mutating func noteHeaders(_ rate: RateHeaders?, of index: Int, now: WallTime) {
        hosts[index].answersWithoutRate = rate == nil ? hosts[index].answersWithoutRate + 1 : 0
        let count = hosts[index].answersWithoutRate
        setHostCondition(.noRateHeaders, of: index, count: count >= 3 ? count : nil, now: now)
    }

    /// Others' calls are told of when there are any, and as over when there were none for the time of two windows.
    mutating func noteForeignCalls(of index: Int, now: WallTime) {
        let foreign = hosts[index].budget.foreign
        if foreign > 0 {
            hosts[index].lastForeignAt = now
            setHostCondition(.callsOfOthers, of: index, count: foreign, now: now)
        } else if let last = hosts[index].lastForeignAt {
            let window = hosts[index].budget.rules.window
            guard now < last || last + window + window <= now else { return }
            hosts[index].lastForeignAt = nil
            setHostCondition(.callsOfOthers, of: index, count: nil, now: now)
        }
    }

    private mutating func setHostCondition(_ cause: Condition.Cause, of index: Int, count: Int?, now: WallTime) {
        let place = hosts[index].conditions.firstIndex { $0.cause == cause }
        switch (place, count) {
        case (nil, nil): break
        case (let place?, let count?): hosts[index].conditions[place].count = count
        case (nil, let count?):
            let began = Condition(scope: .host(hosts[index].name), cause: cause, since: now, count: count)
            hosts[index].conditions.append(began)
            tell(.began(began))
        case (let place?, nil): tell(.ended(hosts[index].conditions.remove(at: place)))
        }
    }
}
