// The course of a row's token: when it ends, when a refresh of it is due, and what may not be asked of it.

extension SessionRow {
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

    /// How long before a deadline a refresh is due: minutes when calls are scarce, a quarter of the life when they are
    /// not; never over a third of the life, or a short life would be all margin.
    func margin(beforeEndOf life: Duration, by rules: ProjectRules, waits: Waits) -> Duration {
        switch rules.metering {
        case .metered: waits.meteredMargin(beforeEndOf: life, isTight: rules.isTight)
        case .unmetered: .milliseconds(life.wholeMilliseconds / 4)
        }
    }

    /// When the margin before the deadline begins.
    package func dueAt(by rules: ProjectRules, waits: Waits) -> WallTime? {
        guard let (deadline, life) = course(by: rules) else { return nil }
        return deadline - margin(beforeEndOf: life, by: rules, waits: waits)
    }

    /// What a row that can be refreshed needs next.
    enum Need: Hashable {
        /// It is not kept before then.
        case nothing(until: WallTime)
        /// What it has lasts until then, and no longer is it kept.
        case enough(until: WallTime)
        case call(from: WallTime, deadline: WallTime)
    }

    func need(at now: WallTime, by rules: ProjectRules, waits: Waits) -> Need {
        switch rules.keeping(of: self) {
        case .used:
            let restsFrom = (lastReadAt ?? foundAt) + rules.stopAfter
            guard now < restsFrom else { return .nothing(until: now + waits.longestSleep) }
            return nextCall(now, rules, waits)
        case .always: return nextCall(now, rules, waits)
        case .daily(let span): return need(in: span, at: now, rules, waits)
        }
    }

    private func nextCall(_ now: WallTime, _ rules: ProjectRules, _ waits: Waits) -> Need {
        guard let dueAt = dueAt(by: rules, waits: waits), let course = course(by: rules) else {
            return .call(from: now, deadline: now)
        }
        return .call(from: dueAt, deadline: course.deadline)
    }

    /// A token for a span of the day is best taken so late that it lasts to the span's end, if it can.
    private func need(in span: DailySpan, at now: WallTime, _ rules: ProjectRules, _ waits: Waits) -> Need {
        let (start, end) = span.occurrence(at: now)
        let course = course(by: rules)
        let life = course?.life ?? rules.assumedLifetime(of: provider)
        let margin = margin(beforeEndOf: life, by: rules, waits: waits)
        let opensAt = start - max(margin, life - span.length)
        guard now >= opensAt else { return .nothing(until: opensAt) }
        guard let course else { return .call(from: opensAt, deadline: start) }
        if course.deadline >= end { return .enough(until: end) }
        let coversAll = max(now, opensAt) + life >= end
        guard course.deadline <= start || (coversAll && now < start) else {
            return .call(from: course.deadline - margin, deadline: course.deadline)
        }
        return .call(from: max(opensAt, restsUntil(by: rules) ?? opensAt), deadline: max(start, course.deadline))
    }

    /// What the row asks of the budget while it is kept.
    func claim(by rules: ProjectRules, waits: Waits) -> Claim {
        let life = course(by: rules)?.life ?? rules.assumedLifetime(of: provider)
        let period = max(.seconds(1), life - margin(beforeEndOf: life, by: rules, waits: waits))
        let heat = heat ?? Heat(asOneReadAt: foundAt)
        return Claim(priority: heat.stepped(by: lead(of: period, by: rules)), period: period)
    }

    /// Ahead, or behind, by more than any reads can make up for.
    private func lead(of period: Duration, by rules: ProjectRules) -> Duration {
        // One that asks for more calls than there are is never kept, and is to take none from those that can be.
        if rules.metering == .metered && rules.budget.isExceeded(byOneCallIn: period) { return .days(-3 * 36_525) }
        return switch rules.keeping(of: self) {
        case .used: .zero
        case .always: .days(36_525)
        case .daily: .days(2 * 36_525)
        }
    }
}
