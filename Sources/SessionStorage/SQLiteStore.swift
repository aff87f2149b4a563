// The store on disk. One writer, whose transactions are on disk when they return; readers that see the last of them
// and never wait for it.

import Dispatch
import GRDB
package import RefreshEngine
package import RefreshPolicy
import Synchronization

package final class SQLiteStore: SessionStore {
    let pool: DatabasePool
    package let writing: WriteQueue
    private let lock: StoreLock
    private let sealerInUse: Mutex<Sealer>
    private let damage: DamageTold
    private let known = KnownRows()
    /// For listings that walk the table: readers of tokens need the other connections.
    private let listings = Turnstile()
    let traces = Traces()

    init(pool: DatabasePool, writing: WriteQueue, lock: StoreLock, sealer: Sealer, damage: DamageTold) {
        self.pool = pool
        self.writing = writing
        self.lock = lock
        sealerInUse = Mutex(sealer)
        self.damage = damage
    }

    /// What is sealed from now on is sealed by it; what was sealed before, it opens.
    var sealer: Sealer {
        get { sealerInUse.withLock { $0 } }
        set { sealerInUse.withLock { $0 = newValue } }
    }

    /// Of its file.
    package var path: String { pool.path }

    /// The key that the store needs, or the one that it is changed from.
    package var keyID: KeyID { sealer.former?.id ?? sealer.key.id }

    /// Ends all connections, writes the log back into the file, and gives the store free. What comes after is refused.
    package func close() throws(StoreError) {
        guard lock.isHeld else { return }
        dispatchPrecondition(condition: .notOnQueue(writing.queue))
        do {
            // The readers go first, while the pool would end them last: the log is written back and removed by the last
            // connection, and a reader may not.
            pool.releaseMemory()
            try pool.close()
        } catch {
            throw StoreError(error, store: pool.path)
        }
        lock.release()
    }

    /// The files that an open store works in: its own, its log, the log's index, its lock.
    package var files: [String] { ["", "-wal", "-shm", ".lock"].map { pool.path + $0 } }

    /// One transaction, not ended by the cancellation of its task: a token that came while refreshd stops is kept.
    package func commit(_ changes: [Change]) async throws(StoreError) {
        guard !changes.isEmpty else { return }
        try await write { [self] database in
            try known.heed(database)
            // Asked here, where writes come one after another: a change of keys is one of them.
            let writer = ChangeWriter(database: database, sealer: sealer, known: known)
            for change in changes { try writer.write(change) }
        }
        if traces.mayBeWiped(after: changes) { await traces.wipe(from: pool) }
    }

    package func contenders(in projects: [ProjectAlias], limit: Int) async throws(StoreError) -> [Contender] {
        try await read { try Picking(database: $0).contenders(in: projects, limit: limit) }
    }

    package func nextWake(in projects: [ProjectAlias]) async throws(StoreError) -> WallTime? {
        try await read { database in
            try projects.compactMap { try WakeQuery.earliest(in: $0, from: database) }.min()
        }
    }

    package func sessions(
        matching filter: SessionFilter, after: SessionKey?, limit: Int
    ) async throws(StoreError) -> [SessionRow] {
        if filter.isByIndex { return try await listed(filter, after, limit) }
        let rows = try await listings.pass { () async throws(StoreError) in try await listed(filter, after, limit) }
        guard let rows else {
            throw .unavailable("The list was given up before its turn came: who asked has gone, or refreshd stops.")
        }
        return rows
    }

    private func listed(
        _ filter: SessionFilter, _ after: SessionKey?, _ limit: Int
    ) async throws(StoreError) -> [SessionRow] {
        try await read { [self] database in
            try Listing.rows(matching: filter, after: after, limit: limit, from: database) { try opened($0) }
        }
    }

    package func counts() async throws(StoreError) -> [StandingCount] {
        try await read { try StateQuery.counts(from: $0) }
    }

    package func recall() async throws(StoreError) -> StoredState {
        try await read { try StateQuery.recall(from: $0) }
    }

    package func rows(of lookups: [Lookup], _ place: ReadPlace) async throws(StoreError) -> [[SessionRow]] {
        guard !lookups.isEmpty else { return [] }
        return try await read(place) { [self] database in
            switch place {
            case .beside: return try lookups.map { try $0.rows(from: database) { try opened($0) } }
            case .inLine:
                try known.heed(database)
                return try lookups.map { try rows(of: $0, database) }
            }
        }
    }

    /// By the connection that writes, which knows some of them.
    private func rows(of lookup: Lookup, _ database: Database) throws -> [SessionRow] {
        switch lookup {
        case .session(let key): if let row = known[key] { return [row] }
        case .user(let user, let project):
            if let rows = try known.rows(of: user, in: project, database) { return rows }
        case .due, .errand: break
        }
        return try lookup.rows(from: database) { try known[$0.key] ?? opened($0, known) }
    }

    /// A secret that does not unseal is missing from its row and told, and takes no other row with it: with the API
    /// key, the next look brings the token back.
    private func opened(_ stored: StoredRow, _ known: KnownRows? = nil) throws -> SessionRow {
        var isWhole = true
        // The sealer is asked once the row is found, which may be sealed by a key that came meanwhile.
        let row = try stored.row(openedBy: sealer) { column in
            isWhole = false
            damage.tell(column, of: stored.key)
        }
        // One that lacks a value is written whole the next time: what does not unseal is not kept, or each start would
        // tell of it.
        if isWhole { known?.remember(row) }
        return row
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            // Told in the queue, before anything else is read or written there.
            pool.asyncWrite(body) { [known] _, result in
                if case .failure = result { known.forgetAll() }
                continuation.resume(returning: result)
            }
        }
        return try value(of: result)
    }

    /// Like a commit, a read goes on when its task is cancelled: it is short, and its caller decides what to do.
    private func read<Value: Sendable>(
        _ place: ReadPlace = .beside, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            switch place {
            case .beside:
                pool.asyncRead { database in continuation.resume(returning: Result { try body(database.get()) }) }
            // The connection that writes keeps its pages in memory; every other one reads them anew after a write.
            case .inLine:
                pool.asyncWriteWithoutTransaction { database in
                    continuation.resume(returning: Result { try body(database) })
                }
            }
        }
        return try value(of: result)
    }

    private func value<Value>(of result: Result<Value, any Error>) throws(StoreError) -> Value {
        do {
            return try result.get()
        } catch {
            throw StoreError(error, store: pool.path)
        }
    }
}
