// What is removed leaves nothing behind. SQLite overwrites it in the file (secure_delete); but in the write-ahead log its
// old pages would lie on, until the log happens to be written over.

import GRDB
import RefreshPolicy
import Synchronization

final class Traces: Sendable {
    private struct Left {
        /// How many commits removed something, and up to which of them the log was emptied.
        var removals = 0
        var wiped = 0
        /// Whether somebody was in the way the last time.
        var isHeldUp = false
    }

    private let left = Mutex(Left())

    /// Whether the log is to be emptied now that these changes are on disk: because something was removed, or because it
    /// could not be emptied when something was. That is tried again with each sign of life, and only then: the loop
    /// writes one now and then, and no write or removal is to wait anew for a long backup.
    func mayBeWiped(after changes: [Change]) -> Bool {
        let (isRemoval, isSignOfLife) = (changes.contains(where: \.isRemoval), changes.contains(where: \.isSignOfLife))
        return left.withLock { left in
            if isRemoval { left.removals += 1 }
            return left.removals > left.wiped && (isSignOfLife || isRemoval && !left.isHeldUp)
        }
    }

    /// Writes the log back into the file and cuts it to nothing. Somebody who reads the store just then is in the way:
    /// the removal itself is done all the same.
    func wipe(from pool: DatabasePool) async {
        // What is removed while this waits for its turn may come too late for it.
        let removals = left.withLock { $0.removals }
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
        left.withLock { left in
            if isDone { left.wiped = max(left.wiped, removals) }
            left.isHeldUp = !isDone
        }
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
