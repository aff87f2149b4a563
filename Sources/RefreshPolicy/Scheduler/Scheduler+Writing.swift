// The one way that rows are assessed, written and told of, and how the scheduler finds its own state.

extension Scheduler {
    /// The row as it stands now; one whose PATCH is under way is `refreshing`, not in doubt.
    func assess(_ row: SessionRow, now: WallTime) -> SessionRow {
        guard let project = state(of: row.key.project) else { return row }
        var assessed = row.assessed(at: now, by: project.rules(at: now), waits: rules.waits)
        if let sent = assessed.attempt, let flight = flights[row.key], flight.attempt == sent.id {
            assessed.standing = .refreshing
            assessed.wakeAt = max(sent.sentAt + rules.waits.doubtFor, now + rules.waits.lookFor)
        }
        return assessed
    }

    /// Writes a row if it changed, and tells what an operator should know of the change.
    mutating func write(_ row: SessionRow, over stored: SessionRow?, regroups: Bool = false) {
        guard row != stored else { return }
        actions.append(.store([.put(row)], attempt: nil))
        if let notice = Self.notice(of: row, after: stored) { actions.append(.tell(notice)) }
        guard regroups, let stored, stored.standing != row.standing else { return }
        if row.standing == .ended || row.standing == .needsLogin {
            actions.append(.regroup(row.key.project, row.user))
        }
    }

    private static func notice(of row: SessionRow, after stored: SessionRow?) -> Notice? {
        guard let stored else { return row.reason.code == .registered ? .registered(row) : .found(row) }
        if row.standing != stored.standing {
            switch row.standing {
            case .needsLogin: return .needsLogin(row)
            case .ended: return .ended(row)
            case .inDoubt: return .inDoubt(row)
            case .fresh where stored.standing == .needsLogin || stored.standing == .ended: return .recovered(row)
            case .fresh, .due, .refreshing, .backingOff, .unexpiring, .unrefreshable, .idle, .spare, .paused: break
            }
        }
        if row.reason.code == .adopted && row.token != stored.token { return .adopted(row) }
        if row.failures > stored.failures { return .failed(row) }
        return nil
    }

    mutating func dismissReaders(of key: SessionKey) {
        for reader in readers.dismiss(key) { actions.append(.reply(reader)) }
    }

    mutating func learnClock(_ headers: AnswerHeaders?, of host: Int) {
        guard let headers, let date = headers.date else { return }
        hosts[host].clock.learn(date: date, sentAt: headers.sentAt, receivedAt: headers.receivedAt)
    }

    func evidence(_ headers: AnswerHeaders?, of row: SessionRow, sentAt: WallTime, now: WallTime) -> Evidence {
        Evidence(
            clock: clock(of: row.key.project), sentAt: headers?.sentAt ?? sentAt, receivedAt: headers?.receivedAt ?? now)
    }

    func index(of project: ProjectAlias) -> Int? {
        projects.firstIndex { $0.rules.alias == project }
    }

    func state(of project: ProjectAlias) -> ProjectState? {
        projects.first { $0.rules.alias == project }
    }

    func host(of project: ProjectRules) -> HostState {
        hosts.first { $0.name == project.host }
            ?? HostState(project.host, project.budget, record: nil, now: WallTime(milliseconds: 0))
    }

    func hostIndex(of project: ProjectAlias) -> Int? {
        state(of: project).flatMap { project in hosts.firstIndex { $0.name == project.rules.host } }
    }
}
