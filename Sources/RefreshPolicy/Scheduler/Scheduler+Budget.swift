// What a flight may take of a window, and what its answer says of the window: law 6, never send what the window, by all
// that is known, cannot hold.

extension Scheduler {
    /// Which share of the window a refresh of this row draws on.
    func share(of row: SessionRow, waits: Bool) -> Flight.Share {
        let isKept = host(of: row.key.project)?.admission?.keeps(row) ?? true
        switch (isKept, waits) {
        case (true, false): return .kept
        case (false, false): return .rest
        case (true, true): return .keptReader
        case (false, true): return .reader
        }
    }

    mutating func takeCall(_ project: Int, isMetered: Bool, for share: Flight.Share, now: WallTime) -> Bool {
        guard isMetered else {
            guard projects[project].paceAllows(at: now) > 0 else { return false }
            projects[project].takePace(at: now)
            return true
        }
        guard let host = hostIndex(of: projects[project].rules.alias) else { return false }
        if share == .reader {
            hosts[host].waiting.note(in: hosts[host].budget)
            hosts[host].isChanged = true
        }
        guard hosts[host].callsLeft(for: share, at: now) > 0 else { return false }
        hosts[host].claimed += 1
        return true
    }

    /// Law 6, asked again: while the session was looked at, the window may have ended or been spent by others, and an
    /// unmetered project may have been told 429.
    func mayStillGo(_ flight: Flight, _ host: Int, now: WallTime) -> Bool {
        guard let share = flight.draws else {
            return state(of: flight.row.key.project)?.metering == .unmetered
        }
        return hosts[host].unclaimed(for: share, at: now) > 0
    }

    /// When a reader that was not helped may ask again: when the next call may be made.
    func retryAt(of row: SessionRow, now: WallTime) -> WallTime? {
        if let held = heldUntil(row, now: now) { return held }
        guard row.want != nil, let state = state(of: row.key.project) else { return nil }
        switch state.metering {
        case .unmetered: return max(state.paceFrom, now + .seconds(1))
        case .metered: return host(of: row.key.project)?.nextChange(after: now)
        }
    }

    mutating func settleBudget(
        _ flight: Flight, _ answer: SpendAnswer, _ headers: AnswerHeaders?, since: WallTime, now: WallTime
    ) {
        guard let host = hostIndex(of: flight) else { return }
        let ending = Self.ending(of: answer, headers)
        let clock = hosts[host].clock
        hosts[host].isChanged = true
        if flight.draws != nil {
            hosts[host].budget.settle(
                flight.attempt, as: ending, rate: headers?.rate, sentAt: since, now: now, clock: clock)
            if case .counted = ending {
                noteHeaders(headers?.rate, of: host, now: now)
                noteForeignCalls(of: host, now: now)
            }
        }
        // Of a host that its project is on no more, it says nothing of the project.
        if host == hostIndex(of: flight.row.key.project) { noteMetering(flight, ending, headers, host, now: now) }
        actions.append(.store([.budget(hosts[host].record)], attempt: nil))
    }

    /// Holds what a project is taken for against what its calls show. A dev key that has ended is ignored by Appwrite
    /// without a word; a server may have no limit at all.
    private mutating func noteMetering(
        _ flight: Flight, _ ending: RateBudget.Ending, _ headers: AnswerHeaders?, _ host: Int, now: WallTime
    ) {
        guard let project = index(of: flight.row.key.project) else { return }
        let clock = hosts[host].clock
        switch ending {
        case .refused(let retryAfter):
            projects[project].evidence.forget()
            guard flight.draws == nil else { return become(.metered, project, now: now) }
            hosts[host].budget.refuse(rate: headers?.rate, retryAfter: retryAfter, now: now, clock: clock)
            become(.metered, project, now: now)
        case .counted:
            guard let headers, let rate = headers.rate else { return }
            let isCharged = flight.draws != nil
            if !isCharged { hosts[host].budget.overhear(rate, now: now, clock: clock) }
            let finding = projects[project].evidence.note(
                rate, others: isCharged ? 0...0 : hosts[host].budget.ownCalls, sentAt: headers.sentAt,
                receivedAt: headers.receivedAt)
            switch finding {
            case nil: break
            case .counted?: become(.metered, project, now: now)
            case .uncounted?: become(.unmetered, project, now: now)
            }
        case .uncounted, .unknown: break
        }
    }

    private mutating func become(_ metering: Metering, _ project: Int, now: WallTime) {
        guard projects[project].metering != metering else { return }
        let rules = projects[project].rules
        projects[project].observed = metering
        if metering == .metered, let host = hostIndex(of: rules.alias) { hosts[host].budget.ownAll() }
        switch (metering, rules.metering) {
        case (.metered, .metered): actions.append(.tell(.metered(rules.alias)))
        case (.unmetered, .metered): actions.append(.tell(.unmetered(rules.alias)))
        case (.metered, .unmetered):
            let condition = Condition(
                scope: .project(rules.alias), cause: .meteredAfterAll, since: now, count: 1)
            projects[project].meteredAfterAll = condition
            tell(.began(condition))
        case (.unmetered, .unmetered):
            if let condition = projects[project].meteredAfterAll { tell(.ended(condition)) }
            projects[project].meteredAfterAll = nil
        }
    }

    private static func ending(of answer: SpendAnswer, _ headers: AnswerHeaders?) -> RateBudget.Ending {
        switch answer {
        case .session: .counted
        case .refused(.rateLimited): .refused(retryAfter: headers?.retryAfter)
        case .refused(let refusal): refusal.isCounted || headers?.rate != nil ? .counted : .uncounted
        case .notSent: .uncounted
        case .lost: .unknown
        }
    }

    mutating func tellIfSpent(_ host: Int, now: WallTime) {
        let budget = hosts[host].budget
        // The same end is stated a little differently now and then.
        let isTold = hosts[host].toldSpentUntil.map { told in
            told - budget.rules.openingDelay <= budget.resetAt && budget.resetAt <= told + budget.rules.openingDelay
        }
        guard budget.available(at: now, for: .schedule) == 0, isTold != true else { return }
        hosts[host].toldSpentUntil = budget.resetAt
        actions.append(.tell(.budgetSpent(budget.host, until: budget.opensAt)))
    }
}
