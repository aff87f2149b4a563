// Where a row stands at a moment, when to look at it again, and whether it wants a call: from the row and the rules
// alone. Every write of a row goes through here, so that its standing never disagrees with its facts.

extension SessionRow {
    /// This row with standing, `wakeAt` and `want` as they are at `now`; with what time alone has changed.
    package func assessed(at now: WallTime, by rules: ProjectRules, waits: Waits) -> SessionRow {
        var row = self
        row.dropTheImpossible(now, waits)
        row.passTime(now, rules, waits)
        let position = row.position(now, rules, waits)
        row.standing = position.standing
        row.want = position.want
        row.wakeAt = position.standing == .ended ? nil : row.bounded(position.wakeAt, now, waits)
        return row
    }

    /// When the serving of this token ends; nil when no end is known and none is assumed.
    package func end(of token: Token, by rules: ProjectRules) -> WallTime? {
        token.expiresAt ?? (hasRefreshToken ? token.issuedAt + rules.assumedLifetime(of: provider) : nil)
    }

    /// The moment that a refresh is for, and the life that it ends: the token's, or the session's if that is shorter.
    package func course(by rules: ProjectRules) -> (deadline: WallTime, life: Duration)? {
        guard let latest = next ?? token else { return nil }
        let deadline = min(end(of: latest, by: rules) ?? sessionExpiresAt, sessionExpiresAt)
        return (deadline, max(.zero, deadline - latest.issuedAt))
    }

    /// Law 1: no call that destroys or revives.
    package func mayBeSpentOn(at now: WallTime, by rules: ProjectRules) -> Bool {
        if case .ended = verdict { return false }
        return hasRefreshToken && sessionExpiresAt > now && createdAt + rules.maxSessionAge > now
    }

    /// Law 13: one refresh per session per third of its token's life, whatever is asked.
    package func restsUntil(by rules: ProjectRules) -> WallTime? {
        guard let latest = next ?? token, let course = course(by: rules) else { return nil }
        return latest.issuedAt + .milliseconds(course.life.wholeMilliseconds / 3)
    }

    /// When the margin before the deadline begins: five minutes when calls are scarce, a quarter of the life when they
    /// are not; never over a third of the life, or a short life would be all margin.
    package func dueAt(by rules: ProjectRules, waits: Waits) -> WallTime? {
        guard let (deadline, life) = course(by: rules) else { return nil }
        let margin: Int64 =
            switch rules.metering {
            case .metered: min(waits.margin.wholeMilliseconds, life.wholeMilliseconds / 3)
            case .unmetered: life.wholeMilliseconds / 4
            }
        return deadline - .milliseconds(margin)
    }

    /// Law 9: what lies further ahead than any rule puts it comes from a clock that was wrong then.
    private mutating func dropTheImpossible(_ now: WallTime, _ waits: Waits) {
        switch verdict {
        case .sound, .ended: break
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

    /// What time alone changes: doubt ends, sessions end, a waiting token takes over.
    private mutating func passTime(_ now: WallTime, _ rules: ProjectRules, _ waits: Waits) {
        if let sent = attempt, now >= sent.sentAt + waits.doubtFor { endDoubt(sent, now, waits) }
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
    }

    private func position(_ now: WallTime, _ rules: ProjectRules, _ waits: Waits) -> Position {
        let bedtime = now + waits.longestSleep
        if case .ended = verdict { return Position(standing: .ended, wakeAt: bedtime) }
        if let sent = attempt { return Position(standing: .inDoubt, wakeAt: nextDoubtLook(sent, now, waits)) }
        if case .suspected(_, let lookAt) = verdict { return Position(standing: .backingOff, wakeAt: lookAt) }
        guard hasRefreshToken else {
            if let token, token.expiresAt == nil { return Position(standing: .unexpiring, wakeAt: bedtime) }
            return Position(standing: .unrefreshable, wakeAt: bedtime)
        }
        if !mayBeSpentOn(at: now, by: rules) { return Position(standing: .unrefreshable, wakeAt: bedtime) }
        if !isElected { return Position(standing: .spare, wakeAt: bedtime) }
        if case .needsLogin(_, let lookAt) = verdict { return Position(standing: .needsLogin, wakeAt: lookAt) }
        if keep == .used && (lastReadAt ?? foundAt) + rules.stopAfter <= now {
            return Position(standing: .idle, wakeAt: bedtime)
        }
        if case .failing(_, let retryAt) = verdict, now < retryAt {
            return Position(standing: .backingOff, wakeAt: retryAt)
        }
        guard let dueAt = dueAt(by: rules, waits: waits), let course = course(by: rules) else {
            return Position(standing: .due, wakeAt: bedtime, want: now)
        }
        return now < dueAt
            ? Position(standing: .fresh, wakeAt: dueAt)
            : Position(standing: .due, wakeAt: bedtime, want: course.deadline)
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
        return min(now + .milliseconds(pause), sent.sentAt + waits.doubtFor)
    }

    /// Failed refreshes in a row.
    package var failures: Int {
        if case .failing(let failures, _) = verdict { return failures }
        return 0
    }
}
