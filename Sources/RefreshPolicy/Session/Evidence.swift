// What was seen of a session becomes what the row says. Law 2, no belief without proof; law 14, stale answers change
// nothing: a read that was sent before the row last learnt something tells nothing new.

/// Facts, and when and by which clock they were seen.
package struct Evidence: Hashable, Sendable {
    package let clock: HostClock
    /// When the call that saw them was sent, and when its answer was here.
    package let sentAt: WallTime
    package let receivedAt: WallTime

    package init(clock: HostClock, sentAt: WallTime, receivedAt: WallTime) {
        self.clock = clock
        self.sentAt = sentAt
        self.receivedAt = receivedAt
    }

    /// Two moments that Appwrite took for one request differ by less.
    private static let sameMoment: Duration = .seconds(2)

    /// A row for a session seen for the first time.
    package func row(
        for facts: SessionFacts, in project: ProjectAlias, source: Source, keep: Keep, reason: Reason
    ) -> SessionRow {
        SessionRow(
            key: SessionKey(project: project, session: facts.session), user: facts.user, provider: facts.provider,
            providerUID: facts.providerUID, source: source, keep: keep, token: token(of: facts),
            hasRefreshToken: facts.hasRefreshToken, sessionExpiresAt: clock.local(facts.sessionExpiresAt),
            createdAt: clock.local(facts.createdAt), foundAt: receivedAt, lookedAt: sentAt, reason: reason)
    }

    /// Answers overtake each other by less on their way to the row.
    private static let overtaking: Duration = .seconds(60)

    /// Whether this evidence is older than what the row already knows. What the row learnt at a moment that has long
    /// not come yet was learnt by a wrong clock, and nothing is older than that.
    package func isStale(for row: SessionRow) -> Bool {
        let learnt = [row.lookedAt, (row.next ?? row.token)?.issuedAt].compactMap { $0 }
        return learnt.contains { sentAt < $0 && $0 < receivedAt + Self.overtaking }
    }

    /// The row after a look that showed `facts`, to the user themself or to the API key. A look is free, and proof of all
    /// but the refresh itself.
    package func look(_ facts: SessionFacts, at row: SessionRow, asUser: Bool = false) -> SessionRow {
        guard !isStale(for: row), facts.session == row.key.session, facts.user == row.user else { return row }
        var row = row
        let expiry = clock.local(facts.sessionExpiresAt)
        let wasMoved = !isNear(expiry, row.sessionExpiresAt)
        let wasWiped = facts.token == nil && row.token != nil
        let seen = token(of: facts)
        let isNew = seen.map { isNewer($0, than: row, wasMoved: wasMoved) } ?? false
        // A 200 moves the session's end, whatever else it does, and writes the session after it was sent. A moved end
        // alone may be a clock better known.
        let writtenAt = clock.local(facts.updatedAt) + Self.sameMoment
        let isFinished = isNew || (wasMoved && row.attempt.map { $0.sentAt <= writtenAt } ?? false)

        row.provider = facts.provider
        row.providerUID = facts.providerUID
        row.hasRefreshToken = facts.hasRefreshToken
        row.sessionExpiresAt = expiry
        // What the API key is shown of a blocked user is no look for that: it neither puts the next one off, nor makes one
        // that was sent before it stale.
        if asUser || !row.isBlocked { row.lookedAt = sentAt }
        if let seen, isNew {
            row.take(seen)
            row.reason = Reason(row.attempt == nil ? .adopted : .settled)
        } else if let seen {
            row.token = row.token.map { corrected($0, by: seen) }
            row.next = row.next.map { corrected($0, by: seen) }
        }
        row.conclude(
            isNew: isNew, isFinished: isFinished, wasWiped: wasWiped, isLetIn: asUser || isNew, at: receivedAt)
        return row
    }

    /// Whether a 200 to a PATCH sent then shows but the token that was there before: some adapters of Appwrite answer so
    /// without having asked the provider. What a look adopted since is what the PATCH brought.
    package func isUnchanged(_ facts: SessionFacts, since sent: WallTime, at row: SessionRow) -> Bool {
        guard let latest = row.next ?? row.token, latest.value == facts.token, latest.issuedAt + Self.sameMoment < sent
        else { return false }
        guard let stated = facts.tokenExpiresAt.map(clock.local) else { return true }
        // The provider may hand out the same token for longer, or state no end: then the end is the moment of the PATCH.
        return stated <= (latest.expiresAt ?? sent - Self.sameMoment - Self.sameMoment) + Self.sameMoment
    }

    /// The row after a PATCH that gave a proven token.
    package func renewal(_ facts: SessionFacts, of row: SessionRow) -> SessionRow {
        guard let value = facts.token else { return row }
        var row = row
        // A provider that sends no `expires_in` leaves the moment of the refresh as the expiry.
        let now = clock.remote(receivedAt)
        let end = facts.tokenExpiresAt.flatMap { $0 - now > Self.sameMoment ? clock.local($0) : nil }
        row.hasRefreshToken = facts.hasRefreshToken
        row.sessionExpiresAt = clock.local(facts.sessionExpiresAt)
        row.take(Token(value: value, issuedAt: receivedAt, expiresAt: end))
        row.reason = Reason(end == nil ? .lifetimeUnknown : .renewed)
        row.attempt = nil
        row.verdict = .sound
        return row
    }

    /// The token that facts show. It was issued at login or at the last write of the session; an expiry at that very
    /// moment states no end.
    private func token(of facts: SessionFacts) -> Token? {
        guard let value = facts.token else { return nil }
        let issued = max(facts.createdAt, facts.updatedAt)
        let stated = facts.tokenExpiresAt.flatMap { expiry in
            isNear(expiry, facts.createdAt) || isNear(expiry, facts.updatedAt) ? nil : expiry
        }
        // Anything may have written the session since the login: what was issued after it ended was issued before. Where
        // no end is stated, the moment of issue stands in its place.
        let start = stated.map { issued < $0 ? issued : facts.createdAt } ?? facts.tokenExpiresAt ?? issued
        // It was issued before it was seen, whatever a foreign clock says.
        return Token(
            value: value, issuedAt: min(clock.local(start), receivedAt), expiresAt: stated.map(clock.local))
    }

    /// Another token; or the same, given out anew for longer.
    private func isNewer(_ seen: Token, than row: SessionRow, wasMoved: Bool) -> Bool {
        guard seen.value == row.token?.value || seen.value == row.next?.value else { return true }
        guard wasMoved, let latest = row.next ?? row.token, latest.value == seen.value, let end = seen.expiresAt,
            let known = latest.expiresAt
        else { return false }
        return end > known + Self.sameMoment
    }

    /// A token known already, its times put right where they were taken by a clock that was wrong.
    private func corrected(_ known: Token, by seen: Token) -> Token {
        guard known.value == seen.value else { return known }
        var token = known
        if let end = known.expiresAt, let stated = seen.expiresAt, !isNear(end, stated) { token.expiresAt = stated }
        if known.issuedAt > receivedAt { token.issuedAt = seen.issuedAt }
        return token
    }

    private func isNear(_ left: ServerTime, _ right: ServerTime) -> Bool {
        abs((left - right).wholeMilliseconds) <= Self.sameMoment.wholeMilliseconds
    }

    private func isNear(_ left: WallTime, _ right: WallTime) -> Bool {
        abs((left - right).wholeMilliseconds) <= Self.sameMoment.wholeMilliseconds
    }
}

