// Lines to standard error by a queue of its own, which does the waiting where the reader is slow. What does not fit into
// it is dropped and counted, and the count is told when the reader takes lines again.

import Dispatch
import Foundation
import RefreshPolicy
import Synchronization

final class LineWriter: Sendable {
    private struct Backlog {
        var waiting = 0
        var lost = 0
    }

    /// Lines that may wait at once.
    private let most: Int
    private let form: @Sendable (Telling, WallTime) -> String
    private let put: @Sendable (String) -> Void
    private let queue = DispatchQueue(label: "log lines")
    private let backlog = Mutex(Backlog())

    /// - Parameter put: may block.
    init(
        most: Int = 4096, form: @escaping @Sendable (Telling, WallTime) -> String,
        put: @escaping @Sendable (String) -> Void = LineWriter.toStandardError
    ) {
        self.most = most
        self.form = form
        self.put = put
    }

    /// Queues the line, or drops and counts it when the queue is full.
    func write(_ telling: Telling, at time: WallTime) {
        let fits = backlog.withLock { backlog in
            let fits = backlog.waiting < most
            if fits { backlog.waiting += 1 } else { backlog.lost += 1 }
            return fits
        }
        guard fits else { return }
        queue.async {
            let lost = self.backlog.withLock { backlog in
                defer { backlog.lost = 0 }
                return backlog.lost
            }
            if lost > 0 { self.put(self.form(.lost(lost), time)) }
            self.put(self.form(telling, time))
            self.backlog.withLock { $0.waiting -= 1 }
        }
    }

    /// Waits until all lines so far are written, but not longer than `time`. Blocks its thread: for the end of a process.
    @discardableResult
    func flush(within time: Duration) -> Bool {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        return done.wait(timeout: .now() + .milliseconds(Int(time / .milliseconds(1)))) == .success
    }

    static func toStandardError(_ line: String) {
        // Standard error that is gone is no reason to stop.
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }
}
