// What a store remembers, what each change does to it, and what it answers: in memory, in plain sight, and fast enough
// for a simulation of many days. The contract of the real store holds for it too.

package import RefreshPolicy

package struct RowMemory: Sendable {
    private var sessions: [SessionKey: SessionRow] = [:]
    private var demand: [Grant: GrantDemand] = [:]
    private var keysByUser: [Owner: [SessionKey]] = [:]
    private var budgets: [HostName: BudgetRecord] = [:]
    private var state = StoredState()
    private var waking = OrderedIndex<WallTime>()
    private var wanting = OrderedIndex<WallTime>()
    private var claiming = OrderedIndex<Heat>()

    private struct GrantDemand {
        var heat: Heat
        var lastReadAt: WallTime
    }

    private struct Owner: Hashable {
        let project: ProjectAlias
        let user: UserID
    }

    package init(rows: [SessionRow] = []) {
        for row in rows {
            apply(.put(row))
            guard let readAt = row.lastReadAt else { continue }
            demand[row.grant] = GrantDemand(heat: row.heat ?? Heat(asOneReadAt: readAt), lastReadAt: readAt)
        }
    }

    package var count: Int { sessions.count }

    var lastAttempt: AttemptID { state.lastAttempt }

    package var recalled: StoredState {
        var recalled = state
        recalled.budgets = budgets.values.sorted { $0.host < $1.host }
        return recalled
    }

    package func row(_ key: SessionKey) -> SessionRow? {
        sessions[key].map(withDemand)
    }

    /// In the order of their keys.
    package func rows(where isWanted: (SessionRow) -> Bool = { _ in true }) -> [SessionRow] {
        sessions.values.filter(isWanted).sorted { $0.key < $1.key }.map(withDemand)
    }

    package func rows(of user: UserID, in project: ProjectAlias) -> [SessionRow] {
        keysByUser[Owner(project: project, user: user), default: []].compactMap(row)
    }

    package func due(at now: WallTime, latest: WallTime, in projects: [ProjectAlias], limit: Int) -> [SessionRow] {
        var keys: [SessionKey] = []
        for entry in waking.entries.prefix(while: { $0.value <= now }) where projects.contains(entry.key.project) {
            if keys.count == limit { break }
            keys.append(entry.key)
        }
        for entry in waking.entries[waking.first { $0.value > max(now, latest) }...]
        where projects.contains(entry.key.project) {
            if keys.count == limit { break }
            keys.append(entry.key)
        }
        return keys.compactMap(row)
    }

    package func nextWake(in projects: [ProjectAlias]) -> WallTime? {
        waking.entries.first { projects.contains($0.key.project) }?.value
    }

    package func rows(for errand: Errand) -> [SessionRow] {
        func isOpen(_ row: SessionRow) -> Bool {
            errand.projects.contains(row.key.project) && !errand.held.contains(row.lane)
                && !errand.underWay.contains(row.key)
        }
        func first(_ keys: some Sequence<SessionKey>, where fits: (SessionRow) -> Bool) -> [SessionRow] {
            var rows: [SessionRow] = []
            for key in keys {
                guard rows.count < errand.limit else { break }
                guard let row = sessions[key], isOpen(row), fits(row) else { continue }
                rows.append(withDemand(row))
            }
            return rows
        }
        func isAtLeast(_ floor: Heat?, _ row: SessionRow) -> Bool {
            floor.map { floor in row.claim.map { floor <= $0.priority } ?? false } ?? true
        }
        switch errand.order {
        case .kept(let floor):
            return first(wanting.entries.lazy.map(\.key)) { isAtLeast(floor, $0) }
        case .rest(let floor):
            let below = claiming.entries[..<claiming.first { $0.value >= floor }]
            return first(below.reversed().lazy.map(\.key)) { $0.want != nil }
        case .early(let floor, let before):
            let waking = waking.entries.lazy.prefix { $0.value < before }
            return first(waking.map(\.key)) { $0.claim != nil && $0.standing == .fresh && isAtLeast(floor, $0) }
        }
    }

    package func contenders(in projects: [ProjectAlias], limit: Int) -> [Contender] {
        var contenders: [Contender] = []
        for entry in claiming.entries.reversed() where projects.contains(entry.key.project) {
            guard contenders.count < limit else { break }
            guard let row = sessions[entry.key], let claim = row.claim else { continue }
            contenders.append(Contender(claim: claim, want: row.want, wakeAt: row.wakeAt))
        }
        return contenders
    }

    package mutating func apply(_ change: Change) {
        switch change {
        case .put(let row): put(row)
        case .remove(let key):
            let removed = forget(key)
            forgetDemand(of: removed?.grant)
        case .budget(let record): budgets[record.host] = record
        case .attempts(let attempt): state.lastAttempt = max(state.lastAttempt, attempt)
        case .discovery(let project, let step): state.marks[project, default: DiscoveryMark()].take(step)
        case .read(let grant, let times, let time): note(times, readsOf: grant, at: time)
        case .condition(let condition):
            state.conditions.removeAll { $0.scope == condition.scope && $0.cause == condition.cause }
            state.conditions.append(condition)
        case .conditionOver(let scope, let cause):
            state.conditions.removeAll { $0.scope == scope && $0.cause == cause }
        case .shift(let step): shift(by: step)
        case .seen(let time): state.lastSeenAt = time
        }
    }

    private func withDemand(_ row: SessionRow) -> SessionRow {
        var row = row
        let demand = demand[row.grant]
        row.lastReadAt = demand?.lastReadAt
        row.heat = demand?.heat
        return row
    }

    private mutating func put(_ row: SessionRow) {
        let replaced = forget(row.key)
        sessions[row.key] = row
        if let wakeAt = row.wakeAt { waking.insert(row.key, at: wakeAt) }
        if let want = row.want { wanting.insert(row.key, at: want) }
        if let claim = row.claim { claiming.insert(row.key, at: claim.priority) }
        let owner = Owner(project: row.key.project, user: row.user)
        let keys = keysByUser[owner, default: []]
        keysByUser[owner, default: []].insert(row.key, at: keys.firstIndex { row.key < $0 } ?? keys.count)
        if replaced?.grant != row.grant { forgetDemand(of: replaced?.grant) }
    }

    @discardableResult
    private mutating func forget(_ key: SessionKey) -> SessionRow? {
        guard let row = sessions.removeValue(forKey: key) else { return nil }
        if let wakeAt = row.wakeAt { waking.remove(key, at: wakeAt) }
        if let want = row.want { wanting.remove(key, at: want) }
        if let claim = row.claim { claiming.remove(key, at: claim.priority) }
        keysByUser[Owner(project: key.project, user: row.user)]?.removeAll { $0 == key }
        return row
    }

    private func sessions(of grant: Grant) -> [SessionRow] {
        keysByUser[Owner(project: grant.project, user: grant.user), default: []]
            .compactMap { sessions[$0] }.filter { $0.grant == grant }
    }

    private mutating func note(_ times: Int, readsOf grant: Grant, at time: WallTime) {
        let rows = sessions(of: grant)
        guard !rows.isEmpty else { return }
        let old = demand[grant]?.heat
        let heat = Heat(reads: times, at: time)
        let new = old.map { $0.adding(heat) } ?? heat
        demand[grant] = GrantDemand(heat: new, lastReadAt: time)
        for var row in rows {
            row.claim?.warm(from: old ?? Heat(asOneReadAt: row.foundAt), to: new)
            put(row)
        }
    }

    private mutating func forgetDemand(of grant: Grant?) {
        guard let grant, sessions(of: grant).isEmpty else { return }
        demand[grant] = nil
    }

    private mutating func shift(by step: Duration) {
        for row in sessions.values { put(row.shifted(by: step)) }
        demand = demand.mapValues {
            GrantDemand(heat: $0.heat.stepped(by: step), lastReadAt: $0.lastReadAt + step)
        }
        budgets = budgets.mapValues { $0.stepped(by: step) }
        state.conditions = state.conditions.map { $0.stepped(by: step) }
        state.marks = state.marks.mapValues { mark in
            DiscoveryMark(identitiesUpTo: mark.identitiesUpTo, walkedAt: mark.walkedAt.map { $0 + step })
        }
        state.lastSeenAt = state.lastSeenAt.map { $0 + step }
    }
}
