// Which keys a store needs: its own; and, while it is changed for another, that one too.

import Foundation
import GRDB

/// The keys that are there for a store.
package struct StoreKeys: Sendable {
    package let main: SealingKey
    /// The key that it is to have, or has already where a change of keys broke off at its very end.
    package let next: SealingKey?

    package init(main: SealingKey, next: SealingKey? = nil) {
        self.main = main
        self.next = next
    }

    /// Refused where a key that the store needs is not among them.
    func sealer(for record: KeyRecord, of store: String) throws(OpenError) -> Sealer {
        let keys = [main, next].compactMap { $0 }
        guard let current = keys.first(where: record.current.isOf) else {
            throw OpenError.wrongKey(
                store: store, storeNeeds: record.current.id.description, given: main.id.description)
        }
        guard let proof = record.next else { return Sealer(key: current) }
        guard let next = keys.first(where: proof.isOf) else {
            throw OpenError.keyChangeUnfinished(store: store, needs: proof.id.description)
        }
        return Sealer(key: next, former: current)
    }
}

/// What a store says of its keys.
struct KeyRecord {
    let current: KeyProof
    /// While it is changed for another.
    let next: KeyProof?

    init(_ database: Database, of store: String) throws {
        // A store of an earlier version has no columns for a change of keys.
        guard let meta = try Row.fetchOne(database, sql: "SELECT * FROM meta"),
            let current = KeyProof(meta, "key_id", "key_proof")
        else { throw OpenError.damaged(store: store, found: "it does not say which key it needs") }
        self.current = current
        next = meta.hasColumn("next_key_id") ? KeyProof(meta, "next_key_id", "next_key_proof") : nil
    }
}

/// The id of a key, and a value that only it opens.
struct KeyProof {
    let id: KeyID
    let proof: Data

    init?(_ row: Row, _ idColumn: String, _ proofColumn: String) {
        guard let id = Data.fromDatabaseValue(row[idColumn]), let proof = Data.fromDatabaseValue(row[proofColumn])
        else { return nil }
        self.id = KeyID(bytes: Array(id))
        self.proof = proof
    }

    init(_ key: SealingKey) throws {
        id = key.id
        proof = try Sealer(key: key).keyProof()
    }

    func isOf(_ key: SealingKey) -> Bool {
        key.id == id && Sealer(key: key).isProven(by: proof)
    }
}
