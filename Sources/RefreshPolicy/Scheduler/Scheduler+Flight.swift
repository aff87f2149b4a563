// The course of a refresh: look, store the intent, send, judge, look again where nothing was proven. Laws 4, 5 and 6
// stand here, in this order of steps.

extension Scheduler {
    /// Starts work on a session, unless there is some already, or no room, or no call left for it.
    @discardableResult
    mutating func begin(
        _ row: SessionRow, for purpose: Flight.Purpose, waits: Bool = false, now: WallTime
    ) -> Bool {
        guard !isStopping, flights[row.key] == nil, let project = index(of: row.key.project),
            !projects[project].isLeaving, projects[project].inFlight < projects[project].rules.pace.maxInFlight,
            admits(row, for: purpose, now: now)
        else { return false }
        let isMetered = projects[project].metering == .metered
        let share = share(of: row, waits: waits)
        if purpose != .watch {
            guard takeCall(project, isMetered: isMetered, for: share, now: now) else { return false }
        }
        lastAttempt = AttemptID(lastAttempt.number + 1)
        projects[project].inFlight += 1
        let flight = Flight(
            attempt: lastAttempt, purpose: purpose, host: projects[project].rules.host, phase: .looking, row: row,
            draws: isMetered ? share : nil, holdsClaim: isMetered && purpose != .watch)
        flights[lastAttempt] = flight
        if purpose != .watch || projects[project].breaker.condition?.cause.holdsLooks == true {
            projects[project].breaker.begin(lastAttempt)
        }
        if purpose != .watch { lanes[row.lane].begin(lastAttempt) }
        if purpose != .watch && row.attempt == nil && isLookedAt(row, now: now) {
            intend(flight, row, now: now)
        } else {
            actions.append(.look(lastAttempt, row))
        }
        return true
    }

    /// Sends what is stored; but not what took so long to store, as on a full disk, that its look is no proof any more
    /// (law 5) and its time would end a doubt too early (law 4). Its row then rests in doubt, and is looked at.
    mutating func send(_ attempt: AttemptID, now: WallTime) {
        guard let flight = flights[attempt], case .storing = flight.phase, let sent = flight.row.attempt else { return }
        guard now < sent.sentAt + waits.lookFor else {
            ground(flight)
            actions.append(.regroup(flight.row.key.project, flight.row.user))
            return
        }
        flights[attempt]?.phase = .spending(since: sent.sentAt)
        actions.append(.spend(attempt, flight.row))
    }

