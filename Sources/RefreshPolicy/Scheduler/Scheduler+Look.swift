// What a look leads to: the rows of the user are brought up to what was seen, and the flight goes on or ends.

extension Scheduler {
    /// A look ended. `rows` are all stored rows of the session's user.
    mutating func looked(
        _ attempt: AttemptID, _ look: Look, _ headers: AnswerHeaders?, _ rows: [SessionRow], now: WallTime
    ) {
        guard let flight = flights[attempt] else { return }
        guard let stored = rows.first(where: { $0.key == flight.row.key }) else { return finish(flight, now: now) }
        if let host = hostIndex(of: stored.key.project) { learnClock(headers, of: host) }
        let seen = saw(look, headers, in: stored, among: rows, now: now)
        let row = seen.first { $0.key == stored.key } ?? stored
        let isRenewed = row.token != stored.token || row.next != stored.next

        switch flight.phase {
        case .storing, .spending:
            return
        case .confirming(let outcome):
            let concluded = isRenewed || isOver(row) ? row : confirm(outcome, of: row, look: look, now: now)
            end(flight, concluded, seen, over: rows, now: now)
        case .looking:
            switch flight.purpose {
            case .watch:
                end(flight, watched(row, look, now: now), seen, over: rows, now: now)
            case .refresh(let asker):
                if let reason = look.failure, !isOver(row) {
                    end(flight, conclude(.failed(reason), of: row, now: now), seen, over: rows, now: now)
                } else {
                    // The look may have shown a newer login, which is kept in this one's place.
                    let settled = settle(seen, over: rows, now: now)
                    if !isRenewed, let row = settled.first(where: { $0.key == stored.key }),
                        isWanted(row, by: asker, now: now)
                    {
                        intend(flight, row, now: now)
                    } else {
                        finish(flight, now: now)
                    }
                }
            }
        }
    }

    /// Rows as a look leaves them; those it says nothing of stay as they are.
    private func saw(
        _ look: Look, _ headers: AnswerHeaders?, in row: SessionRow, among rows: [SessionRow], now: WallTime
    ) -> [SessionRow] {
        let evidence = evidence(headers, of: row, sentAt: headers?.sentAt ?? now, now: now)
        switch look {
        case .list(let facts):
            return survey(facts, of: row.user, in: row.key.project, rows, by: evidence)
        case .session(let facts):
            return rows.map { $0.key == row.key ? evidence.look(facts, at: $0) : $0 }
        case .failed(.refused(.userUnknown)):
            return rows.map { $0.source == .apiKey ? over($0, Reason(.userGone), now) : $0 }
        case .failed(.refused(.sessionUnknown)):
            return rows.map { $0.key == row.key ? over($0, Reason(.loggedOut), now) : $0 }
        case .failed(.refused(.userBlocked)):
            return rows.map { $0.key == row.key ? over($0, Reason(.userBlocked), now) : $0 }
        case .failed(.refused(.loginRefused)) where row.source == .secret:
            return rows.map { $0.key == row.key ? suspected($0, now) : $0 }
        case .failed:
            return rows
        }
    }

    /// Law 5: an `invalid_grant` is believed when a look has shown that nobody else refreshed; else it may pass.
    private mutating func confirm(_ outcome: Outcome, of row: SessionRow, look: Look, now: WallTime) -> SessionRow {
        if case .suspected = row.verdict {
            var row = row
            row.attempt = nil
            return row
        }
        if case .grantRefused(let reason) = outcome, look.failure != nil {
            return conclude(.failed(reason), of: row, now: now)
        }
        return conclude(outcome, of: row, now: now)
    }

    /// After a look that was only to learn: when the next one comes, if nothing changed.
    private func watched(_ row: SessionRow, _ look: Look, now: WallTime) -> SessionRow {
        var row = row
        switch row.verdict {
        case .sound, .failing, .ended: break
        case .needsLogin(let since, _):
            row.verdict = .needsLogin(since: since, lookAt: now + rules.waits.recheckLogin)
        case .suspected(let since, let lookAt) where lookAt <= now:
            row.verdict = .suspected(since: since, lookAt: now + rules.waits.suspectFor)
        case .suspected: break
        }
        return row
    }

    private mutating func end(
        _ flight: Flight, _ row: SessionRow, _ seen: [SessionRow], over stored: [SessionRow], now: WallTime
    ) {
        leave(flight)
        settle(seen.map { $0.key == row.key ? row : $0 }, over: stored, now: now)
        // A reader of a session in doubt waits on: the next look may bring its token.
        if row.attempt == nil { dismissReaders(of: row.key) }
    }

    /// Law 12: a refused credential does not say why; two refusals, well apart, do.
    private func suspected(_ row: SessionRow, _ now: WallTime) -> SessionRow {
        var row = row
        switch row.verdict {
        case .suspected(let since, _) where since + rules.waits.suspectFor <= now:
            return over(row, Reason(.loggedOut), now)
        case .suspected(let since, _):
            row.verdict = .suspected(since: since, lookAt: since + rules.waits.suspectFor)
        case .sound, .failing, .needsLogin, .ended:
            row.verdict = .suspected(since: now, lookAt: now + rules.waits.suspectFor)
            row.reason = Reason(.loginRefused)
        }
        return row
    }

    private func isOver(_ row: SessionRow) -> Bool {
        if case .ended = row.verdict { return true }
        return false
    }

    /// Whether the refresh is still wanted and lawful after the look.
    private func isWanted(_ row: SessionRow, by asker: Wish.Asker?, now: WallTime) -> Bool {
        guard let project = state(of: row.key.project) else { return false }
        let rules = project.rules(at: now)
        guard row.attempt == nil, row.mayBeSpentOn(at: now, by: rules) else { return false }
        if case .suspected = row.verdict { return false }
        switch asker {
        case nil: return row.want != nil
        case .app: return row.want != nil || row.restsUntil(by: rules).map { $0 <= now } ?? true
        case .operator: return true
        }
    }
}

extension Look {
    /// Why the look showed nothing; nil where it showed something.
    fileprivate var failure: Reason? {
        switch self {
        case .list, .session: nil
        case .failed(let failure): Reason(failure)
        }
    }
}
