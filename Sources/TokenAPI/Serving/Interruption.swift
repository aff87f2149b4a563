// Ends a reader's wait early: its app hung up, or the daemon stops.

import Synchronization

/// One per connection. A connection serves one request at a time, so there is one wait at most.
final class Interruption: Sendable {
    private enum State {
        case quiet
        case waiting(cancel: @Sendable () -> Void)
        case interrupted
    }

    private let state = Mutex(State.quiet)

    /// Ends the wait that goes on, and those to come.
    func interrupt() {
        let before = state.withLock { state in
            defer { state = .interrupted }
            return state
        }
        if case .waiting(let cancel) = before { cancel() }
    }

    /// Runs `wait` in a task of its own, which is cancelled when interrupted, and returns what it returns. The caller's
    /// task goes on uncancelled: it still has to write the answer, and a cancelled task cannot write to a channel.
    func limit<Value: Sendable, Failure: Error>(
        _ wait: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let task = Task { () async -> Result<Value, Failure> in
            do throws(Failure) { return .success(try await wait()) } catch { return .failure(error) }
        }
        begin { task.cancel() }
        defer { end() }
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        return try result.get()
    }

    private func begin(_ cancel: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            if case .interrupted = state { return true }
            state = .waiting(cancel: cancel)
            return false
        }
        if isOver { cancel() }
    }

    private func end() {
        state.withLock { state in
            if case .waiting = state { state = .quiet }
        }
    }
}