    /// Law 6, the charge is stored before the call is sent; law 4, so is the intent.
    mutating func intend(_ flight: Flight, _ stored: SessionRow, now: WallTime) {
        guard !isStopping, let host = hostIndex(of: stored.key.project),
            state(of: stored.key.project)?.isLeaving == false, isLookedAt(stored, now: now),
            mayStillGo(flight, host, now: now)
        else { return finish(flight) }
        var row = stored
        row.attempt = SentAttempt(id: flight.attempt, sentAt: now)
        row.standing = .refreshing
        row.reason = Reason(.sending)
        row.want = nil
        row.wakeAt = now + waits.doubtFor
        var changes: [Change] = [.put(row), .attempts(lastAttempt)]
        if flight.draws != nil {
            hosts[host].claimed -= 1
            hosts[host].charge(flight, margin: waits.margin)
            changes.append(.budget(hosts[host].record))
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
        learn(from: answer, of: flight.row, now: now)
        if !answer.isLost { orphans.settle(attempt) }
        guard let row = stored, row.attempt?.id == attempt else { return finish(flight) }
        if case .ended = row.verdict { return disregard(flight, answer, row, now: now) }
        let outcome = Outcome(answer, for: row.key, of: row.user)
        switch outcome {
        case .renewed(let facts):
            let evidence = evidence(headers, of: row.key.project, sentAt: since, now: now)
            if evidence.isUnchanged(facts, since: since, at: row) {
                confirm(.failed(Reason(.noChangeSeen)), flight, row, answer, now: now)
            } else {
                renew(flight, row, with: evidence.renewal(facts, of: row), now: now)
            }
        case .lost:
            doubt(flight, row, now: now)
        case .notSent(let reason) where reason.code == .userGone || reason.code == .loggedOut:
            // No JWT for a user or a session that is not there: a look, which is free, proves it, and nothing of it is
            // served any more (law 3).
            confirm(outcome, flight, row, answer, now: now)
        case .postponed, .notSent:
            leave(flight)
            write(assess(conclude(outcome, of: row, now: now), now: now), over: row, now: now)
        case .failed, .grantRefused, .ended:
            confirm(outcome, flight, row, answer, now: now)
        }
    }

    private mutating func renew(_ flight: Flight, _ row: SessionRow, with fresh: SessionRow, now: WallTime) {
        leave(flight)
        let renewed = write(assess(fresh, now: now), over: row, regroups: true, now: now)
        let host = flight.draws == nil ? nil : hostIndex(of: row.key.project)
        let calls = host.map { host in
            CallsLeft(
                remaining: hosts[host].budget.available(at: now, for: .waitingReader),
                resetAt: hosts[host].budget.opensAt)
        }
        actions.append(.tell(.renewed(renewed, calls)))
        tellIfShortened(renewed, from: row.sessionExpiresAt)
    }

    private mutating func tellIfShortened(_ row: SessionRow, from end: WallTime) {
        if row.sessionExpiresAt + .seconds(2) < end { actions.append(.tell(.sessionShortened(row, from: end))) }
    }

    /// The PATCH proved nothing: a look tells more (law 5). But the look may fail, and a 200 moves the session's end
    /// whatever it does to the token.
    private mutating func confirm(
        _ outcome: Outcome, _ flight: Flight, _ row: SessionRow, _ answer: SpendAnswer, now: WallTime
    ) {
        flights[flight.attempt]?.phase = .confirming(outcome)
        var moved = row
        if case .session(let facts) = answer, facts.session == row.key.session, facts.user == row.user {
            moved.sessionExpiresAt = clock(of: row.key.project).local(facts.sessionExpiresAt)
        }
        write(moved, over: row, now: now)
        tellIfShortened(moved, from: row.sessionExpiresAt)
        actions.append(.look(flight.attempt, moved))
    }

    /// The answer was lost: most such PATCHes were done all the same, so the first look goes at once, and the readers
    /// go on waiting. Where a listing has shown its token already, no later look would show a change.
    private mutating func doubt(_ flight: Flight, _ row: SessionRow, now: WallTime) {
        leave(flight)
        var doubted = row
        if row.holdsNewerToken(than: flight.row) {
            doubted.attempt = nil
            doubted.reason = Reason(.settled)
        } else {
            doubted.reason = Reason(.answerLost)
        }
        doubted = assess(doubted, now: now)
        if doubted.standing == .inDoubt && begin(doubted, for: .watch, now: now) {
            doubted.wakeAt = now + waits.lookFor
        }
        write(doubted, over: row, regroups: true, now: now)
    }

    /// The session ended while its PATCH was under way. Appwrite answers 200 for a deleted one too: that proves nothing.
    private mutating func disregard(_ flight: Flight, _ answer: SpendAnswer, _ row: SessionRow, now: WallTime) {
        leave(flight)
        var ended = row
        if !answer.isLost { ended.attempt = nil }
        write(assess(ended, now: now), over: row, now: now)
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
            // A refresh token that was refused is not better for a failure of another kind.
            if case .needsLogin = row.verdict { break }
            row.reason = reason
            row.verdict = .failing(failures: row.failures + 1, retryAt: now + wait)
        case .grantRefused(let reason):
            row.reason = reason
            row.verdict = .needsLogin(since: now, lookAt: now + waits.recheckLogin)
        case .ended(let reason):
            row.reason = reason
            row.verdict = .ended(at: now)
        }
        return row
    }

    /// What a whole lane or project fails of makes no session wait longer: its breaker holds it, and heals for all.
    mutating func conclude(_ outcome: Outcome, of row: SessionRow, now: WallTime) -> SessionRow {
        let failures = isHeld(row) ? 1 : row.failures + 1
        let wait = Backoff.wait(afterFailures: failures, first: waits.firstRetry, dice: &dice)
        return concluded(outcome, of: row, now: now, retryIn: wait)
    }

    /// Takes the flight off the books.
    mutating func leave(_ flight: Flight) {
        guard let current = flights[flight.attempt] else { return }
        if current.holdsClaim, let host = hostIndex(of: current) { hosts[host].claimed -= 1 }
        if let project = index(of: current.row.key.project) {
            projects[project].inFlight -= 1
            projects[project].breaker.leave(flight.attempt)
        }
        lanes.leave(flight.attempt)
        flights[flight.attempt] = nil
    }

    /// Ends the flight and the wait of its readers.
    mutating func finish(_ flight: Flight) {
        leave(flight)
        dismissReaders(of: flight.row.key)
    }

    /// Ends a flight whose PATCH has not been sent and must not be; its call is given back.
    mutating func ground(_ flight: Flight) {
        if case .storing = flight.phase, flight.draws != nil, let host = hostIndex(of: flight) {
            let sentAt = flight.row.attempt?.sentAt ?? hosts[host].budget.resetAt
            hosts[host].budget.settle(
                flight.attempt, as: .uncounted, rate: nil, sentAt: sentAt, now: sentAt, clock: hosts[host].clock)
            actions.append(.store([.budget(hosts[host].record)], attempt: nil))
        }
        finish(flight)
    }

    func isLookedAt(_ row: SessionRow, now: WallTime) -> Bool {
        row.lookedAt <= now && now < row.lookedAt + waits.lookFor
    }
}

extension Flight {
    /// Whether its PATCH has left, or may have.
    var isSent: Bool {
        switch phase {
        case .looking: row.attempt != nil
        case .storing: false
        case .spending, .confirming: true
        }
    }
}

extension SpendAnswer {
    fileprivate var isLost: Bool {
        if case .lost = self { true } else { false }
    }
}
