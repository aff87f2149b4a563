// Where tellings go: the journal where there is one, with their fields; else readable lines on standard error. Neither
// ever makes the loop wait.

import Dispatch
import Foundation
import RefreshEngine
import RefreshPolicy
import Synchronization
import Systemd
import TokenAPI

/// The daemon's log.
final class Log: RefreshEngine.Journal {
    private let leastOfAll: Mutex<Telling.Priority>
    private let write: @Sendable (Telling) -> Void
    private let drain: @Sendable () -> Void
    private let memory = Mutex<[JournalLine]>([])
    /// As many lines as somebody who watches can take in.
    private static let remembered = 20

    /// - Parameter least: the least important priority that is written.
    init(least: Telling.Priority) {
        leastOfAll = Mutex(least)
        if Systemd.Journal.isAvailable && Systemd.Journal.receivesStandardError {
            let journal = Systemd.Journal()
            write = { journal.write(JournalEntry($0)) }
            drain = { journal.flush(within: .seconds(1)) }
        } else {
            let lines = StandardErrorLines()
            write = { lines.write($0) }
            drain = { lines.flush() }
        }
    }

    /// The least important priority that is written.
    var least: Telling.Priority {
        get { leastOfAll.withLock { $0 } }
        set { leastOfAll.withLock { $0 = newValue } }
    }

    func tell(_ report: Report) {
        let telling = Telling(report)
        // What is erased is not to live on here either.
        if telling.kind == .forgotten { memory.withLock { $0 = [] } }
        tell(telling)
    }

    func tell(_ telling: Telling) {
        guard telling.priority <= least else { return }
        write(telling)
        let time = WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        let line = JournalLine(at: time, isWarning: telling.priority <= .warning, text: telling.message)
        memory.withLock { memory in
            memory.append(line)
            memory.removeFirst(max(0, memory.count - Self.remembered))
        }
    }

    var latest: [JournalLine] { memory.withLock { $0 } }

    /// Waits a moment until all is written, at the end of the process.
    func flush() { drain() }
}

extension JournalEntry {
    fileprivate init(_ telling: Telling) {
        let priority: JournalPriority =
            switch telling.priority {
            case .error: .error
            case .warning: .warning
            case .notice: .notice
            case .info: .informational
            case .debug: .debug
            }
        var fields = telling.fields.map { JournalField(key: $0.name, $0.value) }
        if let kind = telling.kind { fields.insert(JournalField(key: "MESSAGE_ID", kind.rawValue), at: 0) }
        self.init(priority, telling.message, fields: fields)
    }
}

/// One line an event: time, priority, words. A queue of its own does the waiting when the reader is slow; what does not
/// fit into it is dropped and counted.
private final class StandardErrorLines: Sendable {
    private struct Backlog {
        var waiting = 0
        var lost = 0
    }

    /// Lines that may wait at once.
    private static let most = 4096

    private let queue = DispatchQueue(label: "standard error")
    private let backlog = Mutex(Backlog())

    func write(_ telling: Telling) {
        let time = WireTime(WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))).iso
        let fits = backlog.withLock { backlog in
            let fits = backlog.waiting < Self.most
            if fits { backlog.waiting += 1 } else { backlog.lost += 1 }
            return fits
        }
        guard fits else { return }
        queue.async {
            let lost = self.backlog.withLock { backlog in
                defer { backlog.lost = 0 }
                backlog.waiting -= 1
                return backlog.lost
            }
            if lost > 0 { Self.put("\(time) warning \(lost) lines were lost: nobody read them\n") }
            Self.put("\(time) \(telling.priority) \(telling.message)\n")
        }
    }

    func flush() {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        _ = done.wait(timeout: .now() + 1)
    }

    private static func put(_ line: String) {
        // Standard error that is gone is no reason to stop.
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }
}
