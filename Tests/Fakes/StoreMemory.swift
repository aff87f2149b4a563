// What a MemoryStore remembers, and what each change does to it.

import RefreshEngine
import RefreshPolicy

struct StoreMemory {
    var outage = MemoryStore.Outage.none
    private var sessions: [SessionKey: SessionRow] = [:]
    private var readAt: [Grant: WallTime] = [:]
    private var budgets: [HostName: BudgetRecord] = [:]
    private var state = StoredState()

    init(rows: [SessionRow]) {
        for row in rows { apply(.put(row)) }
    }

    var recalled: StoredState {
        var recalled = state
        recalled.budgets = budgets.values.sorted { $0.host < $1.host }
        return recalled
    }

    func row(_ key: SessionKey) -> SessionRow? {
        sessions[key].map(withDemand)
    }

    /// In the order of their keys.
    func rows(where isWanted: (SessionRow) -> Bool) -> [SessionRow] {
        sessions.values.filter(isWanted).sorted { $0.key < $1.key }.map(withDemand)
    }

    private func withDemand(_ row: SessionRow) -> SessionRow {
        var row = row
        row.lastReadAt = readAt[row.grant]
        return row
    }

    mutating func apply(_ change: Change) {
        switch change {
        case .put(let row):
            let replaced = sessions.updateValue(row, forKey: row.key)
            if replaced?.grant != row.grant { forgetDemand(of: replaced?.grant) }
        case .remove(let key):
            let removed = sessions.removeValue(forKey: key)
            forgetDemand(of: removed?.grant)
        case .budget(let record):
            budgets[record.host] = record
        case .attempts(let attempt):
            state.lastAttempt = max(state.lastAttempt, attempt)
        case .discovery(let project, let step):
            state.marks[project, default: DiscoveryMark()].take(step)
        case .read(let grant, let time):
            if hasSession(grant) { readAt[grant] = time }
        case .shift(let step):
            shift(by: step)
        case .seen(let time):
            state.lastSeenAt = time
        }
    }

    private func hasSession(_ grant: Grant) -> Bool {
        sessions.values.contains { $0.grant == grant }
    }

    private mutating func forgetDemand(of grant: Grant?) {
        guard let grant, !hasSession(grant) else { return }
        readAt[grant] = nil
    }

    private mutating func shift(by step: Duration) {
        sessions = sessions.mapValues { $0.shifted(by: step) }
        readAt = readAt.mapValues { $0 + step }
        budgets = budgets.mapValues { record in
            var record = record
            record.resetAt = record.resetAt + step
            return record
        }
        state.marks = state.marks.mapValues { mark in
            DiscoveryMark(identitiesUpTo: mark.identitiesUpTo, walkedAt: mark.walkedAt.map { $0 + step })
        }
        state.lastSeenAt = state.lastSeenAt.map { $0 + step }
    }
}

extension SessionRow {
    fileprivate func shifted(by step: Duration) -> SessionRow {
        var row = self
        row.token = token?.shifted(by: step)
        row.next = next?.shifted(by: step)
        row.sessionExpiresAt = sessionExpiresAt + step
        row.createdAt = createdAt + step
        row.foundAt = foundAt + step
        row.lookedAt = lookedAt + step
        row.verdict = verdict.shifted(by: step)
        row.attempt = attempt.map { SentAttempt(id: $0.id, sentAt: $0.sentAt + step) }
        row.wakeAt = wakeAt.map { $0 + step }
        row.want = want.map { $0 + step }
        return row
    }
}

extension Token {
    fileprivate func shifted(by step: Duration) -> Token {
        Token(value: value, issuedAt: issuedAt + step, expiresAt: expiresAt.map { $0 + step })
    }
}

extension Verdict {
    fileprivate func shifted(by step: Duration) -> Verdict {
        switch self {
        case .sound: .sound
        case .failing(let failures, let retryAt): .failing(failures: failures, retryAt: retryAt + step)
        case .suspected(let since, let lookAt): .suspected(since: since + step, lookAt: lookAt + step)
        case .needsLogin(let since, let lookAt): .needsLogin(since: since + step, lookAt: lookAt + step)
        case .ended(let time): .ended(at: time + step)
        }
    }
}
