// How a store is opened: everything that can be wrong is found before a byte of it is written.

import Dispatch
import Foundation
import GRDB
package import RefreshEngine
import Synchronization

extension SQLiteStore {
    /// Opens the store, or makes it where there is none. `onDamage` is told of values that do not unseal: once each,
    /// from any thread; `onMigration` before a store of an earlier version is changed into the present form.
    package static func open(
        path: String, keys: StoreKeys, onMigration: () -> Void = {}, onDamage: @escaping @Sendable (StoreError) -> Void
    ) throws(OpenError) -> SQLiteStore {
        let lock = try StoreLock(store: path)
        if try !Path.exists(path) { try StoreFile.create(path, key: keys.main) }
        let (sealer, isOfThisVersion) = try check(path, keys: keys)
        if !isOfThisVersion { onMigration() }
        do {
            let writing = WriteQueue()
            var configuration = Configuration.store
            configuration.writeTargetQueue = writing.queue
            let pool = try DatabasePool(path: path, configuration: configuration)
            try Schema.migrator.migrate(pool)
            // GRDB sets NORMAL for write-ahead logs, which may lose the last commits when the power fails (law 8).
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try openReaders(of: pool)
            return SQLiteStore(
                pool: pool, writing: writing, lock: lock, sealer: sealer, damage: DamageTold(listener: onDamage))
        } catch {
            throw OpenError(error, store: path)
        }
    }

    /// Gives the sealer that the store needs, by what it says of its keys; and whether its form is this version's.
    private static func check(
        _ path: String, keys: StoreKeys
    ) throws(OpenError) -> (sealer: Sealer, isOfThisVersion: Bool) {
        let examination = try StoreFile.examine(path)
        do {
            let database = try DatabaseQueue(path: path, configuration: .examination)
            let found = try database.read { database in
                switch examination {
                case .plausible: break
                case .checkWhole: try checkWhole(database, of: path)
                }
                guard try !Schema.migrator.hasBeenSuperseded(database) else { throw OpenError.newer(store: path) }
                return (
                    sealer: try keys.sealer(for: try KeyRecord(database, of: path), of: path),
                    isOfThisVersion: try Schema.migrator.hasCompletedMigrations(database)
                )
            }
            try database.close()
            return found
        } catch let error as OpenError {
            throw error
        } catch {
            throw OpenError(error, store: path)
        }
    }

    /// All of them, now: a connection is opened by the file's name, and where the file is deleted or replaced meanwhile, one
    /// that is opened later finds none, or another.
    private static func openReaders(of pool: DatabasePool) throws {
        // Only reads that overlap have a reader each.
        let (ready, go) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let failure = Mutex<(any Error)?>(nil)
        for _ in 1...StoreLimits.readers {
            pool.asyncRead { reader in
                do {
                    // The log and its index are opened by the first look into the file.
                    _ = try Int.fetchOne(try reader.get(), sql: "SELECT count(*) FROM meta")
                    ready.signal()
                    go.wait()
                } catch {
                    // No other waits for this one.
                    failure.withLock { $0 = error }
                    ready.signal()
                }
            }
        }
        for _ in 1...StoreLimits.readers { ready.wait() }
        for _ in 1...StoreLimits.readers { go.signal() }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    static func checkWhole(_ database: Database, of path: String) throws {
        let found = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
        guard found == "ok" else { throw OpenError.damaged(store: path, found: found ?? "SQLite's check says nothing") }
    }
}
