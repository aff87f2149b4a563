// Readers that wait for a refresh, each by a number that the scheduler knows them by. A seat is held from the asking to
// the leaving, and by nothing else: a call that comes for somebody who has left leaves nothing behind.

import RefreshPolicy
import Synchronization

final class WaitingRoom: Sendable {
    /// How a wait ended.
    enum Ending: Hashable, Sendable {
        /// The scheduler called, or the loop ended: the store holds the answer. Who was not helped may ask again then.
        case called(retryAt: WallTime?)
        /// The limit passed, or the reader's task was cancelled.
        case left
        /// The same, of what an operator asked for while the store fails: it is taken back.
        case withdrawn(StoreError)
        /// Nobody was asked: the loop has ended, or too many wait already.
        case refused
    }

    private enum Seat {
        case kept
        case taken(CheckedContinuation<Void, Never>)
        case called(retryAt: WallTime?)
    }

    private struct State {
        var last = 0
        var seats: [ReaderID: Seat] = [:]
        var isClosed = false
    }

    private let inbox: Inbox
    private let clock: any WallClock
    private let health: StoreHealth
    private let state = Mutex(State())
    /// The number of a reader that does not wait.
    static let nobody = ReaderID(0)
    /// Enough for every worker of a busy host; whoever comes after them is answered with what there is.
    private static let most = 10_000

    init(inbox: Inbox, clock: any WallClock, health: StoreHealth) {
        self.inbox = inbox
        self.clock = clock
        self.health = health
    }

    /// How many are here.
    var count: Int { state.withLock { $0.seats.count } }

    /// Asks for a refresh of a session, and waits for its outcome up to `limit` or until the task is cancelled.
    func wait(for key: SessionKey, _ wish: Wish, upTo limit: Duration) async -> Ending {
        guard let reader = enter() else { return .refused }
        defer { state.withLock { $0.seats[reader] = nil } }
        let request = inbox.push(.read(reader, wish, key))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.sit(reader) }
            group.addTask { [clock] in
                // Cancelled means that the reader was called or is gone.
                do { try await clock.sleep(for: limit) } catch {}
            }
            await group.next()
            group.cancelAll()
        }
        if case .called(let retryAt)? = state.withLock({ $0.seats[reader] }) { return .called(retryAt: retryAt) }
        // An app that has left wants nothing any more; what an operator asked for is done without them, but for while the
        // store fails: the loop comes to nothing then, and what it does not take would gather.
        let failure = wish.asker == .operator ? health.failure : nil
        let isWithdrawn = (wish.asker == .app || failure != nil) && inbox.withdraw(request)
        if !isWithdrawn { inbox.push(.readerLeft(reader, key)) }
        if isWithdrawn, let failure { return .withdrawn(failure) }
        return .left
    }

    func call(_ reader: ReaderID, retryAt: WallTime?) {
        state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let seat = state.seats[reader] else { return nil }
            state.seats[reader] = .called(retryAt: retryAt)
            guard case .taken(let waiter) = seat else { return nil }
            return waiter
        }?.resume()
    }

    /// Calls everybody, and lets nobody in any more.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.seats = state.seats.mapValues { _ in .called(retryAt: nil) } }
            return state.seats.values.compactMap { seat in
                if case .taken(let waiter) = seat { waiter } else { nil }
            }
        }
        for waiter in waiters { waiter.resume() }
    }

    private func enter() -> ReaderID? {
        state.withLock { state in
            guard !state.isClosed, state.seats.count < Self.most else { return nil }
            state.last += 1
            let reader = ReaderID(state.last)
            state.seats[reader] = .kept
            return reader
        }
    }

    private func sit(_ reader: ReaderID) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard case .kept = state.seats[reader], !Task.isCancelled else { return true }
                    state.seats[reader] = .taken(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard case .taken(let waiter) = state.seats[reader] else { return nil }
                state.seats[reader] = .kept
                return waiter
            }?.resume()
        }
    }
}
