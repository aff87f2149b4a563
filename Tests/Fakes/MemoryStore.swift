// The store without a disk, for the tests of whatever stands on its port. The contract test of the store is run
// against this one and the real one alike, so that a test that passes here tells something.

package import RefreshEngine
package import RefreshPolicy
import RefreshSimulation
import Synchronization

package final class MemoryStore: SessionStore {
    /// What the store refuses until told otherwise, so that a test may fill its disk or break it.
    package enum Outage: Hashable, Sendable {
        case none
        case writes(StoreError)
        case everything(StoreError)
    }

    private struct State {
        var memory: RowMemory
        var outage = Outage.none
        var largestCommit = 0
    }

    private let state: Mutex<State>

    package init(rows: [SessionRow] = []) {
        state = Mutex(State(memory: RowMemory(rows: rows)))
    }

    package var outage: Outage {
        get { state.withLock { $0.outage } }
        set { state.withLock { $0.outage = newValue } }
    }

    /// How many changes were written at once, at most.
    package var largestCommit: Int { state.withLock { $0.largestCommit } }

    /// All rows in the order of their keys, whatever the outage.
    package var rows: [SessionRow] {
        state.withLock { $0.memory.rows() }
    }

    package func commit(_ changes: [Change]) async throws(StoreError) {
        try state.withLock { state throws(StoreError) in
            switch state.outage {
            case .none: break
            case .writes(let error), .everything(let error): throw error
            }
            state.largestCommit = max(state.largestCommit, changes.count)
            for change in changes { state.memory.apply(change) }
        }
    }

    package func rows(of lookups: [Lookup], _ place: ReadPlace) async throws(StoreError) -> [[SessionRow]] {
        try read { memory in lookups.map { memory.rows(of: $0) } }
    }

    package func contenders(in projects: [ProjectAlias], limit: Int) async throws(StoreError) -> [Contender] {
        try read { $0.contenders(in: projects, limit: limit) }
    }

    package func nextWake(in projects: [ProjectAlias]) async throws(StoreError) -> WallTime? {
        try read { $0.nextWake(in: projects) }
    }

    package func sessions(
        matching filter: SessionFilter, after: SessionKey?, limit: Int
    ) async throws(StoreError) -> [SessionRow] {
        try read { memory in
            Array(memory.rows { filter.shows($0, after: after) }.sorted(by: filter.isBefore).prefix(limit))
        }
    }

    package func counts() async throws(StoreError) -> [StandingCount] {
        try read { memory in
            let byProject = Dictionary(grouping: memory.rows(), by: \.key.project)
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

    private func read<Value: Sendable>(_ body: (borrowing RowMemory) -> Value) throws(StoreError) -> Value {
        try state.withLock { state throws(StoreError) in
            if case .everything(let error) = state.outage { throw error }
            return body(state.memory)
        }
    }
}

extension RowMemory {
    fileprivate func rows(of lookup: Lookup) -> [SessionRow] {
        switch lookup {
        case .session(let key): row(key).map { [$0] } ?? []
        case .user(let user, let project): rows(of: user, in: project)
        case .due(let now, let latest, let projects, let limit):
            due(at: now, latest: latest, in: projects, limit: limit)
        case .errand(let errand): rows(for: errand)
        }
    }
}
