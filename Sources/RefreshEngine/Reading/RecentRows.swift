// The rows that readers asked for last: asking again costs no look into the store.

import RefreshPolicy
import Synchronization

/// Never older than the store. The loop commits through it, and what a commit may change is dropped before that returns;
/// what was read while one was under way is not kept at all. Bounded by bytes.
final class RecentRows: Sendable {
    private struct State {
        var shelf: Shelf
        /// Commits under way.
        var commits = 0
        /// How many of them have ended.
        var ended = 0
    }

    private let store: any SessionStore
    private let state: Mutex<State>

    /// Bytes: some ten thousand sessions with tokens as long as Google's.
    private static let capacity = 16 << 20

    init(_ store: any SessionStore) {
        self.store = store
        state = Mutex(State(shelf: Shelf(capacity: Self.capacity)))
    }

    func session(_ key: SessionKey) async throws(StoreError) -> SessionRow? {
        try await rows(of: .session(key)).first
    }

    func sessions(of user: UserID, in project: ProjectAlias) async throws(StoreError) -> [SessionRow] {
        try await rows(of: .user(user, project))
    }

    private func rows(of lookup: Lookup) async throws(StoreError) -> [SessionRow] {
        let (known, ended) = state.withLock { ($0.shelf.rows(of: lookup), $0.ended) }
        if let known { return known }
        let rows = try await store.rows(of: lookup)
        state.withLock { state in
            if state.commits == 0 && state.ended == ended { state.shelf.put(rows, of: lookup) }
        }
        return rows
    }

    /// Whether it succeeds or not: a commit that fails leaves open what became of it.
    func commit(_ changes: [Change]) async throws(StoreError) {
        state.withLock { $0.commits += 1 }
        defer {
            state.withLock { state in
                state.commits -= 1
                state.ended += 1
                for change in changes { state.shelf.drop(whatIsChangedBy: change) }
            }
        }
        try await store.commit(changes)
    }
}
