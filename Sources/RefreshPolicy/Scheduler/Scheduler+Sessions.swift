// Sessions come, change and go: found by the API key, registered by their secret, woken by time, removed by hand.

extension Scheduler {
    /// Time has come for a row: it changes its standing, or is looked at.
    mutating func wake(_ row: SessionRow, now: WallTime) {
        var assessed = assess(row, now: now)
        if flights[row.key] == nil && wantsLook(assessed, now: now) {
            let isBegun = begin(assessed, for: .watch, now: now)
            // Not due again while the look is under way; soon again where there was no room for it.
            assessed.wakeAt = now + (isBegun ? rules.waits.lookFor : .seconds(2))
        }
        write(assessed, over: row, regroups: true)
    }

    /// Discovery read a user's sessions; `facts` is nil when the user is gone.
    mutating func listed(
        _ project: ProjectAlias, _ user: UserID, _ facts: [SessionFacts]?, _ headers: AnswerHeaders?,
        _ rows: [SessionRow], now: WallTime
    ) {
        guard let host = hostIndex(of: project) else { return }
        learnClock(headers, of: host)
        guard let facts, let headers else {
            settle(rows.map { over($0, Reason(.userGone), now) }, over: rows, now: now)
            return
        }
        let evidence = Evidence(clock: hosts[host].clock, sentAt: headers.sentAt, receivedAt: headers.receivedAt)
        settle(survey(facts, of: user, in: project, rows, by: evidence), over: rows, now: now)
    }

    mutating func registered(
        _ project: ProjectAlias, _ secret: Secret, _ facts: SessionFacts, _ headers: AnswerHeaders,
        _ rows: [SessionRow], now: WallTime
    ) {
        guard let host = hostIndex(of: project), let state = state(of: project) else { return }
        learnClock(headers, of: host)
        let evidence = Evidence(clock: hosts[host].clock, sentAt: headers.sentAt, receivedAt: headers.receivedAt)
        let key = SessionKey(project: project, session: facts.session)
        var row: SessionRow
        if let known = rows.first(where: { $0.key == key }) {
            row = evidence.look(facts, at: known)
        } else {
            row = evidence.row(
                for: facts, in: project, source: state.rules.hasAPIKey ? .apiKey : .secret, keep: .always,
                reason: Reason(.registered))
            // Removed while its PATCH was under way, and registered anew: the PATCH is under way still (law 4).
            if let flight = flights[key], case .spending(let since) = flight.phase {
                row.attempt = SentAttempt(id: flight.attempt, sentAt: since)
            }
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
        let others = rows.filter { $0.key != key }
        settle(others, over: others, now: now)
        dismissReaders(of: key)
    }

    mutating func regroup(_ rows: [SessionRow], now: WallTime) {
        settle(rows, over: rows, now: now)
    }

    /// A user's rows after their whole session list was read: changed, ended where they are missing, and new.
    func survey(
        _ facts: [SessionFacts], of user: UserID, in project: ProjectAlias, _ rows: [SessionRow], by evidence: Evidence
    ) -> [SessionRow] {
        var surveyed = rows.map { row in
            guard let shown = facts.first(where: { $0.session == row.key.session }) else {
                return evidence.isStale(for: row) ? row : over(row, Reason(.loggedOut), evidence.receivedAt)
            }
            var row = evidence.look(shown, at: row)
            row.source = .apiKey
            return row
        }
        for shown in facts where shown.user == user && Self.isOAuth(shown) {
            let key = SessionKey(project: project, session: shown.session)
            if !rows.contains(where: { $0.key == key }) {
                surveyed.append(
                    evidence.row(for: shown, in: project, source: .apiKey, keep: .used, reason: Reason(.found)))
            }
        }
        return surveyed
    }

    /// Elects, assesses and writes the rows of one user.
    @discardableResult
    mutating func settle(_ rows: [SessionRow], over stored: [SessionRow], now: WallTime) -> [SessionRow] {
        guard let project = rows.first?.key.project, let state = state(of: project) else { return rows }
        // Time first: a session that has just expired is no candidate.
        let assessed = rows.map { assess($0, now: now) }
        let settled = Election.held(among: assessed, at: now, by: state.rules(at: now)).map { assess($0, now: now) }
        for row in settled { write(row, over: stored.first { $0.key == row.key }) }
        return settled
    }

    func over(_ row: SessionRow, _ reason: Reason, _ now: WallTime) -> SessionRow {
        if case .ended = row.verdict { return row }
        var row = row
        row.verdict = .ended(at: now)
        row.reason = reason
        return row
    }

    private func wantsLook(_ row: SessionRow, now: WallTime) -> Bool {
        if row.attempt != nil { return true }
        switch row.verdict {
        case .sound, .failing, .ended: return false
        case .suspected(_, let lookAt): return lookAt <= now
        case .needsLogin(_, let lookAt): return lookAt <= now
        }
    }

    /// Appwrite's own kinds of login make sessions too; there is nothing in them to refresh. (`oauth2` is the token
    /// flow: it belongs to OAuth, and ops want to see why it cannot be refreshed.)
    private static func isOAuth(_ facts: SessionFacts) -> Bool {
        !["email", "anonymous", "phone", "magic-url", "token", "server"].contains(facts.provider.rawValue)
    }
}
