// A copy of a store, made while a daemon works with it or not: whole as of one moment, and sealed as the store is.

import GRDB
import Glibc

package enum StoreBackup {
    /// Writes a copy to a new file, which is its owner's alone and on disk when this returns. Gives the keys that it
    /// needs.
    package static func copy(_ store: String, to target: String) throws(OpenError) -> [KeyID] {
        guard try !Path.exists(target) else { throw OpenError.taken(target) }
        let unfinished = "\(target).\(getpid()).new"
        let keys = try look(at: store) { database throws(OpenError) in
            try Path.remove(unfinished)
            // SQLite would make it readable by all. It writes into a file that is there and empty.
            _ = try OpenFile(unfinished, O_RDWR | O_CREAT | O_EXCL)
            do {
                try database.vacuum(into: unfinished)
            } catch {
                try Path.remove(unfinished)
                throw OpenError(error, store: unfinished)
            }
            try OpenFile(unfinished, O_RDONLY).sync()
        }
        guard try Path.publish(unfinished, as: target) else { throw OpenError.taken(target) }
        return keys
    }

    /// The keys that a store needs: one, or two while it is changed for another key.
    package static func keys(of store: String) throws(OpenError) -> [KeyID] {
        try look(at: store) { _ in }
    }

    private static func look(
        at store: String, _ body: (DatabaseQueue) throws(OpenError) -> Void
    ) throws(OpenError) -> [KeyID] {
        guard try Path.exists(store) else { throw OpenError.missing(store: store) }
        _ = try StoreFile.examine(store)
        do {
            let database = try DatabaseQueue(path: store, configuration: .examination)
            try body(database)
            // Read after the copy was made: a change of keys that begins meanwhile is then told too.
            let record = try database.read { try KeyRecord($0, of: store) }
            try database.close()
            return [record.current, record.next].compactMap { $0?.id }
        } catch {
            throw error as? OpenError ?? OpenError(error, store: store)
        }
    }
}
