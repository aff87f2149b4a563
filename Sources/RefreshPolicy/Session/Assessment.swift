// Where a row stands at a moment, when to look at it again, and whether it wants a call: from the row and the rules
// alone. Every write of a row goes through here, so that its standing never disagrees with its facts.

extension SessionRow {
    /// This row with standing, `wakeAt` and `want` as they are at `now`; with what time alone has changed.
    package func assessed(at now: WallTime, by rules: ProjectRules, waits: Waits) -> SessionRow {
        var row = self
        row.dropTheImpossible(now, waits)
        row.chooseCredential(rules)
        row.passTime(now, rules, waits)
        let position = row.position(now, rules, waits)
        row.standing = position.standing
        row.want = position.want
        row.claim = position.isKept ? row.claim(by: rules, waits: waits) : nil
        row.wakeAt = row.bounded(position.wakeAt, now, waits)
        return row
    }

    /// Law 9: what lies further ahead than any rule puts it comes from a clock that was wrong then.
    private mutating func dropTheImpossible(_ now: WallTime, _ waits: Waits) {
        switch verdict {
        case .sound: break
        case .ended(let time): verdict = .ended(at: min(time, now))
        case .failing(let failures, let retryAt):
            let latest = now + Backoff.longest(first: waits.firstRetry)
            verdict = .failing(failures: failures, retryAt: min(retryAt, latest))
        case .suspected(let since, let lookAt):
            verdict = .suspected(since: min(since, now), lookAt: min(lookAt, now + waits.suspectFor))
        case .needsLogin(let since, let lookAt):
            verdict = .needsLogin(since: min(since, now), lookAt: min(lookAt, now + waits.recheckLogin))
        }
        if let sent = attempt, sent.sentAt > now { attempt = SentAttempt(id: sent.id, sentAt: now) }
        if let issuedAt = token?.issuedAt { token?.issuedAt = min(issuedAt, now) }
        if let issuedAt = next?.issuedAt { next?.issuedAt = min(issuedAt, now) }
    }

    /// The API key speaks for a session while there is one; then the secret does that it was registered with, if it was.
    private mutating func chooseCredential(_ rules: ProjectRules) {
        guard !hasCredential(by: rules) else { return }
        if secret == nil { reason = Reason(.keyRefused) } else { source = .secret }
    }

    /// Whether a call for it can be made at all.
    func hasCredential(by rules: ProjectRules) -> Bool { source == .secret || rules.hasAPIKey }

    /// What time alone changes: doubt ends, sessions end, a waiting token takes over.
    private mutating func passTime(_ now: WallTime, _ rules: ProjectRules, _ waits: Waits) {
        // Only a look from after its end ends a doubt: until then the PATCH may have been at work still, and may have
        // moved the session's end.
        if let sent = attempt, lookedAt >= sent.sentAt + waits.doubtFor { endDoubt(sent, now, waits) }
        if case .ended = verdict { return }
        // A PATCH in doubt may have moved the session's end: a look or the doubt's end tells.
        if sessionExpiresAt <= now && attempt == nil {
            verdict = .ended(at: now)
            reason = Reason(.sessionExpired)
            return
        }
        if let waiting = next, token.flatMap({ end(of: $0, by: rules) }) ?? now <= now {
            token = waiting
            next = nil
        }
    }

    /// Nothing changed: the PATCH failed, or never came. It took `doubtFor` to know, which counts as waited.
    private mutating func endDoubt(_ sent: SentAttempt, _ now: WallTime, _ waits: Waits) {
        attempt = nil
        if let latest = next ?? token, latest.issuedAt > sent.sentAt { return }
        switch verdict {
        case .sound, .failing:
            let wait = Backoff.wait(afterFailures: failures + 1, first: waits.firstRetry)
            verdict = .failing(failures: failures + 1, retryAt: max(now, sent.sentAt + wait))
            reason = Reason(.noChangeSeen)
        case .suspected, .needsLogin, .ended: break
        }
    }

