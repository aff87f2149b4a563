// Changes the key of a store: every sealed value is opened and sealed anew. In transactions of some hundred rows, so that
// it takes neither memory nor a huge log, and may end at any of them: each value says which key it needs, and the store
// names both keys until the last is done.

import Foundation
import GRDB
package import RefreshEngine
import RefreshPolicy

package struct KeyChange {
    private let store: SQLiteStore
    private let new: SealingKey
    private let batch: Int
    private var stage = Stage.beginning
    /// Rows done so far.
    package private(set) var rows = 0
    /// Values that did not open, and were left as they are: nobody can use them, with either key.
    package private(set) var unopened = 0

    private enum Stage {
        case beginning
        /// By the new key, opening by the one before. Rows that came later than the beginning are sealed by it already.
        case sealing(after: Int64, upTo: Int64, by: Sealer)
        case ending
        case done
    }

    /// - Parameter store: opened with its key; and with `new`, where the change was begun before. It may be used meanwhile.
    package init(of store: SQLiteStore, to new: SealingKey, batch: Int = 500) {
        self.store = store
        self.new = new
        self.batch = batch
    }

    /// Does the next transaction. False where nothing is left to do.
    package mutating func step() async throws(StoreError) -> Bool {
        do {
            switch stage {
            case .beginning: stage = try await begin()
            case .sealing(let last, let end, let sealer): stage = try await seal(after: last, upTo: end, by: sealer)
            case .ending:
                try await end()
                stage = .done
            case .done: return false
            }
            return true
        } catch {
            throw StoreError(error, store: store.pool.path)
        }
    }

    /// From here on, the store is not opened without the new key, and all that is written is sealed by it.
    private func begin() async throws -> Stage {
        let (store, new) = (store, new)
        return try await store.pool.writeWithoutTransaction { database in
            var stage = Stage.done
            try database.inTransaction {
                let record = try KeyRecord(database, of: store.pool.path)
                if record.current.isOf(new) {
                    // All is sealed anew, but its end may have broken off. Not so where another change has begun since.
                    stage = record.next == nil ? .ending : .done
                    return .rollback
                }
                let keys = [store.sealer.key, store.sealer.former].compactMap { $0 }
                guard let former = keys.first(where: record.current.isOf) else {
                    throw OpenError.wrongKey(
                        store: store.pool.path, storeNeeds: record.current.id.description,
                        given: store.sealer.key.id.description)
                }
                let proof = try KeyProof(new)
                try database.execute(
                    sql: "UPDATE meta SET next_key_id = ?, next_key_proof = ?",
                    arguments: [proof.id.data, proof.proof])
                let end = try Int64.fetchOne(database, sql: "SELECT max(id) FROM session") ?? 0
                stage = .sealing(after: .min, upTo: end, by: Sealer(key: new, former: former))
                return .commit
            }
            // After the store says so, and before anything else is written.
            if case .sealing(_, _, let sealer) = stage { store.sealer = sealer }
            return stage
        }
    }

    private mutating func seal(after last: Int64, upTo end: Int64, by sealer: Sealer) async throws -> Stage {
        let batch = batch
        let (count, failed, reached) = try await store.pool.write { database in
            let lines = try Row.fetchAll(
                database, sql: Self.sealedValues, arguments: ["last": last, "end": end, "count": batch])
            var failed = 0
            for line in lines { failed += try Self.seal(line, anewBy: sealer, in: database) }
            return (lines.count, failed, lines.last.map { $0[0] as Int64 })
        }
        rows += count
        unopened += failed
        guard let reached else { return .ending }
        return .sealing(after: reached, upTo: end, by: sealer)
    }

    private static let columns = SealedColumn.allCases

    private static let sealedValues = """
        SELECT id, project, session_id, \(columns.map(\.rawValue).joined(separator: ", ")) FROM session
        WHERE id > :last AND id <= :end ORDER BY id LIMIT :count
        """

    private static let update = """
        UPDATE session SET \(columns.map { "\($0.rawValue) = ?" }.joined(separator: ", ")) WHERE id = ?
        """

    /// Gives the number of values that did not open.
    private static func seal(_ line: Row, anewBy sealer: Sealer, in database: Database) throws -> Int {
        guard let project = ProjectAlias(line[1] as String), let session = SessionID(line[2] as String) else {
            // Sealed values are bound to these: none of the row's can open.
            return columns.indices.count(where: { Data.fromDatabaseValue(line[3 + $0]) != nil })
        }
        let seal = sealer.seal(of: SessionKey(project: project, session: session))
        var unopened = 0
        let values = try columns.enumerated().map { index, column -> Data? in
            guard let sealed = Data.fromDatabaseValue(line[3 + index]), !seal.isNewest(sealed) else {
                return Data.fromDatabaseValue(line[3 + index])
            }
            guard let secret = seal.open(sealed, as: column) else {
                unopened += 1
                return sealed
            }
            return try seal.seal(secret, as: column)
        }
        try database.cachedStatement(sql: update).execute(arguments: StatementArguments(values) + [line[0] as Int64])
        return unopened
    }

    /// From here on, the store needs the new key alone; and what the old one sealed is in none of its files. May be done
    /// again: somebody who reads the store holds up the log, after the store has said that it needs one key.
    private func end() async throws {
        let proof = try KeyProof(new)
        try await store.pool.write { database in
            try database.execute(
                sql: "UPDATE meta SET key_id = ?, key_proof = ?, next_key_id = NULL, next_key_proof = NULL",
                arguments: [proof.id.data, proof.proof])
        }
        try await store.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }
}
