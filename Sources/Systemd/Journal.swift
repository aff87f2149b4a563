// The journal's native entrance: entries with fields that `journalctl` can search by. Writing never waits.
import CSystemd
import Glibc

/// A queue in front of `sd_journal_sendv`.
///
/// That call sends a datagram and blocks while journald's socket is full, for as long as journald does not read: a
/// stopped journald would stop the daemon.
package struct Journal: Sendable {
    /// In bytes: about a thousand long entries. A queue this full means a journal that is stuck, not one that is busy.
    package static let defaultCapacity = 1 << 20

    private let queue: LossyQueue<JournalRecord>

    /// - Parameter capacity: bytes of entries that may wait at once.
    /// - Parameter loss: the entry that tells how many were dropped.
    package init(
        capacity: Int = defaultCapacity, loss: @escaping @Sendable (Int) -> JournalEntry
    ) {
        // A journal that is gone would seem to take them.
        self.init(capacity: capacity, loss: loss, deliver: { Self.isAvailable && sendToJournal($0) })
    }

    /// - Parameter deliver: may block; false when the entry was not taken.
    init(
        capacity: Int, loss: @escaping @Sendable (Int) -> JournalEntry,
        deliver: @escaping @Sendable (JournalRecord) -> Bool
    ) {
        queue = LossyQueue(
            label: "journal", capacity: capacity, cost: { $0.arena.count }, loss: { JournalRecord(loss($0)) },
            deliver: deliver)
    }

    /// Queues the entry, or drops and counts it when the queue is full.
    package func write(_ entry: JournalEntry) { queue.write(JournalRecord(entry)) }

    /// Waits until all entries written so far are passed on, but not longer than `time`. Blocks its thread: for the end
    /// of a process.
    /// - Returns: whether they were.
    @discardableResult
    package func flush(within time: Duration) -> Bool { queue.flush(within: time) }
}

/// Where entries should go.
extension Journal {
    /// Whether journald listens on this machine. `sd_journal_sendv` itself reports success when it does not, and the
    /// entry is gone: ask first, and write readable lines to standard error if not.
    package static var isAvailable: Bool { access("/run/systemd/journal/socket", W_OK) == 0 }

    /// Whether standard error leads to the journal already: what a person would read there is in the journal, so write
    /// entries with fields instead. False on a terminal or when standard error was redirected.
    package static var receivesStandardError: Bool {
        receives(STDERR_FILENO, stream: getenv("JOURNAL_STREAM").map { String(cString: $0) })
    }

    /// - Parameter stream: `JOURNAL_STREAM` as systemd sets it: device and inode of the stream it connected,
    ///   `device:inode` in decimal. The variable is inherited by processes whose output was redirected since, hence the
    ///   comparison.
    static func receives(_ descriptor: Int32, stream: String?) -> Bool {
        var facts = stat()
        guard let stream, fstat(descriptor, &facts) == 0 else { return false }
        return stream == "\(facts.st_dev):\(facts.st_ino)"
    }
}

func sendToJournal(_ record: JournalRecord) -> Bool {
    record.arena.withUnsafeBytes { arena in
        guard let base = arena.baseAddress else { return false }
        var start = 0
        let vectors = record.ends.map { end in
            defer { start = end }
            // C's type is mutable; sd_journal_sendv only reads.
            return iovec(iov_base: UnsafeMutableRawPointer(mutating: base + start), iov_len: end - start)
        }
        while true {
            let result = sd_journal_sendv(vectors, Int32(vectors.count))
            if result != -EINTR { return result == 0 }
        }
    }
}
