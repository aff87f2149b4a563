// Lines to standard error by a queue of its own, which does the waiting where the reader is slow. What is not taken is
// counted and told.

import RefreshPolicy
import Systemd

struct LineWriter: Sendable {
    private let form: @Sendable (Telling, WallTime) -> String
    private let queue: LossyQueue<String>

    /// - Parameters:
    ///   - capacity: bytes of lines that may wait at once.
    ///   - put: may block; false where the line was not taken.
    init(
        capacity: Int = 1 << 20, form: @escaping @Sendable (Telling, WallTime) -> String,
        put: @escaping @Sendable (String) -> Bool = { StandardError.process.take($0) }
    ) {
        self.form = form
        queue = LossyQueue(
            label: "log lines", capacity: capacity, cost: { $0.utf8.count },
            loss: { form(.lost($0), MachineClock().now()) }, deliver: put)
    }

    /// Queues the line, or drops and counts it when the queue is full.
    func write(_ telling: Telling, at time: WallTime) { queue.write(form(telling, time)) }

    /// Waits until all lines so far are written, but not longer than `time`. Blocks its thread: for the end of a process.
    @discardableResult
    func flush(within time: Duration) -> Bool { queue.flush(within: time) }
}
