// What must hold of the rows, whoever looks at them; and what must have come right by the end of a quiet time.

import AppwriteModel
import RefreshPolicy

extension Trial {
    /// Law 7: a secret never shows. The model's tokens begin with "at_" and "rt_".
    mutating func checkSecrecy(of notice: Notice) {
        let text = String(describing: notice)
        if text.contains("t_") && text.contains(/\b[ar]t_/) {
            stage.book.note(7, "said with a token in it: \(notice.inBrief)", at: stage.now)
        }
    }

    /// Law 12: only what is proven is permanent.
    mutating func checkRefusal(of row: SessionRow) {
        if row.reason.code != .providerRefused {
            stage.book.note(12, "\(row.key) needs a login: \(row.reason)", at: stage.now)
        }
    }

    /// Law 12: a session is over when it is gone, blocked or expired.
    mutating func checkEnd(of row: SessionRow) {
        guard let site = stage.wire.site(row.key.project) else { return }
        let project = stage.wire.server.project(site.project)
        guard let session = project?.session(row.key.session.rawValue) else { return }
        if everBlocked.contains("\(site.alias)/\(session.userID)") { return }
        // A PATCH of somebody else may have revived or shortened it meanwhile.
        if everTouched.contains(row.key.description) { return }
        if session.expiresAt <= stage.serverNow + 3000 { return }
        stage.book.note(12, "\(row.key) lives and was ended: \(row.reason)", at: stage.now)
    }

    mutating func audit() {
        guard stage.book.breaches.isEmpty else { return }
        // With an API key it is found again.
        for key in removed.sorted() {
            guard stage.machine.memory.row(key) != nil, stage.wire.site(key.project)?.apiKey == nil else { continue }
            stage.book.note(14, "\(key) was removed and is back", at: stage.now)
        }
        for row in stage.machine.memory.rows() {
            if (row.want != nil) != (row.standing == .due) {
                stage.book.note(
                    9, "\(row.key) is \(row.standing) and wants \(String(describing: row.want))", at: stage.now)
            }
            if row.standing != .ended && row.wakeAt == nil {
                stage.book.note(9, "\(row.key) never wakes", at: stage.now)
            }
            if let wakeAt = row.wakeAt, stage.wall + .days(2) < wakeAt {
                stage.book.note(9, "\(row.key) sleeps until \(wakeAt)", at: stage.now)
            }
            if let wakeAt = row.wakeAt, wakeAt + .seconds(120) < stage.wall {
                stage.book.note(9, "\(row.key) was to wake at \(wakeAt)", at: stage.now)
            }
        }
    }

    /// After hours without trouble everything that can be fresh is, nobody waits, and nothing is said to be wrong.
    mutating func auditPeace() {
        guard stage.book.breaches.isEmpty else { return }
        if waiting.values.contains(where: { $0.until < stage.now }) {
            stage.book.note(11, "readers wait still", at: stage.now)
        }
        // Whoever is not kept for want of calls may wait for ever.
        let isShort = stage.machine.scheduler.budgets(at: stage.wall).contains {
            $0.remaining == 0 || $0.shortage?.notKept ?? 0 > 0
        }
        for condition in stage.machine.scheduler.conditions {
            switch condition.cause {
            case .budgetShort, .callsOfOthers, .noRateHeaders, .meteredAfterAll, .grantsRefused, .loginsRefused: break
            case .providerFailing, .providerThrottling, .emptyAnswers, .clientRefused, .providerUnsupported,
                .unreachable, .serverFailing, .notUnderstood, .keyRefused, .keyMayNotMint, .projectUnknown,
                .serviceDisabled:
                // It is found out by a call, which somebody must want.
                let waiting = stage.machine.memory.rows().first { row in
                    !isShort && belongs(row, to: condition) && couldBeFresh(row)
                        && row.want.map { $0 + Self.patience < stage.wall } ?? false
                }
                if let row = waiting {
                    stage.book.note(
                        12, "\(condition.cause.rawValue) of \(condition.scope) never ended, and \(row.key) waits",
                        at: stage.now)
                }
            }
        }
        for row in stage.machine.memory.rows() where !isShort { checkFresh(row) }
    }

    /// Probes come half an hour apart, and one that is ill by itself may go first.
    private static let patience = Duration.seconds(7200)

    private func isHeld(_ row: SessionRow) -> Bool {
        stage.machine.scheduler.conditions.contains { $0.probeAt != nil && belongs(row, to: $0) }
    }

    private func belongs(_ row: SessionRow, to condition: Condition) -> Bool {
        switch condition.scope {
        case .host: true
        case .project(let alias): row.key.project == alias
        case .lane(let lane): row.lane == lane
        }
    }

    private mutating func checkFresh(_ row: SessionRow) {
        guard row.standing == .due || row.standing == .backingOff || row.standing == .inDoubt, couldBeFresh(row),
            let want = row.want ?? row.wakeAt, want + (isHeld(row) ? Self.patience : .seconds(60)) < stage.wall
        else { return }
        stage.book.note(3, "\(row.key) could be fresh and is \(row.standing): \(row.reason)", at: stage.now)
    }

    /// Whether Appwrite and the provider would renew it, were they asked.
    private func couldBeFresh(_ row: SessionRow) -> Bool {
        guard let site = stage.wire.site(row.key.project), let project = stage.wire.server.project(site.project),
            let session = project.session(row.key.session.rawValue), session.kind == .oauth,
            project.user(session.userID)?.status == .active, session.expiresAt > stage.serverNow + 600_000,
            let provider = project.provider(session.provider), provider.accepts(session.refreshToken)
        else { return false }
        // Tokens that live minutes are renewed as fast as ten calls an hour allow.
        return provider.behaviour.lifetime ?? 0 >= 3_600_000
    }
}
