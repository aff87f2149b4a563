// What a look leads to: the rows of the user are brought up to what was seen, and the flight goes on or ends.

extension Scheduler {
    /// A look ended. `rows` are all stored rows of the session's user.
    mutating func looked(
        _ attempt: AttemptID, _ look: Look, _ headers: AnswerHeaders?, _ rows: [SessionRow], now: WallTime
    ) {
        guard let flight = flights[attempt] else { return }
        guard let stored = rows.first(where: { $0.key == flight.row.key }) else { return finish(flight) }
        learn(from: look, of: stored, now: now)
        if case .failed(.refused(.userUnknown)) = look, stored.source == .apiKey {
            forget(rows, of: stored.key.project, .userGone)
            return finish(flight)
        }
        let seen = saw(look, headers, in: stored, among: rows, now: now)
        let row = seen.first { $0.key == stored.key } ?? stored

        switch (flight.phase, flight.purpose) {
        case (.storing, _), (.spending, _):
            return
        case (.confirming(let outcome), _) where stored.attempt?.id == attempt:
            end(flight, confirmed(outcome, of: row, was: stored, by: look, now: now), seen, over: rows, now: now)
        case (.confirming, _), (.looking, .watch):
            end(flight, watched(row, now: now), seen, over: rows, now: now)
        case (.looking, .refresh):
            switch row.verdict {
            case .ended, .suspected:
                end(flight, row, seen, over: rows, now: now)
            case .sound, .failing, .needsLogin:
                if let reason = look.failure(for: stored) {
                    end(flight, conclude(.failed(reason), of: row, now: now), seen, over: rows, now: now)
                } else {
                    goOn(flight, isRenewed: row.holdsNewerToken(than: stored), seen, over: rows, now: now)
                }
            }
        }
    }

    /// After the look before a refresh: sends it, if it is wanted still. The look may have shown that somebody else
    /// refreshed, or a newer login, which is kept in this one's place.
    private mutating func goOn(
        _ flight: Flight, isRenewed: Bool, _ seen: [SessionRow], over stored: [SessionRow], now: WallTime
    ) {
        let settled = settle(seen, over: stored, now: now)
        guard let row = settled.first(where: { $0.key == flight.row.key }),
            isRenewed ? row.want != nil : isWanted(row, by: flight.purpose, now: now)
        else { return finish(flight) }
        intend(flight, row, now: now)
    }

    /// Rows as a look leaves them; those it says nothing of stay as they are.
    private mutating func saw(
        _ look: Look, _ headers: AnswerHeaders?, in row: SessionRow, among rows: [SessionRow], now: WallTime
    ) -> [SessionRow] {
        let evidence = evidence(headers, of: row.key.project, sentAt: now, now: now)
        func others(_ change: (SessionRow) -> SessionRow) -> [SessionRow] {
            rows.map { $0.key == row.key ? change($0) : $0 }
        }
        switch look {
        case .list(let facts):
            return survey(facts, of: row.user, in: row.key.project, rows, by: evidence)
        case .session(let facts):
            let seen = see(facts, at: row, by: evidence, asUser: true)
            return others { _ in seen }
        case .failed(.refused(.sessionUnknown)):
            return others { over($0, Reason(.loggedOut), now) }
        case .failed(.refused(.userBlocked)):
            return others { over($0, Reason(.userBlocked), now) }
        case .failed(.refused(.loginRefused)) where row.source == .secret:
            return others { suspected($0, now) }
        case .failed:
            return rows
        }
    }

    /// After a PATCH that was answered and proved nothing. Law 5: an `invalid_grant` is believed when a look has shown
    /// that nobody else refreshed; else it may pass.
    private mutating func confirmed(
        _ outcome: Outcome, of seen: SessionRow, was stored: SessionRow, by look: Look, now: WallTime
    ) -> SessionRow {
        var row = seen
        row.attempt = nil
        switch row.verdict {
        case .ended, .suspected: return row
        case .sound, .failing, .needsLogin: break
        }
        if row.holdsNewerToken(than: stored) { return row }
        if case .grantRefused(let reason) = outcome {
            if look.failure(for: stored) != nil { return conclude(.failed(reason), of: row, now: now) }
            refusedGrant(of: row, now: now)
        }
        return conclude(outcome, of: row, now: now)
    }

    /// After a look that was only to learn: when the next one comes, if nothing changed.
    private func watched(_ row: SessionRow, now: WallTime) -> SessionRow {
        var row = row
        switch row.verdict {
        case .sound, .failing: break
        // A refusal shows nothing of the session, and is as good a look.
        case .ended: if row.isBlocked { row.lookedAt = now }
        case .needsLogin(let since, _):
            row.verdict = .needsLogin(since: since, lookAt: now + waits.recheckLogin)
        case .suspected(let since, let lookAt) where lookAt <= now:
            row.verdict = .suspected(since: since, lookAt: now + waits.suspectFor)
        case .suspected: break
        }
        return row
    }

    private mutating func end(
        _ flight: Flight, _ row: SessionRow, _ seen: [SessionRow], over stored: [SessionRow], now: WallTime
    ) {
        leave(flight)
        // A reader of a session in doubt waits on: the next look may bring its token.
        settle(seen.map { $0.key == row.key ? row : $0 }, over: stored, now: now)
    }

    /// Law 12: a refused credential does not say why; two refusals, well apart, do.
    private func suspected(_ row: SessionRow, _ now: WallTime) -> SessionRow {
        var row = row
        switch row.verdict {
        case .ended: break
        case .suspected(let since, _) where since + waits.suspectFor <= now:
            return over(row, Reason(.loggedOut), now)
        case .suspected(let since, _):
            row.verdict = .suspected(since: since, lookAt: since + waits.suspectFor)
        case .sound, .failing, .needsLogin:
            row.verdict = .suspected(since: now, lookAt: now + waits.suspectFor)
            row.reason = Reason(.loginRefused)
        }
        return row
    }

    /// Whether the refresh is still wanted and lawful after a look that showed nothing new.
    func isWanted(_ row: SessionRow, by purpose: Flight.Purpose, now: WallTime) -> Bool {
        guard let project = state(of: row.key.project) else { return false }
        let rules = rules(of: project)
        guard row.attempt == nil, row.mayBeSpentOn(at: now, by: rules) else { return false }
        switch purpose {
        case .watch: return false
        case .refresh(.due): return row.want != nil
        case .refresh(.early), .refresh(.asked(by: .app)):
            return row.want != nil || row.restsUntil(by: rules).map { $0 <= now } ?? true
        case .refresh(.asked(by: .operator)): return true
        }
    }
}

extension Look {
    /// Why the look showed nothing of the session; nil where it showed it, or its absence from the list.
    fileprivate func failure(for row: SessionRow) -> Reason? {
        switch self {
        case .list: nil
        case .session(let facts):
            facts.session == row.key.session && facts.user == row.user ? nil : Reason(.otherSession)
        case .failed(let failure): Reason(failure)
        }
    }
}