extension SessionRow {
    /// A new token takes the old one's place; but one without a stated end waits beside an old one that has one.
    fileprivate mutating func take(_ new: Token) {
        if new.expiresAt == nil, let old = token, let end = old.expiresAt, end > new.issuedAt {
            next = new
        } else {
            token = new
            next = nil
        }
    }

    /// Whether the token that is served last came later than that of `other`, the same session before.
    package func holdsNewerToken(than other: SessionRow) -> Bool {
        guard let latest = next ?? token else { return false }
        guard let known = other.next ?? other.token else { return true }
        return latest.value != known.value || latest.issuedAt > known.issuedAt
    }

    /// What a look says of the verdict and of a PATCH in doubt.
    fileprivate mutating func conclude(
        isNew: Bool, isFinished: Bool, wasWiped: Bool, isLetIn: Bool, at now: WallTime
    ) {
        switch verdict {
        case .sound: break
        case .failing, .needsLogin: if isNew { verdict = .sound }
        case .suspected:
            verdict = .sound
            reason = Reason(.confirmed)
        case .ended:
            // Somebody refreshed it back to life, or it is listed again; but a blocked user's sessions are listed all
            // the same, and only a new token, or what the user is shown, proves that they are let in again.
            if (isLetIn || reason.code != .userBlocked) && sessionExpiresAt > now {
                verdict = .sound
                if !isNew { reason = Reason(.confirmed) }
            }
        }
        if attempt != nil && isFinished {
            attempt = nil
            if !isNew {
                reason = Reason(wasWiped ? .emptyToken : .noChangeSeen)
                if verdict == .sound || failures > 0 { verdict = .failing(failures: failures + 1, retryAt: now) }
            }
        }
    }
}
