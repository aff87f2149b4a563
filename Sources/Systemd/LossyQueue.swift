// A queue in front of something that may block, or refuse what it is given. Writing to it never waits.
import Dispatch
import Synchronization

/// Items are delivered in their order by one queue of its own, which alone blocks.
///
/// What waits is bounded by its cost; what does not fit, or is not taken, is dropped and counted, and the count is the
/// first thing delivered when items are taken again. Items still queued when the process dies are lost: `flush` before a
/// normal exit.
package final class LossyQueue<Item: Sendable>: Sendable {
    private struct Backlog {
        var cost = 0
        var lost = 0
    }

    private let backlog = Mutex(Backlog())
    private let queue: DispatchQueue
    private let capacity: Int
    private let cost: @Sendable (Item) -> Int
    private let loss: @Sendable (Int) -> Item
    private let deliver: @Sendable (Item) -> Bool

    /// - Parameters:
    ///   - capacity: the cost of the items that may wait at once.
    ///   - loss: the item that tells how many were dropped.
    ///   - deliver: may block; false when the item was not taken.
    package init(
        label: String, capacity: Int, cost: @escaping @Sendable (Item) -> Int,
        loss: @escaping @Sendable (Int) -> Item, deliver: @escaping @Sendable (Item) -> Bool
    ) {
        queue = DispatchQueue(label: label)
        self.capacity = capacity
        self.cost = cost
        self.loss = loss
        self.deliver = deliver
    }

    /// Queues the item, or drops and counts it when the queue is full.
    package func write(_ item: Item) {
        let cost = cost(item)
        let fits = backlog.withLock { backlog in
            let fits = backlog.cost + cost <= capacity
            if fits { backlog.cost += cost } else { backlog.lost += 1 }
            return fits
        }
        if fits { queue.async { self.pass(item, cost) } }
    }

    /// Waits until all items written so far are passed on, but not longer than `time`. Blocks its thread: for the end of a
    /// process.
    /// - Returns: whether they were.
    @discardableResult
    package func flush(within time: Duration) -> Bool {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        return done.wait(timeout: .now() + .milliseconds(Int(time / .milliseconds(1)))) == .success
    }

    private func pass(_ item: Item, _ cost: Int) {
        let lost = backlog.withLock { backlog in
            defer { backlog.lost = 0 }
            return backlog.lost
        }
        let told = lost == 0 || deliver(loss(lost))
        let taken = deliver(item)
        backlog.withLock { backlog in
            backlog.cost -= cost
            if !told { backlog.lost += lost }
            if !taken { backlog.lost += 1 }
        }
    }
}
