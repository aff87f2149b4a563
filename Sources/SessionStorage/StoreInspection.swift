// A look at a store that leaves no trace: for a check beside a running daemon, or before its first start.

import GRDB
import Glibc
package import RefreshPolicy

/// What a store shows to somebody who changes nothing in it.
package struct StoreInspection: Sendable {
    /// In bytes, with its log.
    package let size: Int64
    /// How many of our migrations it has gone through, and how many there are.
    package let version: Int
    package let newestVersion: Int
    package let sessions: Int
    /// What the daemon found wrong with more than one session, when it last wrote.
    package let conditions: [Condition]
    /// Of the settings' names those that stand for another project in the store.
    package let misused: [MisusedName]

    /// Nil where there is no store at `path`. Nothing is written, made or restricted, and the daemon's lock is left
    /// alone; SQLite's own locks of a reader hold up no writer (it opens a log as if to write, but writes nothing). Throws
    /// what a start would throw, as far as it can be seen: without `keys`, whether one fits is not.
    package static func of(
        _ path: String, keys: StoreKeys?, projects: [ProjectAlias: String] = [:]
    ) throws(OpenError) -> StoreInspection? {
        guard let file = try OpenFile.ifThere(path) else { return nil }
        let examination = try StoreFile.examine(file)
        let log = try OpenFile.ifThere(path + "-wal")?.status().st_size
        let size = Int64(try file.status().st_size) + Int64(log ?? 0)
        // Without a log nobody has it open, and SQLite need not make one to read it.
        let options = log == nil ? "immutable=1" : "readonly_shm=1"
        do {
            let database = try DatabaseQueue(
                path: SQLiteURI.of(path, "mode=ro&\(options)"), configuration: .examination)
            let inspection = try database.read { database in
                // Of a large store, no more than a start asks.
                if examination == .checkWhole { try SQLiteStore.checkWhole(database, of: path) }
                let migrator = Schema.migrator
                guard try !migrator.hasBeenSuperseded(database) else { throw OpenError.newer(store: path) }
                if let keys { _ = try keys.sealer(for: try KeyRecord(database, of: path), of: path) }
                let version = try migrator.appliedMigrations(database).count
                let isCurrent = version == migrator.migrations.count
                return StoreInspection(
                    size: size, version: version, newestVersion: migrator.migrations.count,
                    sessions: try Int.fetchOne(database, sql: "SELECT count(*) FROM session") ?? 0,
                    conditions: isCurrent ? try StateQuery.recall(from: database).conditions : [],
                    misused: isCurrent ? try ProjectNames.misused(among: projects, in: database) : [])
            }
            try database.close()
            return inspection
        } catch let error as OpenError {
            throw error
        } catch {
            throw OpenError(error, store: path)
        }
    }
}