    private struct Position {
        let standing: Standing
        let wakeAt: WallTime
        var want: WallTime?
        /// Whether the row is to be kept fresh now, and so lays claim to calls.
        var isKept = false
    }

    private func position(_ now: WallTime, _ rules: ProjectRules, _ waits: Waits) -> Position {
        let bedtime = now + waits.longestSleep
        if let end = forgetAt(by: waits) {
            return Position(standing: .ended, wakeAt: isBlocked ? min(end, recheckBlockAt(waits)) : end)
        }
        guard hasCredential(by: rules) else { return Position(standing: .unrefreshable, wakeAt: bedtime) }
        if let sent = attempt {
            let isKept = isElected && mayBeSpentOn(at: now, by: rules)
            return Position(standing: .inDoubt, wakeAt: nextDoubtLook(sent, now, waits), isKept: isKept)
        }
        if case .suspected(_, let lookAt) = verdict { return Position(standing: .backingOff, wakeAt: lookAt) }
        guard hasRefreshToken else {
            if let token, token.expiresAt == nil { return Position(standing: .unexpiring, wakeAt: bedtime) }
            return Position(standing: .unrefreshable, wakeAt: bedtime)
        }
        if !mayBeSpentOn(at: now, by: rules) { return Position(standing: .unrefreshable, wakeAt: bedtime) }
        if !isElected { return Position(standing: .spare, wakeAt: bedtime) }
        if case .needsLogin(_, let lookAt) = verdict { return Position(standing: .needsLogin, wakeAt: lookAt) }
        switch need(at: now, by: rules, waits: waits) {
        case .nothing(let until): return Position(standing: .idle, wakeAt: until)
        case .enough(let until): return Position(standing: .fresh, wakeAt: until, isKept: true)
        case .call(let from, let deadline):
            var want = deadline
            if case .failing(_, let retryAt) = verdict {
                if now < retryAt { return Position(standing: .backingOff, wakeAt: retryAt, isKept: true) }
                // To have failed is no reason to go first, however long the token has been dead: else one that always
                // fails would find out for its lane whether it works, again and again, while those that are in their
                // margin wait for it.
                want = max(deadline, retryAt + max(deadline - from, waits.margin))
            }
            return now < from
                ? Position(standing: .fresh, wakeAt: from, isKept: true)
                : Position(standing: .due, wakeAt: bedtime, want: want, isKept: true)
        }
    }

    /// Bounded both ways: a clock step can neither put a row to sleep for years nor make it spin.
    private func bounded(_ wakeAt: WallTime, _ now: WallTime, _ waits: Waits) -> WallTime {
        let end = sessionExpiresAt > now ? sessionExpiresAt : wakeAt
        let soonest = min(wakeAt, now + waits.longestSleep, end)
        return soonest > now ? soonest : now + .seconds(1)
    }

    /// Looks at a session in doubt come quickly at first, since most answers that are lost were given, and then ever
    /// more slowly; a look is free, but not for the network.
    private func nextDoubtLook(_ sent: SentAttempt, _ now: WallTime, _ waits: Waits) -> WallTime {
        let elapsed = max(0, (now - sent.sentAt).wholeMilliseconds)
        let pause = min(60_000, max(2_000, elapsed / 2))
        let end = sent.sentAt + waits.doubtFor
        return now < end ? min(now + .milliseconds(pause), end) : now + .milliseconds(pause)
    }

    /// When a row that is over is erased; nil for one that is not. A blocked user's sessions are listed on, so that this
    /// one is remembered to its own end: or it would be found anew, as if nothing had been.
    package func forgetAt(by waits: Waits) -> WallTime? {
        guard case .ended(let time) = verdict else { return nil }
        let usual = time + waits.forgetEndedAfter
        return reason.code == .userBlocked ? max(usual, sessionExpiresAt) : usual
    }

    /// Who is blocked may be let in again; a look, as the user, tells.
    func recheckBlockAt(_ waits: Waits) -> WallTime { lookedAt + waits.recheckLogin }

    /// Failed refreshes in a row.
    package var failures: Int {
        if case .failing(let failures, _) = verdict { return failures }
        return 0
    }
}
