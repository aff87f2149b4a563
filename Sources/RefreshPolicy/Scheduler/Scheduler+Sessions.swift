// Sessions come, change and go: found by the API key, registered by their secret, woken by time, removed by hand, and
// erased when their user is, or when they have been over for long.

extension Scheduler {
    /// Time has come for a row: it changes its standing, or is looked at.
    mutating func wake(_ row: SessionRow, now: WallTime) {
        // The rows of a project that has left rest as they are until it comes back.
        guard state(of: row.key.project)?.isLeaving == false else { return }
        var assessed = assess(row, now: now)
        if let end = assessed.forgetAt(by: waits), end <= now { return erase([assessed]) }
        if wantsLook(assessed, now: now) {
            let isLooking = flights[row.key] != nil || begin(assessed, for: .watch, now: now)
            // Not due again while the look is under way; where there was no room for it, soon again, or when a breaker
            // lets the next one through.
            assessed.wakeAt = isLooking ? now + waits.lookFor : heldUntil(row, now: now) ?? now + .seconds(2)
        } else if isUnseen(assessed, now: now), begin(assessed, for: .watch, now: now) {
            assessed.wakeAt = now + waits.lookFor
        }
        write(assessed, over: row, regroups: true, now: now)
    }

    /// Discovery read a user's sessions; `facts` is nil when the user is gone.
    mutating func listed(
        _ project: ProjectAlias, _ user: UserID, _ facts: [SessionFacts]?, _ headers: AnswerHeaders?,
        _ rows: [SessionRow], now: WallTime
    ) {
        guard state(of: project) != nil else { return }
        guard let facts else { return forget(rows, of: project, .userGone) }
        let evidence = evidence(headers, of: project, sentAt: now, now: now)
        settle(survey(facts, of: user, in: project, rows, by: evidence), over: rows, now: now)
    }

    mutating func registered(
        _ project: ProjectAlias, _ secret: Secret, _ facts: SessionFacts, _ headers: AnswerHeaders,
        _ rows: [SessionRow], now: WallTime
    ) {
        guard let state = state(of: project) else { return }
        let evidence = evidence(headers, of: project, sentAt: now, now: now)
        let key = SessionKey(project: project, session: facts.session)
        var row: SessionRow
        if let known = rows.first(where: { $0.key == key }) {
            row = see(facts, at: known, by: evidence)
        } else {
            row = evidence.row(
                for: facts, in: project, source: state.rules.hasAPIKey ? .apiKey : .secret, keep: .always,
                reason: Reason(.registered))
            row.attempt = orphans.claim(key)
        }
        row.keep = .always
        row.secret = secret
        if case .suspected = row.verdict { row.verdict = .sound }
        let others = rows.filter { $0.key != key }
        settle(others + [row], over: rows, now: now)
    }

    mutating func removed(_ key: SessionKey, _ rows: [SessionRow], now: WallTime) {
        actions.append(.store([.remove(key)], attempt: nil))
        actions.append(.tell(.removed(key)))
        release(key, rows.first { $0.key == key })
        let others = rows.filter { $0.key != key }
        settle(others, over: others, now: now)
        dismissReaders(of: key)
    }

    /// Everything of a user goes at once. Answers under way find no row, and change nothing (law 14).
    mutating func forget(_ rows: [SessionRow], of project: ProjectAlias, _ why: Forgetting) {
        guard !rows.isEmpty else { return }
        erase(rows)
        actions.append(.tell(.forgotten(project, sessions: rows.count, why)))
    }

    private mutating func erase(_ rows: [SessionRow]) {
        actions.append(.store(rows.map { .remove($0.key) }, attempt: nil))
        for row in rows {
            release(row.key, row)
            dismissReaders(of: row.key)
        }
    }

    /// What is under way for a session whose row goes: not sent, it is not sent any more; sent, it may be at work still
    /// when the session comes again, unless its answer is here.
    private mutating func release(_ key: SessionKey, _ row: SessionRow?) {
        if let flight = flights[key], !flight.isSent {
            ground(flight)
        } else if case .confirming? = flights[key]?.phase {
            return
        } else if let sent = row?.attempt {
            orphans.note(sent, of: key)
        }
    }

    mutating func regroup(_ rows: [SessionRow], now: WallTime) {
        settle(rows, over: rows, now: now)
    }

