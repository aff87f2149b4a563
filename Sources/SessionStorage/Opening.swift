// How a store is opened: everything that can be wrong is found before a byte of it is written.

import Foundation
import GRDB
package import RefreshEngine

extension SQLiteStore {
    /// Opens the store, or makes it where there is none. `onDamage` is told of values that do not unseal: once each,
    /// from any thread; `onMigration` before a store of an earlier version is changed into the present form.
    package static func open(
        path: String, keys: StoreKeys, onMigration: () -> Void = {}, onDamage: @escaping @Sendable (StoreError) -> Void
    ) throws(OpenError) -> SQLiteStore {
        let lock = try StoreLock(store: path)
        if try !Path.exists(path) { try StoreFile.create(path, key: keys.main) }
        let sealer = try check(path, keys: keys)
        do {
            let pool = try DatabasePool(path: path, configuration: .store)
            if try !pool.read({ try Schema.migrator.hasCompletedMigrations($0) }) { onMigration() }
            try Schema.migrator.migrate(pool)
            // GRDB sets NORMAL for write-ahead logs, which may lose the last commits when the power fails (law 8).
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            return SQLiteStore(pool: pool, lock: lock, sealer: sealer, damage: DamageTold(listener: onDamage))
        } catch {
            throw OpenError(error, store: path)
        }
    }

    /// Gives the sealer that the store needs, by what it says of its keys.
    private static func check(_ path: String, keys: StoreKeys) throws(OpenError) -> Sealer {
        let examination = try StoreFile.examine(path)
        do {
            let database = try DatabaseQueue(path: path, configuration: .examination)
            let sealer = try database.read { database in
                switch examination {
                case .plausible: break
                case .checkWhole: try checkWhole(database, of: path)
                }
                guard try !Schema.migrator.hasBeenSuperseded(database) else { throw OpenError.newer(store: path) }
                return try keys.sealer(for: try KeyRecord(database, of: path), of: path)
            }
            try database.close()
            return sealer
        } catch let error as OpenError {
            throw error
        } catch {
            throw OpenError(error, store: path)
        }
    }

    static func checkWhole(_ database: Database, of path: String) throws {
        let found = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
        guard found == "ok" else { throw OpenError.damaged(store: path, found: found ?? "SQLite's check says nothing") }
    }
}
