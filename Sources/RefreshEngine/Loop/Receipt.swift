// What somebody gets who waits until an input is on disk: whoever has news first gives it, and later news is dropped.

import Synchronization

final class Receipt: Sendable {
    enum Outcome: Hashable, Sendable {
        case stored
        case refused
        case failing(StoreError)
    }

    private enum State {
        case new
        case waiting(CheckedContinuation<Outcome, Never>)
        case given(Outcome)
    }

    private let state = Mutex(State.new)

    func give(_ outcome: Outcome) {
        let waiting = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            switch state {
            case .given: return nil
            case .new:
                state = .given(outcome)
                return nil
            case .waiting(let continuation):
                state = .given(outcome)
                return continuation
            }
        }
        waiting?.resume(returning: outcome)
    }

    /// Waits for the outcome of what `begin` begins; may be asked once.
    func outcome(of begin: () -> Void) async -> Outcome {
        await withCheckedContinuation { continuation in
            let given = state.withLock { state -> Outcome? in
                if case .given(let outcome) = state { return outcome }
                state = .waiting(continuation)
                return nil
            }
            if let given { continuation.resume(returning: given) } else { begin() }
        }
    }
}
