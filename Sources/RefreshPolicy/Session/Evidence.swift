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

    /// Whether this evidence is older than what the row already knows.
    package func isStale(for row: SessionRow) -> Bool {
        sentAt < row.lookedAt || ((row.next ?? row.token).map { sentAt < $0.issuedAt } ?? false)
    }

    /// The row after a look that showed `facts`. A look is free, and proof of all but the refresh itself.
    package func look(_ facts: SessionFacts, at row: SessionRow) -> SessionRow {
        guard !isStale(for: row), facts.session == row.key.session, facts.user == row.user else { return row }
        var row = row
        let expiry = clock.local(facts.sessionExpiresAt)
        let seen = token(of: facts)
        let isNew = seen.map { $0.value != row.token?.value && $0.value != row.next?.value } ?? false
        let wasMoved = !isNear(expiry, row.sessionExpiresAt)
        let wasWiped = seen == nil && row.token != nil

        row.provider = facts.provider
        row.providerUID = facts.providerUID
        row.hasRefreshToken = facts.hasRefreshToken
        row.sessionExpiresAt = expiry
        row.lookedAt = sentAt
        if let seen, isNew {
            row.take(seen)
            row.reason = Reason(.adopted)
        }
        row.conclude(isNew: isNew, isFinished: isNew || wasMoved || wasWiped, wasWiped: wasWiped, at: receivedAt)
        return row
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
        // Anything may have written the session since the login: what was issued after it ended was issued before.
        let start = stated.map { issued < $0 ? issued : facts.createdAt } ?? issued
        return Token(value: value, issuedAt: clock.local(start), expiresAt: stated.map(clock.local))
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

    /// What a look says of the verdict and of a PATCH in doubt.
    fileprivate mutating func conclude(isNew: Bool, isFinished: Bool, wasWiped: Bool, at now: WallTime) {
        switch verdict {
        case .sound: break
        case .failing, .needsLogin: if isNew { verdict = .sound }
        case .suspected:
            verdict = .sound
            reason = Reason(.confirmed)
        case .ended:
            // Somebody refreshed it back to life, or it was unblocked; a blocked user's sessions are listed all the
            // same, so that listing proves nothing.
            if reason.code != .userBlocked && sessionExpiresAt > now {
                verdict = .sound
                if !isNew { reason = Reason(.confirmed) }
            }
        }
        if attempt != nil && isFinished {
            attempt = nil
            if !isNew {
                reason = Reason(wasWiped ? .emptyToken : .answerLost)
                verdict = .failing(failures: failures + 1, retryAt: now)
            }
        }
    }
}
