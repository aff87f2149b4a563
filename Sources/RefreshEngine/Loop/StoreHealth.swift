// Whether the store takes writes, as the loop last saw it: operators are told at once, instead of waiting with it.

import Synchronization

final class StoreHealth: Sendable {
    private struct State {
        var failure: StoreError?
        /// Of operators that wait: no more than the control socket has connections.
        var watchers: [ObjectIdentifier: Receipt] = [:]
    }

    private let state = Mutex(State())

    /// Why writes fail; nil while they do not.
    var failure: StoreError? { state.withLock { $0.failure } }

    func failed(_ failure: StoreError) {
        let watchers = state.withLock { state in
            state.failure = failure
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.give(.failing(failure)) }
    }

    func recovered() {
        state.withLock { $0.failure = nil }
    }

    /// Gives news of a failure to the receipt, also of one that has begun already.
    func watch(_ receipt: Receipt) {
        let failure = state.withLock { state in
            state.watchers[ObjectIdentifier(receipt)] = receipt
            return state.failure
        }
        if let failure { receipt.give(.failing(failure)) }
    }

    func forget(_ receipt: Receipt) {
        state.withLock { $0.watchers[ObjectIdentifier(receipt)] = nil }
    }
}
