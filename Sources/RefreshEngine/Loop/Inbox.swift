// Where the world's answers wait for the loop. Its length is bounded by who fills it, also while the loop stands still:
// calls in flight, readers and operators that wait (one that leaves takes its request along; of a refresh that an operator
// asked for only while the store fails), a search that waits for its receipt, and one glance per session.

import RefreshPolicy
import Synchronization

final class Inbox: Sendable {
    private struct State {
        var deliveries: [Ticket: Delivery] = [:]
        var glances: Set<SessionKey> = []
        var lastTicket = 0
        var waiter: CheckedContinuation<Void, Never>?
        var isStopAsked = false
        var isClosed = false

        mutating func ticket() -> Ticket {
            lastTicket += 1
            return Ticket(number: lastTicket)
        }

        /// All that is here, in the order in which it came.
        mutating func take() -> [Delivery] {
            let taken = deliveries.sorted { $0.key.number < $1.key.number }.map(\.value)
            deliveries = [:]
            glances = []
            return taken
        }
    }

    /// By which an input is taken back.
    struct Ticket: Hashable, Sendable {
        fileprivate let number: Int
    }

    /// An input, and who waits until what it led to is on disk.
    struct Delivery: Sendable {
        let input: Input
        /// Steady time of its coming.
        let cameAt: Duration
        let receipt: Receipt?
    }

    private let state = Mutex(State())
    private let clock: any WallClock
    /// Sessions glanced at beyond this are not remembered apart: they are glanced at again soon.
    private static let mostGlances = 10_000

    init(clock: any WallClock) {
        self.clock = clock
    }

    @discardableResult
    func push(_ input: Input) -> Ticket {
        let (ticket, waiter) = state.withLock { state in
            let ticket = state.ticket()
            if case .stopping = input { state.isStopAsked = true }
            return (ticket, put(Delivery(input: input, cameAt: clock.steady(), receipt: nil), as: ticket, in: &state))
        }
        waiter?.resume()
        return ticket
    }

    /// A read by somebody who does not wait. One speaks for all that come before the loop has seen it: apps may read a
    /// session thousands of times a second.
    func glance(at key: SessionKey, _ wish: Wish) {
        let isNew = state.withLock { state in
            state.glances.count < Self.mostGlances && state.glances.insert(key).inserted
        }
        if isNew { push(.read(WaitingRoom.nobody, wish, key)) }
    }

    /// Whether the input was handled and its writes are on disk. It is not where the loop has ended, or where this task
    /// was cancelled before the loop came to the input, which is then taken back.
    func deliver(_ input: Input) async -> Bool {
        let ticket = state.withLock { $0.ticket() }
        return await deliver(input, as: ticket, Receipt()) == .stored
    }

    /// What became of an input.
    enum Delivered: Hashable, Sendable {
        case stored
        /// The loop has ended, or this task was cancelled.
        case refused
        /// The store began to fail. Unless it could be taken back, the input is handled when the store works again.
        case failing(StoreError, isWithdrawn: Bool)
    }

    /// The same for whoever will not wait until a store that fails works again.
    func deliver(_ input: Input, unlessFailing health: StoreHealth) async -> Delivered {
        let ticket = state.withLock { $0.ticket() }
        let receipt = Receipt()
        health.watch(receipt)
        defer { health.forget(receipt) }
        switch await deliver(input, as: ticket, receipt) {
        case .stored: return .stored
        case .refused: return .refused
        case .failing(let failure): return .failing(failure, isWithdrawn: withdraw(ticket))
        }
    }

    private func deliver(_ input: Input, as ticket: Ticket, _ receipt: Receipt) async -> Receipt.Outcome {
        await withTaskCancellationHandler {
            await receipt.outcome {
                let (waiter, isRefused) = state.withLock { state -> (CheckedContinuation<Void, Never>?, Bool) in
                    guard !state.isClosed, !Task.isCancelled else { return (nil, true) }
                    return (
                        put(Delivery(input: input, cameAt: clock.steady(), receipt: receipt), as: ticket, in: &state),
                        false
                    )
                }
                waiter?.resume()
                if isRefused { receipt.give(.refused) }
            }
        } onCancel: {
            withdraw(ticket)
        }
    }

    /// Takes an input back; false when the loop has it already.
    @discardableResult
    func withdraw(_ ticket: Ticket) -> Bool {
        guard let delivery = state.withLock({ $0.deliveries.removeValue(forKey: ticket) }) else { return false }
        delivery.receipt?.give(.refused)
        return true
    }

    /// Whether a stop was asked for, be it that the loop has not come to it yet.
    var isStopAsked: Bool { state.withLock { $0.isStopAsked } }

    var isEmpty: Bool { state.withLock { $0.deliveries.isEmpty } }

    /// All that has come in.
    func take() -> [Delivery] { state.withLock { $0.take() } }

    /// Waits until something is here, up to `nap`. Not at all when the task is cancelled.
    func wait(upTo nap: Duration, by clock: any WallClock) async {
        guard nap > .zero && state.withLock({ $0.deliveries.isEmpty && !$0.isClosed }) else { return }
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

    /// Lets everybody go who waits for a receipt, now and later.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            return state.take()
        }
        for delivery in waiting { delivery.receipt?.give(.refused) }
    }

    /// Returns the loop's continuation, to be resumed outside the lock.
    private func put(
        _ delivery: Delivery, as ticket: Ticket, in state: inout State
    ) -> CheckedContinuation<Void, Never>? {
        guard !state.isClosed else { return nil }
        state.deliveries[ticket] = delivery
        defer { state.waiter = nil }
        return state.waiter
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
