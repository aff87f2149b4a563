// The course of a refresh: look, store the intent, send, judge, look again where nothing was proven. Laws 4, 5 and 6
// stand here, in this order of steps.

extension Scheduler {
    /// Starts work on a session, unless there is some already, or no room, or no call left for it.
    @discardableResult
    mutating func begin(_ row: SessionRow, for purpose: Flight.Purpose, now: WallTime) -> Bool {
        guard !isStopping, flights[row.key] == nil, let project = index(of: row.key.project),
            projects[project].inFlight < projects[project].rules.pace.maxInFlight
        else { return false }
        let isMetered = projects[project].metering(at: now) == .metered
        if case .refresh(let asker) = purpose {
            guard takeCall(project, isMetered: isMetered, for: asker, now: now) else { return false }
        }
        lastAttempt = AttemptID(lastAttempt.number + 1)
        projects[project].inFlight += 1
        let flight = Flight(
            attempt: lastAttempt, purpose: purpose, phase: .looking, row: row, isMetered: isMetered,
            holdsClaim: isMetered && purpose != .watch)
        flights[lastAttempt] = flight
        if purpose != .watch && row.attempt == nil && isLookedAt(row, now: now) {
            intend(flight, row, now: now)
        } else {
            actions.append(.look(lastAttempt, row))
        }
        return true
    }

    /// Sends what is stored.
    mutating func send(_ attempt: AttemptID) {
        guard let flight = flights[attempt], case .storing = flight.phase, let sent = flight.row.attempt else { return }
        flights[attempt]?.phase = .spending(since: sent.sentAt)
        actions.append(.spend(attempt, flight.row))
    }

    /// Law 6, the charge is stored before the call is sent; law 4, so is the intent.
    mutating func intend(_ flight: Flight, _ stored: SessionRow, now: WallTime) {
        guard !isStopping, let host = hostIndex(of: stored.key.project) else { return finish(flight, now: now) }
        var row = stored
        row.attempt = SentAttempt(id: flight.attempt, sentAt: now)
        row.standing = .refreshing
        row.reason = Reason(.sending)
        row.want = nil
        row.wakeAt = now + rules.waits.doubtFor
        var changes: [Change] = [.put(row), .attempts(lastAttempt)]
        if flight.isMetered {
            hosts[host].claimed -= 1
            hosts[host].budget.charge(flight.attempt)
            changes.append(.budget(hosts[host].budget.record))
            tellIfSpent(host, now: now)
        }
        flights[flight.attempt]?.holdsClaim = false
        flights[flight.attempt]?.phase = .storing
        flights[flight.attempt]?.row = row
        actions.append(.store(changes, attempt: flight.attempt))
    }

    /// A PATCH ended. `stored` is its row as it is now; when that no longer carries this attempt, the answer is stale
    /// and only the budget learns from it (law 14).
    mutating func answered(
        _ attempt: AttemptID, _ answer: SpendAnswer, _ headers: AnswerHeaders?, _ stored: SessionRow?, now: WallTime
    ) {
        guard let flight = flights[attempt], case .spending(let since) = flight.phase else { return }
        settleBudget(flight, answer, headers, since: since, now: now)
        guard let row = stored, row.attempt?.id == attempt else { return finish(flight, now: now) }
        let outcome = Outcome(answer, for: row.key, of: row.user)
        switch outcome {
        case .renewed(let facts):
            let evidence = evidence(headers, of: row, sentAt: since, now: now)
            let renewed = evidence.renewal(facts, of: row)
            finish(flight, now: now, writing: renewed, over: row, telling: { .renewed($0, remaining: $1) })
            if renewed.sessionExpiresAt + .seconds(2) < row.sessionExpiresAt {
                actions.append(.tell(.sessionShortened(renewed, from: row.sessionExpiresAt)))
            }
        case .lost:
            var doubted = row
            doubted.reason = Reason(.answerLost)
            // The doubt's looks begin at once, and the readers go on waiting for them.
            leave(flight)
            write(assess(doubted, now: now), over: row)
        case .postponed, .notSent:
            finish(flight, now: now, writing: conclude(outcome, of: row, now: now), over: row)
        case .failed, .grantRefused, .ended:
            flights[attempt]?.phase = .confirming(outcome)
            actions.append(.look(attempt, row))
        }
    }

