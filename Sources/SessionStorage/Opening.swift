// How a store is opened: everything that can be wrong is found before a byte of it is written.

import Foundation
import GRDB
package import RefreshEngine

extension SQLiteStore {
    /// Opens the store, or makes it where there is none. `onDamage` is told of values that do not unseal: once each,
    /// from any thread.
    package static func open(
        path: String, key: SealingKey, onDamage: @escaping @Sendable (StoreError) -> Void
    ) throws(OpenError) -> SQLiteStore {
        let lock = try StoreLock(store: path)
        if try !Path.exists(path) { try StoreFile.create(path, key: key) }
        try check(path, key: key)
        do {
            let pool = try DatabasePool(path: path, configuration: .store)
            try Schema.migrator.migrate(pool)
            // GRDB sets NORMAL for write-ahead logs, which may lose the last commits when the power fails (law 8).
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            return SQLiteStore(
                pool: pool, lock: lock, sealer: Sealer(key: key), damage: DamageTold(listener: onDamage))
        } catch {
            throw OpenError(error, store: path)
        }
    }

    private static func check(_ path: String, key: SealingKey) throws(OpenError) {
        let examination = try StoreFile.examine(path)
        do {
            let database = try DatabaseQueue(path: path, configuration: .examination)
            try database.read { database in
                switch examination {
                case .plausible: break
                case .checkWhole: try checkWhole(database, of: path)
                }
                guard try !Schema.migrator.hasBeenSuperseded(database) else { throw OpenError.newer(store: path) }
                try check(key, against: database, of: path)
            }
            try database.close()
        } catch let error as OpenError {
            throw error
        } catch {
            throw OpenError(error, store: path)
        }
    }

    private static func checkWhole(_ database: Database, of path: String) throws {
        let found = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
        guard found == "ok" else { throw OpenError.damaged(store: path, found: found ?? "SQLite's check says nothing") }
    }

    private static func check(_ key: SealingKey, against database: Database, of path: String) throws {
        guard let meta = try Row.fetchOne(database, sql: "SELECT key_id, key_proof FROM meta"),
            let id = Data.fromDatabaseValue(meta[0]), let proof = Data.fromDatabaseValue(meta[1])
        else { throw OpenError.damaged(store: path, found: "it does not say which key it needs") }
        guard Array(id) == key.id.bytes, Sealer(key: key).isProven(by: proof) else {
            throw OpenError.wrongKey(
                store: path, storeNeeds: KeyID(bytes: Array(id)).description, given: key.id.description)
        }
    }
}
