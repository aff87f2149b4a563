// A store that can be made to hang in a write, before it or after it, or in a read of sessions, or to lose what it is
// told, and that counts the turns of its reader.

package import RefreshEngine
package import RefreshPolicy
import Synchronization

package final class HangingStore: SessionStore {
    package let memory: MemoryStore
    /// Shut, writes hang before anything is on disk.
    package let beforeWriting = Gate()
    /// Shut, writes hang when everything is on disk.
    package let afterWriting = Gate()
    /// Shut, reads of single sessions and of a user's hang when they have seen what there is.
    package let afterReading = Gate()
    private let readCount = Mutex(0)
    private let turns = Mutex(0)
    private let isLosing = Mutex(false)

    package init(_ memory: MemoryStore) {
        self.memory = memory
    }

    /// How often it was asked for what is due: once in each turn of the loop.
    package var turnCount: Int { turns.withLock { $0 } }

    /// How often a session or a user's were read.
    package var reads: Int { readCount.withLock { $0 } }

    /// From now on writes seem to succeed, and change nothing: a mistake of a store.
    package func loseWrites() { isLosing.withLock { $0 = true } }

    package func commit(_ changes: [Change]) async throws(StoreError) {
        guard await beforeWriting.pass() else { throw .unavailable("interrupted before writing") }
        if !isLosing.withLock({ $0 }) { try await memory.commit(changes) }
        guard await afterWriting.pass() else { throw .unavailable("interrupted after writing") }
    }

    package func rows(of lookups: [Lookup], _ place: ReadPlace) async throws(StoreError) -> [[SessionRow]] {
        let (isTurn, isRead) = (lookups.contains(where: \.isDue), lookups.contains(where: \.isOfSessions))
        if isTurn { turns.withLock { $0 += 1 } }
        if isRead { readCount.withLock { $0 += 1 } }
        let rows = try await memory.rows(of: lookups, place)
        if isRead {
            guard await afterReading.pass() else { throw .unavailable("interrupted while reading") }
        }
        return rows
    }

    package func contenders(in projects: [ProjectAlias], limit: Int) async throws(StoreError) -> [Contender] {
        try await memory.contenders(in: projects, limit: limit)
    }

    package func nextWake(in projects: [ProjectAlias]) async throws(StoreError) -> WallTime? {
        try await memory.nextWake(in: projects)
    }

    package func sessions(
        matching filter: SessionFilter, after: SessionKey?, limit: Int
    ) async throws(StoreError) -> [SessionRow] {
        try await memory.sessions(matching: filter, after: after, limit: limit)
    }

    package func counts() async throws(StoreError) -> [StandingCount] { try await memory.counts() }

    package func recall() async throws(StoreError) -> StoredState { try await memory.recall() }
}

extension Lookup {
    fileprivate var isDue: Bool {
        switch self {
        case .due: true
        case .session, .user, .errand: false
        }
    }

    fileprivate var isOfSessions: Bool {
        switch self {
        case .session, .user: true
        case .due, .errand: false
        }
    }
}
