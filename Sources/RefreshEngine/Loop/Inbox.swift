// Where the world's answers wait for the loop. Its length is bounded by who fills it: calls in flight, waiting readers,
// a search that waits for its receipt.

import RefreshPolicy
import Synchronization

/// What comes in from outside, still without the rows it is about.
enum Input: Sendable {
    case looked(AttemptID, SessionKey, UserID, Look, AnswerHeaders?)
    case answered(AttemptID, SessionKey, SpendAnswer, AnswerHeaders?)
    case read(ReaderID, Wish, SessionKey)
    case readerLeft(ReaderID, SessionKey)
    /// Facts are nil when the user is gone.
    case listed(ProjectAlias, UserID, [SessionFacts]?, AnswerHeaders?)
    case registered(ProjectAlias, Secret, SessionFacts, AnswerHeaders)
    case removed(SessionKey, UserID)
    /// A change that needs no decision.
    case noted(Change)
    case stop
}

final class Inbox: Sendable {
    private struct State {
        var deliveries: [Delivery] = []
        var waiter: CheckedContinuation<Void, Never>?
        var isClosed = false
    }

    /// An input, and who waits until what it led to is on disk.
    struct Delivery: Sendable {
        let input: Input
        let receipt: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func push(_ input: Input) {
        push(Delivery(input: input, receipt: nil))
    }

    /// Returns when the input was handled and its writes are on disk, or the loop has ended.
    func deliver(_ input: Input) async {
        await withCheckedContinuation { push(Delivery(input: input, receipt: $0)) }
    }

    /// All that has come in; waits for the first up to `nap`.
    func next(within nap: Duration, by clock: any WallClock) async -> [Delivery] {
        if nap > .zero && state.withLock({ $0.deliveries.isEmpty && !$0.isClosed }) {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.arrival() }
                group.addTask {
                    // Cancelled means woken: the nap is over either way.
                    do { try await clock.sleep(for: nap) } catch {}
                }
                await group.next()
                group.cancelAll()
            }
        }
        return state.withLock { state in
            defer { state.deliveries = [] }
            return state.deliveries
        }
    }

    /// Lets everybody go who waits for a receipt, now and later.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.deliveries = [] }
            return state.deliveries
        }
        for delivery in waiting { delivery.receipt?.resume() }
    }

    private func push(_ delivery: Delivery) {
        let (waiter, isClosed) = state.withLock { state -> (CheckedContinuation<Void, Never>?, Bool) in
            guard !state.isClosed else { return (nil, true) }
            state.deliveries.append(delivery)
            defer { state.waiter = nil }
            return (state.waiter, false)
        }
        waiter?.resume()
        if isClosed { delivery.receipt?.resume() }
    }

    private func arrival() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard state.deliveries.isEmpty, !state.isClosed, !Task.isCancelled else { return true }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}
