// The store without a disk, for the tests of whatever stands on its port. The contract test of the store is run
// against this one and the real one alike, so that a test that passes here tells something.

package import RefreshEngine
package import RefreshPolicy
import Synchronization

package final class MemoryStore: SessionStore {
    /// What the store refuses until told otherwise, so that a test may fill its disk or break it.
    package enum Outage: Hashable, Sendable {
        case none
        case writes(StoreError)
        case everything(StoreError)
    }

    private let memory: Mutex<StoreMemory>

    package init(rows: [SessionRow] = []) {
        memory = Mutex(StoreMemory(rows: rows))
    }

    package var outage: Outage {
        get { memory.withLock { $0.outage } }
        set { memory.withLock { $0.outage = newValue } }
    }

    /// All rows in the order of their keys, whatever the outage.
    package var rows: [SessionRow] {
        memory.withLock { $0.rows { _ in true } }
    }

    package func commit(_ changes: [Change]) async throws(StoreError) {
        try memory.withLock { memory throws(StoreError) in
            switch memory.outage {
            case .none: break
            case .writes(let error), .everything(let error): throw error
            }
            for change in changes { memory.apply(change) }
        }
    }

    package func due(
        at now: WallTime, latest: WallTime, in projects: [ProjectAlias], limit: Int
    ) async throws(StoreError) -> [SessionRow] {
        try read { memory in
            let candidates = memory.rows { row in
                guard let wakeAt = row.wakeAt else { return false }
                return projects.contains(row.key.project) && (wakeAt <= now || wakeAt > latest)
            }
            return Self.first(limit, of: candidates, by: \.wakeAt)
        }
    }

    package func wanting(in project: ProjectAlias, limit: Int) async throws(StoreError) -> [SessionRow] {
        try read { memory in
            Self.first(limit, of: memory.rows { $0.key.project == project && $0.want != nil }, by: \.want)
        }
    }

    package func nextWake(in projects: [ProjectAlias]) async throws(StoreError) -> WallTime? {
        try read { memory in
            memory.rows { projects.contains($0.key.project) }.compactMap(\.wakeAt).min()
        }
    }

    package func session(_ key: SessionKey) async throws(StoreError) -> SessionRow? {
        try read { $0.row(key) }
    }

    package func sessions(of user: UserID, in project: ProjectAlias) async throws(StoreError) -> [SessionRow] {
        try read { memory in memory.rows { $0.key.project == project && $0.user == user } }
    }

    package func sessions(
        matching filter: SessionFilter, after: SessionKey?, limit: Int
    ) async throws(StoreError) -> [SessionRow] {
        try read { memory in
            let matching = memory.rows { row in
                after.map { $0 < row.key } ?? true
                    && filter.project.map { $0 == row.key.project } ?? true
                    && filter.user.map { $0 == row.user } ?? true
                    && filter.provider.map { $0 == row.provider } ?? true
                    && filter.standing.map { $0 == row.standing } ?? true
            }
            return Array(matching.prefix(limit))
        }
    }

    package func counts() async throws(StoreError) -> [StandingCount] {
        try read { memory in
            let byProject = Dictionary(grouping: memory.rows { _ in true }, by: \.key.project)
            return byProject.sorted { $0.key < $1.key }.flatMap { project, rows in
                Dictionary(grouping: rows, by: \.standing)
                    .sorted { $0.key.rawValue < $1.key.rawValue }
                    .map { StandingCount(project: project, standing: $0.key, count: $0.value.count) }
            }
        }
    }

    package func recall() async throws(StoreError) -> StoredState {
        try read { $0.recalled }
    }

    private func read<Value: Sendable>(_ body: (borrowing StoreMemory) -> Value) throws(StoreError) -> Value {
        try memory.withLock { memory throws(StoreError) in
            if case .everything(let error) = memory.outage { throw error }
            return body(memory)
        }
    }

    /// The first rows by a time that all of them have, and by key where times are the same.
    private static func first(
        _ limit: Int, of rows: [SessionRow], by time: KeyPath<SessionRow, WallTime?>
    ) -> [SessionRow] {
        let timed = rows.compactMap { row in row[keyPath: time].map { (time: $0, row: row) } }
        return timed.sorted { ($0.time, $0.row.key) < ($1.time, $1.row.key) }.prefix(limit).map(\.row)
    }
}
