// A fake of the control port: some rows, and one failure for everything if a test wants it.

package import RefreshEngine
package import RefreshPolicy
import Synchronization

package final class ScriptedControl: Controlling {
    private struct State {
        var rows: [SessionRow]
        var registered: [Secret] = []
    }

    private let state: Mutex<State>
    private let failure: ControlError?
    private let ending: RefreshReport.Ending
    private let engineStatus: EngineStatus

    package init(
        rows: [SessionRow] = [], failure: ControlError? = nil, ending: RefreshReport.Ending = .renewed,
        status: EngineStatus
    ) {
        state = Mutex(State(rows: rows.sorted { $0.key < $1.key }))
        self.failure = failure
        self.ending = ending
        engineStatus = status
    }

    /// The secrets that were registered, in order.
    package var registered: [Secret] { state.withLock { $0.registered } }

    /// Every secret is the first row's.
    package func register(secret: Secret, in project: ProjectAlias) async throws(ControlError) -> SessionRow {
        if let failure { throw failure }
        let row = state.withLock { state in
            state.registered.append(secret)
            return state.rows.first
        }
        guard let row else { throw .unknownSession }
        return row
    }

    package func sessions(
        matching filter: SessionFilter, after: SessionKey?, limit: Int
    ) async throws(ControlError) -> [SessionRow] {
        if let failure { throw failure }
        let rows = state.withLock { $0.rows }
        return Array(rows.filter { filter.shows($0, after: after) }.sorted(by: filter.isBefore).prefix(limit))
    }

    /// Its host and what is wrong with it are the status's.
    package func story(of key: SessionKey) async throws(ControlError) -> SessionStory {
        let row = try await session(key)
        return SessionStory(
            row: row, next: NextStep(.refresh, at: row.wakeAt), keeping: row.keep == .always ? .always : .used,
            readsPerHour: row.heat.map { $0.expectedReads(in: .seconds(3600), at: engineStatus.now) },
            host: engineStatus.hosts.first, conditions: engineStatus.conditions)
    }

    private func session(_ key: SessionKey) async throws(ControlError) -> SessionRow {
        if let failure { throw failure }
        guard let row = state.withLock({ $0.rows.first { $0.key == key } }) else { throw .unknownSession }
        return row
    }

    package func remove(_ key: SessionKey) async throws(ControlError) {
        _ = try await session(key)
        state.withLock { $0.rows.removeAll { $0.key == key } }
    }

    /// All projects have an API key.
    package func forget(
        _ user: UserID, in project: ProjectAlias?
    ) async throws(ControlError) -> [ForgottenUser] {
        if let failure { throw failure }
        let gone = state.withLock { state in
            let gone = state.rows.filter { $0.user == user && (project ?? $0.key.project) == $0.key.project }
            state.rows.removeAll { gone.contains($0) }
            return gone
        }
        guard !gone.isEmpty else { throw .unknownUser }
        return Dictionary(grouping: gone, by: \.key.project).sorted { $0.key < $1.key }.map {
            ForgottenUser(project: $0.key, sessions: $0.value.count, isSearched: true)
        }
    }

    package func refresh(_ key: SessionKey, maxWait: Duration) async throws(ControlError) -> RefreshReport {
        RefreshReport(ending: ending, row: try await session(key))
    }

    /// Its lines are a calm one and a warning.
    package func outlook(limit: Int) async throws(ControlError) -> Outlook {
        if let failure { throw failure }
        let rows = state.withLock { $0.rows }.prefix(limit)
        return Outlook(
            next: rows.map { Outlook.Upcoming(row: $0, step: NextStep(.refresh, at: $0.wakeAt)) },
            latest: [
                JournalLine(at: engineStatus.now - .seconds(9), isWarning: false, text: "a session was renewed"),
                JournalLine(at: engineStatus.now, isWarning: true, text: "something is wrong\u{1B}[2J"),
            ])
    }

    package func status() async throws(ControlError) -> EngineStatus {
        if let failure { throw failure }
        return engineStatus
    }
}

extension EngineStatus.Host {
    /// A host that gives 8 calls an hour to 14 grants whose tokens live an hour: 7 are kept, by the scheduler's word.
    package static func short(_ name: HostName, remaining: Int, resetAt: WallTime, now: WallTime) -> Self {
        guard let alias = ProjectAlias("shop") else { preconditionFailure("no alias") }
        var scheduler = Scheduler(
            rules: Rules(projects: [ProjectRules(alias: alias, host: name, hasAPIKey: true)]), now: now)
        let grants = (1...14).map { grant in
            let claim = Claim(
                priority: Heat(asOneReadAt: now - .seconds(grant)), period: .seconds(3600) - Waits().marginWhenTight)
            return Contender(claim: claim, want: nil, wakeAt: nil)
        }
        _ = scheduler.handle(.contenders(name, grants), now: now)
        return EngineStatus.Host(
            name: name, metering: .metered, limit: 10, remaining: remaining, resetAt: resetAt,
            shortage: scheduler.budgets(at: now).first?.shortage)
    }
}