    /// A user's rows after their whole session list was read: changed, ended where they are missing, and new.
    mutating func survey(
        _ facts: [SessionFacts], of user: UserID, in project: ProjectAlias, _ rows: [SessionRow], by evidence: Evidence
    ) -> [SessionRow] {
        var surveyed: [SessionRow] = []
        for row in rows {
            if let shown = facts.first(where: { $0.session == row.key.session }) {
                var seen = see(shown, at: row, by: evidence)
                seen.source = .apiKey
                surveyed.append(seen)
            } else {
                surveyed.append(evidence.isStale(for: row) ? row : over(row, Reason(.loggedOut), evidence.receivedAt))
            }
        }
        for shown in facts where shown.user == user && Self.isOAuth(shown) {
            var row = evidence.row(for: shown, in: project, source: .apiKey, keep: .used, reason: Reason(.found))
            // One that is over already needs no row.
            guard row.sessionExpiresAt > evidence.receivedAt, !surveyed.contains(where: { $0.key == row.key })
            else { continue }
            row.attempt = orphans.claim(row.key)
            surveyed.append(row)
        }
        return surveyed
    }

    /// The row after a look at it. What became of a PATCH under way is for its answer to say; a look that shows it
    /// ended without a token has the next one wait as after any failure.
    mutating func see(
        _ facts: SessionFacts, at row: SessionRow, by evidence: Evidence, asUser: Bool = false
    ) -> SessionRow {
        guard let sent = row.attempt else { return evidence.look(facts, at: row, asUser: asUser) }
        if let flight = flights[row.key], flight.attempt == sent.id {
            var flying = row
            flying.attempt = nil
            var seen = evidence.look(facts, at: flying, asUser: asUser)
            seen.attempt = sent
            if case .spending = flight.phase { seen.reason = row.reason }
            return seen
        }
        var seen = evidence.look(facts, at: row, asUser: asUser)
        if seen.attempt == nil && orphans.has(row.key) {
            // An earlier PATCH may be what changed it: that says nothing of this one.
            seen.attempt = sent
            seen.reason = row.reason
            return seen
        }
        // What changed it may have been somebody else's.
        if seen.attempt == nil { orphans.note(sent, of: row.key) }
        if seen.attempt == nil, case .failing(let failures, let from) = seen.verdict {
            let wait = Backoff.wait(afterFailures: failures, first: waits.firstRetry, dice: &dice)
            seen.verdict = .failing(failures: failures, retryAt: from + wait)
        }
        return seen
    }

    /// Elects, assesses and writes the rows of one user.
    @discardableResult
    mutating func settle(_ rows: [SessionRow], over stored: [SessionRow], now: WallTime) -> [SessionRow] {
        guard let project = rows.first?.key.project, let state = state(of: project) else { return rows }
        // Time first: a session that has just expired is no candidate.
        let assessed = rows.map { assess($0, now: now) }
        let settled = Election.held(among: assessed, at: now, by: rules(of: state)).map { assess($0, now: now) }
        return settled.map { row in write(row, over: stored.first { $0.key == row.key }, now: now) }
    }

    func over(_ row: SessionRow, _ reason: Reason, _ now: WallTime) -> SessionRow {
        if case .ended = row.verdict { return row }
        var row = row
        row.verdict = .ended(at: now)
        row.reason = reason
        return row
    }

    private func wantsLook(_ row: SessionRow, now: WallTime) -> Bool {
        guard state(of: row.key.project).map({ row.hasCredential(by: $0.rules) }) ?? false else { return false }
        if row.standing == .inDoubt { return true }
        switch row.verdict {
        case .ended: return row.isBlocked && row.recheckBlockAt(waits) <= now
        // Looked at in the future, that is by a clock that was wrong: nothing that it says of time is sure.
        case .sound, .failing: return row.attempt == nil && now < row.lookedAt
        case .suspected(_, let lookAt): return lookAt <= now
        case .needsLogin(_, let lookAt): return lookAt <= now
        }
    }

    /// What no walk over the users has shown for a day: its user may be gone, and of one who is gone, no walk tells. Where
    /// there is no room to look, the next day will do.
    private func isUnseen(_ row: SessionRow, now: WallTime) -> Bool {
        row.source == .apiKey && row.attempt == nil && row.standing != .ended && row.want == nil
            && row.lookedAt + waits.longestSleep <= now
    }

    /// Appwrite's own kinds of login make sessions too; there is nothing in them to refresh. (`oauth2` is the token
    /// flow: it belongs to OAuth, and ops want to see why it cannot be refreshed.)
    package static func isOAuth(_ facts: SessionFacts) -> Bool {
        !["email", "anonymous", "phone", "magic-url", "token", "server"].contains(facts.provider.rawValue)
    }
}
