// What is removed leaves nothing behind. SQLite overwrites it in the file (secure_delete); but in the write-ahead log its
// old pages would lie on, until the log happens to be written over.

import GRDB
import RefreshPolicy
import Synchronization

final class Traces: Sendable {
    private let areLeft = Mutex(false)

    /// Whether the log is to be emptied now that these changes are on disk: because something was removed, or because it
    /// could not be emptied when something was. That is tried again with each sign of life: the loop writes one now and
    /// then, and is not to wait for a long backup at every write.
    func mayBeWiped(after changes: [Change]) -> Bool {
        areLeft.withLock { areLeft in
            if changes.contains(where: \.isRemoval) { areLeft = true }
            return areLeft && changes.contains { $0.isRemoval || $0.isSignOfLife }
        }
    }

    /// Writes the log back into the file and cuts it to nothing. Somebody who reads the store just then is in the way:
    /// the removal itself is done all the same.
    func wipe(from pool: DatabasePool) async {
        let isDone = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { database in
                do {
                    let line = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                    continuation.resume(returning: line.flatMap { Int.fromDatabaseValue($0[0]) } == 0)
                } catch {
                    // A full disk, say: whatever it is, the next write of the loop meets it too, and tells.
                    continuation.resume(returning: false)
                }
            }
        }
        if isDone { areLeft.withLock { $0 = false } }
    }
}

extension Change {
    fileprivate var isRemoval: Bool {
        if case .remove = self { true } else { false }
    }

    fileprivate var isSignOfLife: Bool {
        if case .seen = self { true } else { false }
    }
}
