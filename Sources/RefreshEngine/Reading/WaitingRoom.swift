// Readers that wait for a refresh, each by a number that the scheduler knows them by.

import RefreshPolicy
import Synchronization

final class WaitingRoom: Sendable {
    private struct State {
        var last = 0
        var waiting: [ReaderID: CheckedContinuation<Void, Never>] = [:]
        /// Called before they sat down.
        var called: Set<ReaderID> = []
        var isClosed = false
    }

    private let state = Mutex(State())
    /// The number of a reader that does not wait.
    static let nobody = ReaderID(0)

    func number() -> ReaderID {
        state.withLock { state in
            state.last += 1
            return ReaderID(state.last)
        }
    }

    /// Returns when the reader is called, when `limit` has passed, or when its task is cancelled. `isCalled` tells
    /// which: one that was not called must be taken off the scheduler's list.
    func wait(_ reader: ReaderID, upTo limit: Duration, by clock: any WallClock) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await self.call(of: reader)
                return !Task.isCancelled
            }
            group.addTask {
                // Cancelled means that the reader was called or is gone.
                do { try await clock.sleep(for: limit) } catch {}
                return false
            }
            let isCalled = await group.next() ?? false
            group.cancelAll()
            return isCalled
        }
    }

    func call(_ reader: ReaderID) {
        guard reader != Self.nobody else { return }
        state.withLock { state -> CheckedContinuation<Void, Never>? in
            if let waiter = state.waiting.removeValue(forKey: reader) { return waiter }
            state.called.insert(reader)
            return nil
        }?.resume()
    }

    /// Nobody waits under this number any more.
    func forget(_ reader: ReaderID) {
        state.withLock { _ = $0.called.remove(reader) }
    }

    /// Calls everybody, now and later.
    func close() {
        let all = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for waiter in all { waiter.resume() }
    }

    private func call(of reader: ReaderID) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.called.remove(reader) != nil || state.isClosed || Task.isCancelled { return true }
                    state.waiting[reader] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: reader) }?.resume()
        }
    }
}