    /// The row after an outcome that brought no token; the doubt is over.
    func concluded(_ outcome: Outcome, of row: SessionRow, now: WallTime, retryIn wait: Duration) -> SessionRow {
        var row = row
        row.attempt = nil
        switch outcome {
        case .renewed, .lost: break
        case .postponed:
            row.reason = Reason(.rateLimited)
        case .failed(let reason), .notSent(let reason):
            row.reason = reason
            row.verdict = .failing(failures: row.failures + 1, retryAt: now + wait)
        case .grantRefused(let reason):
            row.reason = reason
            row.verdict = .needsLogin(since: now, lookAt: now + rules.waits.recheckLogin)
        case .ended(let reason):
            row.reason = reason
            row.verdict = .ended(at: now)
        }
        return row
    }

    mutating func conclude(_ outcome: Outcome, of row: SessionRow, now: WallTime) -> SessionRow {
        let wait = Backoff.wait(afterFailures: row.failures + 1, first: rules.waits.firstRetry, dice: &dice)
        return concluded(outcome, of: row, now: now, retryIn: wait)
    }

    /// Takes the flight off the books.
    mutating func leave(_ flight: Flight) {
        guard let current = flights[flight.attempt] else { return }
        if current.holdsClaim, let host = hostIndex(of: current.row.key.project) { hosts[host].claimed -= 1 }
        if let project = index(of: current.row.key.project) { projects[project].inFlight -= 1 }
        flights[flight.attempt] = nil
    }

    /// Ends the flight and the wait of its readers.
    mutating func finish(_ flight: Flight, now: WallTime) {
        leave(flight)
        dismissReaders(of: flight.row.key)
    }

    private mutating func finish(
        _ flight: Flight, now: WallTime, writing row: SessionRow, over stored: SessionRow,
        telling notice: ((SessionRow, Int?) -> Notice)? = nil
    ) {
        leave(flight)
        let assessed = assess(row, now: now)
        write(assessed, over: stored, regroups: true)
        if let notice {
            let remaining = hostIndex(of: row.key.project).map {
                hosts[$0].budget.available(at: now, for: .waitingReader)
            }
            actions.append(.tell(notice(assessed, flight.isMetered ? remaining : nil)))
        }
        dismissReaders(of: row.key)
    }

    private mutating func takeCall(
        _ project: Int, isMetered: Bool, for asker: Wish.Asker?, now: WallTime
    ) -> Bool {
        guard isMetered else {
            guard projects[project].paceAllows(at: now) > 0 else { return false }
            projects[project].takePace(at: now)
            return true
        }
        guard let host = hostIndex(of: projects[project].rules.alias) else { return false }
        let available = hosts[host].budget.available(at: now, for: asker == nil ? .schedule : .waitingReader)
        guard available > hosts[host].claimed else { return false }
        hosts[host].claimed += 1
        return true
    }

    private mutating func settleBudget(
        _ flight: Flight, _ answer: SpendAnswer, _ headers: AnswerHeaders?, since: WallTime, now: WallTime
    ) {
        guard let host = hostIndex(of: flight.row.key.project) else { return }
        learnClock(headers, of: host)
        let ending = Self.ending(of: answer, headers)
        if case .refused = ending, !flight.isMetered { meter(flight.row.key.project, headers, host, now: now) }
        guard flight.isMetered else { return }
        hosts[host].budget.settle(
            flight.attempt, as: ending, rate: headers?.rate, sentAt: since, now: now, clock: hosts[host].clock)
        actions.append(.store([.budget(hosts[host].budget.record)], attempt: nil))
    }

    /// A project that was unmetered is told 429: its word is not taken again before the window ends.
    private mutating func meter(_ alias: ProjectAlias, _ headers: AnswerHeaders?, _ host: Int, now: WallTime) {
        guard let project = index(of: alias) else { return }
        let reset = headers?.rate.map { hosts[host].clock.local($0.reset) } ?? now + .seconds(60)
        projects[project].meteredUntil = max(reset, now) + projects[project].rules.budget.openingDelay
        actions.append(.tell(.meteredAfterAll(alias, until: reset)))
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

    private mutating func tellIfSpent(_ host: Int, now: WallTime) {
        let budget = hosts[host].budget
        guard budget.available(at: now, for: .schedule) == 0, hosts[host].toldSpentUntil != budget.resetAt else {
            return
        }
        hosts[host].toldSpentUntil = budget.resetAt
        actions.append(.tell(.budgetSpent(budget.host, until: budget.opensAt)))
    }

    private func isLookedAt(_ row: SessionRow, now: WallTime) -> Bool {
        row.lookedAt <= now && now < row.lookedAt + rules.waits.lookFor
    }
}
