// A copy of a store, made while a daemon works with it or not: whole as of one moment, and sealed as the store is.

import GRDB
import Glibc

package enum StoreBackup {
    /// Writes a copy to a new file, which is its owner's alone and on disk when this returns. Gives the keys that it
    /// needs.
    package static func copy(_ store: String, to target: String) throws(OpenError) -> [KeyID] {
        guard try !Path.exists(target) else { throw OpenError.taken(target) }
        try check(store)
        let needed = try Path.make(target) { unfinished throws(OpenError) -> [KeyID] in
            try look(at: store) { database in
                do {
                    try database.vacuum(into: unfinished)
                } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
                    throw OpenError(error, store: store)
                } catch {
                    throw OpenError(error, store: target)
                }
            }
            try OpenFile(unfinished, O_RDONLY).sync()
            // Of the copy: in the store, a change of keys may have begun or ended meanwhile.
            return try look(at: unfinished) { try keys(in: $0, of: store) }
        }
        guard let needed else { throw OpenError.taken(target) }
        return needed
    }

    /// The keys that a store needs: one, or two while it is changed for another key.
    package static func keys(of store: String) throws(OpenError) -> [KeyID] {
        try check(store)
        return try look(at: store) { try keys(in: $0, of: store) }
    }

    /// Leaves the file as it is, its mode as well.
    private static func check(_ store: String) throws(OpenError) {
        guard let file = try OpenFile.ifThere(store) else { throw OpenError.missing(store: store) }
        _ = try StoreFile.examine(file)
    }

    private static func keys(in database: DatabaseQueue, of store: String) throws -> [KeyID] {
        let record = try database.read { try KeyRecord($0, of: store) }
        return [record.current, record.next].compactMap { $0?.id }
    }

    /// Reads only, by a connection that might write, but make no store: whichever is the last, the daemon's or this one,
    /// must write the log back and remove it, and one that may not write leaves it, empty or not. What SQLite makes beside
    /// the store on behalf of root it gives to the store's owner.
    static func look<Found>(
        at path: String, _ body: (DatabaseQueue) throws -> Found
    ) throws(OpenError) -> Found {
        do {
            let database = try DatabaseQueue(path: SQLiteURI.of(path, "mode=rw"), configuration: .store)
            let found = try body(database)
            try database.close()
            return found
        } catch {
            throw error as? OpenError ?? OpenError(error, store: path)
        }
    }
}
