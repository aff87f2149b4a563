// What a forecast begins from, put together from what the daemon tells of itself: rows without tokens, and budgets.

import RefreshPolicy
import RefreshSimulation
import TokenAPI

extension Forecast.Present {
    /// By the settings' rules, corrected by what the daemon found its calls to be.
    init(rules settings: Rules, status: StatusBody, sessions: [SessionBody]) {
        var projects: [ProjectRules] = []
        for var project in settings.projects {
            if let host = status.hosts.first(where: { $0.name == project.host.rawValue }),
                let metering = Metering(rawValue: host.metering)
            {
                project.metering = metering
                project.budget.limit = host.limit
            }
            projects.append(project)
        }
        let rules = Rules(projects: projects, waits: settings.waits)
        let budgets = status.hosts.map { host in
            BudgetRecord(
                host: HostName(host.name), resetAt: host.resetAt.time, limit: host.limit,
                spent: host.limit - host.remaining, inFlight: 0)
        }
        let rows = sessions.compactMap { body -> SessionRow? in
            guard let row = SessionRow(body, now: status.now.time), let project = rules.project(row.key.project) else {
                return nil
            }
            return row.assessed(at: status.now.time, by: project, waits: rules.waits)
        }
        self.init(rules: rules, rows: rows, budgets: budgets, now: status.now.time)
    }
}

extension SessionRow {
    /// Nil for words of another version, whose session is left out.
    fileprivate init?(_ body: SessionBody, now: WallTime) {
        guard let project = ProjectAlias(body.project), let session = SessionID(body.sessionID),
            let user = UserID(body.userID), let provider = ProviderName(body.provider),
            let source = Source(rawValue: body.source), let keep = Keep(rawValue: body.keep),
            let standing = Standing(rawValue: body.standing), let unknown = Secret("not told")
        else { return nil }
        let retryAt = body.retryAt?.time ?? now
        let verdict: Verdict =
            switch standing {
            case .ended: .ended(at: now)
            case .needsLogin: .needsLogin(since: now, lookAt: retryAt)
            case .fresh, .due, .refreshing, .inDoubt, .backingOff, .unexpiring, .unrefreshable, .idle, .spare:
                body.failures > 0 ? .failing(failures: body.failures, retryAt: retryAt) : .sound
            }
        self.init(
            key: SessionKey(project: project, session: session), user: user, provider: provider,
            providerUID: body.providerUID, source: source, keep: keep,
            token: body.issuedAt.map { Token(value: unknown, issuedAt: $0.time, expiresAt: body.expiresAt?.time) },
            hasRefreshToken: body.hasRefreshToken, sessionExpiresAt: body.sessionExpiresAt.time,
            createdAt: body.createdAt.time, foundAt: body.foundAt.time, lookedAt: body.lookedAt.time,
            lastReadAt: body.lastReadAt?.time, heat: body.heat.map { Heat(asOneReadAt: $0.time) }, verdict: verdict,
            isElected: body.elected, reason: Reason(.confirmed))
    }
}
