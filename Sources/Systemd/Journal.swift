// The journal's native entrance: entries with fields that `journalctl` can search by. Writing never waits.
import CSystemd
import Dispatch
import Glibc
import Synchronization

/// A queue in front of `sd_journal_sendv`.
///
/// That call sends a datagram and blocks while journald's socket is full, for as long as journald does not read: a
/// stopped journald would stop the daemon. So entries are handed to one queue of our own, which alone blocks. The queue
/// is bounded by bytes; what does not fit is dropped and counted, and the count is the first thing written when the
/// journal takes entries again. Entries still queued when the process dies are lost: `flush` before a normal exit.
package final class Journal: Sendable {
    private struct Backlog {
        var bytes = 0
        var lost = 0
    }

    /// About a thousand long entries. A queue this full means a journal that is stuck, not one that is busy.
    package static let defaultCapacity = 1 << 20

    private let backlog = Mutex(Backlog())
    private let queue = DispatchQueue(label: "journal")
    private let capacity: Int
    private let deliver: @Sendable (JournalRecord) -> Bool
    private let lossEntry: @Sendable (Int) -> JournalEntry

    /// - Parameter capacity: bytes of entries that may wait at once.
    /// - Parameter loss: the entry that tells how many were dropped.
    package convenience init(
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
        self.capacity = capacity
        self.deliver = deliver
        lossEntry = loss
    }

    /// Queues the entry, or drops and counts it when the queue is full.
    package func write(_ entry: JournalEntry) {
        let record = JournalRecord(entry)
        let fits = backlog.withLock { backlog in
            let fits = backlog.bytes + record.arena.count <= capacity
            if fits { backlog.bytes += record.arena.count } else { backlog.lost += 1 }
            return fits
        }
        if fits { queue.async { self.pass(record) } }
    }

    /// Waits until all entries written so far are passed on, but not longer than `time`. Blocks its thread: for the end
    /// of a process.
    /// - Returns: whether they were.
    @discardableResult
    package func flush(within time: Duration) -> Bool {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        return done.wait(timeout: .now() + .milliseconds(Int(time / .milliseconds(1)))) == .success
    }

    private func pass(_ record: JournalRecord) {
        let lost = backlog.withLock { backlog in
            defer { backlog.lost = 0 }
            return backlog.lost
        }
        let told = lost == 0 || deliver(JournalRecord(lossEntry(lost)))
        let taken = deliver(record)
        backlog.withLock { backlog in
            backlog.bytes -= record.arena.count
            if !told { backlog.lost += lost }
            if !taken { backlog.lost += 1 }
        }
    }
}

/// Where entries should go, to be asked once at the start.
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
