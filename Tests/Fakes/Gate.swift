// A gate that a test shuts before somebody who is to hang, and opens again.

import Synchronization

package final class Gate: Sendable {
    private struct State {
        var isShut = false
        var last = 0
        var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// How many wait before it.
    package var count: Int { state.withLock { $0.waiting.count } }

    package func shut() { state.withLock { $0.isShut = true } }

    package func open() {
        let waiting = state.withLock { state in
            state.isShut = false
            defer { state.waiting = [:] }
            return state.waiting.sorted { $0.key < $1.key }.map(\.value)
        }
        for waiter in waiting { waiter.resume(returning: true) }
    }

    /// Returns true when the gate is open, false when the task is cancelled before.
    package func pass() async -> Bool {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOpen: Bool? = state.withLock { state in
                    if !state.isShut { return true }
                    if Task.isCancelled { return false }
                    state.waiting[number] = continuation
                    return nil
                }
                if let isOpen { continuation.resume(returning: isOpen) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: false)
        }
    }
}
