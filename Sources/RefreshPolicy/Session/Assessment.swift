// Where a row stands at a moment, when to look at it again, and whether it wants a call: from the row and the rules
// alone. Every write of a row goes through here, so that its standing never disagrees with its facts.

extension SessionRow {
    /// This row with standing, `wakeAt` and `want` as they are at `now`; with what time alone has changed.
    package func assessed(at now: WallTime, by rules: ProjectRules, waits: Waits) -> SessionRow {
        var row = self
        row.passTime(now, rules, waits)
        let (standing, wakeAt, want) = row.position(now, rules, waits)
        row.standing = standing
        row.want = want
        // Bounded both ways: a clock step can neither put a row to sleep for years nor make it spin.
        row.wakeAt = standing == .ended ? nil : min(wakeAt, now + waits.longestSleep, row.sessionExpiresAt)
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

    /// What time alone changes: sessions end, a waiting token takes over, doubt ends.
    private mutating func passTime(_ now: WallTime, _ rules: ProjectRules, _ waits: Waits) {
        if case .ended = verdict {
            attempt = nil
            return
        }
        if sessionExpiresAt <= now {
            verdict = .ended(at: now)
            reason = Reason(.sessionExpired)
            attempt = nil
            return
        }
        if let waiting = next, token.flatMap({ end(of: $0, by: rules) }) ?? now <= now {
            token = waiting
            next = nil
        }
        if let sent = attempt, now >= sent.sentAt + waits.doubtFor {
            attempt = nil
            reason = Reason(.noChangeSeen)
            verdict = .failing(failures: failures + 1, retryAt: now)
        }
    }

    private func position(_ now: WallTime, _ rules: ProjectRules, _ waits: Waits) -> (Standing, WallTime, WallTime?) {
        let bedtime = now + waits.longestSleep
        if case .ended = verdict { return (.ended, bedtime, nil) }
        if let sent = attempt { return (.inDoubt, nextDoubtLook(sent, now, waits), nil) }
        if case .suspected(_, let lookAt) = verdict { return (.backingOff, lookAt, nil) }
        guard hasRefreshToken else {
            guard let token else { return (.unrefreshable, bedtime, nil) }
            return token.expiresAt == nil ? (.unexpiring, bedtime, nil) : (.unrefreshable, bedtime, nil)
        }
        if !mayBeSpentOn(at: now, by: rules) { return (.unrefreshable, bedtime, nil) }
        if !isElected { return (.spare, bedtime, nil) }
        if case .needsLogin(_, let lookAt) = verdict { return (.needsLogin, lookAt, nil) }
        if keep == .used && (lastReadAt ?? foundAt) + rules.stopAfter <= now { return (.idle, bedtime, nil) }
        if case .failing(_, let retryAt) = verdict, now < retryAt { return (.backingOff, retryAt, nil) }
        guard let dueAt = dueAt(by: rules, waits: waits), let course = course(by: rules) else {
            return (.due, bedtime, now)
        }
        return now < dueAt ? (.fresh, dueAt, nil) : (.due, bedtime, course.deadline)
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
