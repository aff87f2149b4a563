// The store as the loop sees it: it is asked until it answers. While it does not, nothing else is decided or sent, and
// nothing is forgotten: what was to be written is still here. A full disk that is emptied heals by itself.

import RefreshPolicy

/// Its methods throw only when the loop must end.
struct PatientStore: Sendable {
    let store: any SessionStore
    /// What is written goes through it, so that readers see it.
    let recent: RecentRows
    let journal: any Journal
    let clock: any WallClock
    let progress: Progress
    let inbox: Inbox
    let health: StoreHealth

    private static let pause: Duration = .seconds(1)

    func commit(_ changes: [Change]) async throws(CancellationError) {
        guard !changes.isEmpty else { return }
        try await persistently { () async throws(StoreError) in try await recent.commit(changes) }
    }

    func rows(of lookups: [Lookup]) async throws(CancellationError) -> [[SessionRow]] {
        guard !lookups.isEmpty else { return [] }
        return try await persistently { () async throws(StoreError) in try await store.rows(of: lookups, .inLine) }
    }

    func rows(of lookup: Lookup) async throws(CancellationError) -> [SessionRow] {
        try await rows(of: [lookup]).first ?? []
    }

    func contenders(in projects: [ProjectAlias], limit: Int) async throws(CancellationError) -> [Contender] {
        try await persistently { () async throws(StoreError) in
            try await store.contenders(in: projects, limit: limit)
        }
    }

    func nextWake(in projects: [ProjectAlias]) async throws(CancellationError) -> WallTime? {
        try await persistently { () async throws(StoreError) in try await store.nextWake(in: projects) }
    }

    func sessions(
        matching filter: SessionFilter, after: SessionKey?, limit: Int
    ) async throws(CancellationError) -> [SessionRow] {
        try await persistently { () async throws(StoreError) in
            try await store.sessions(matching: filter, after: after, limit: limit)
        }
    }

    func recall() async throws(CancellationError) -> StoredState {
        try await persistently { () async throws(StoreError) in try await store.recall() }
    }

    private func persistently<Value: Sendable>(
        _ operation: () async throws(StoreError) -> Value
    ) async throws(CancellationError) -> Value {
        var hasFailed = false
        var isLastTry = false
        while true {
            do throws(StoreError) {
                let value = try await operation()
                if hasFailed {
                    health.recovered()
                    journal.tell(.storeRecovered)
                }
                return value
            } catch {
                if !hasFailed { journal.tell(.storeFailed(error)) }
                hasFailed = true
                health.failed(error)
                // A stop waits for one more try: what is not written then is in doubt at the next start.
                if isLastTry { throw CancellationError() }
                isLastTry = inbox.isStopAsked
                try await clock.sleep(for: Self.pause)
                progress.mark()
            }
        }
    }
}
