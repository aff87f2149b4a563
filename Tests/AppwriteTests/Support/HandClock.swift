// A clock that stands still until a test lets the time run out: no test waits for time, nor fails on a slow machine.

import RefreshEngine
import RefreshPolicy
import Synchronization

final class HandClock: WallClock {
    private struct State {
        var isOver = false
        var sleepers: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    func now() -> WallTime { .start }
    func steady() -> Duration { .zero }

    func sleep(for duration: Duration) async throws(CancellationError) {
        let (alarm, sleeper) = AsyncStream<Void>.makeStream()
        let isOver = state.withLock { state in
            state.sleepers.append(sleeper)
            return state.isOver
        }
        if isOver { return }
        for await _ in alarm { return }
        throw CancellationError()
    }

    /// All time limits are over, now and from now on.
    func runOut() {
        state.withLock { state in
            state.isOver = true
            for sleeper in state.sleepers { sleeper.yield() }
        }
    }
}
