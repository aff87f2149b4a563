// The daemon's log: what is important enough goes on to the journal or to standard error, and none of it ever makes the
// loop wait.

import Foundation
import RefreshEngine
import RefreshPolicy
import Synchronization

final class Log: RefreshEngine.Journal {
    private let leastOfAll: Mutex<Telling.Priority>
    private let sink: LogSink
    private let memory = Mutex<[JournalLine]>([])
    /// As many lines as somebody who watches can take in.
    private static let remembered = 20

    convenience init(_ settings: LogSettings) {
        self.init(least: Telling.Priority(settings.level), to: .standard(settings.format))
    }

    /// - Parameter least: the least important priority that is written.
    init(least: Telling.Priority, to sink: LogSink) {
        leastOfAll = Mutex(least)
        self.sink = sink
    }

    /// The least important priority that is written.
    var least: Telling.Priority {
        get { leastOfAll.withLock { $0 } }
        set { leastOfAll.withLock { $0 = newValue } }
    }

    func tell(_ report: Report) {
        let telling = Telling(report)
        // What is erased is not to live on here either.
        if telling.kind == .session(.forgotten) { memory.withLock { $0 = [] } }
        tell(telling)
    }

    func tell(_ telling: Telling) {
        guard telling.priority <= least else { return }
        let time = WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        sink.write(telling, time)
        let line = JournalLine(at: time, isWarning: telling.priority <= .warning, text: telling.message)
        memory.withLock { memory in
            memory.append(line)
            memory.removeFirst(max(0, memory.count - Self.remembered))
        }
    }

    var latest: [JournalLine] { memory.withLock { $0 } }

    /// Waits a moment until all is written, at the end of the process.
    func flush() { sink.flush() }
}
