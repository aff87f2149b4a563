// A clock that stands until a test moves it. Steady and wall time are apart, so that the wall's can be stepped.

import RefreshEngine
package import RefreshPolicy
import Synchronization

package final class ManualClock: WallClock {
    private struct Sleeper {
        let until: Duration
        /// Resumed with whether it slept to the end.
        let waker: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var wall: WallTime
        var steady: Duration
        var last = 0
        var sleepers: [Int: Sleeper] = [:]
    }

    private let state: Mutex<State>

    package init(at wall: WallTime, steady: Duration = .seconds(1000)) {
        state = Mutex(State(wall: wall, steady: steady))
    }

    package func now() -> WallTime { state.withLock { $0.wall } }
    package func steady() -> Duration { state.withLock { $0.steady } }

    package func sleep(for duration: Duration) async throws(CancellationError) {
        let (number, until) = state.withLock { state in
            state.last += 1
            return (state.last, state.steady + duration)
        }
        let isRested = await withTaskCancellationHandler {
            await withCheckedContinuation { waker in
                let isOver: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if until <= state.steady { return true }
                    state.sleepers[number] = Sleeper(until: until, waker: waker)
                    return nil
                }
                if let isOver { waker.resume(returning: isOver) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.waker.resume(returning: false)
        }
        if !isRested { throw CancellationError() }
    }

    /// How many sleep.
    package var count: Int { state.withLock { $0.sleepers.count } }

    /// How long from now until the next sleeper wakes; nil when nobody sleeps.
    package var untilNextWaking: Duration? {
        state.withLock { state in state.sleepers.values.map(\.until).min().map { $0 - state.steady } }
    }

    /// Lets time pass, steady and wall alike, and wakes whose time has come, in order.
    package func advance(by duration: Duration) {
        let rested = state.withLock { state in
            state.steady += duration
            state.wall = state.wall + duration
            let rested = state.sleepers.filter { $0.value.until <= state.steady }
            for number in rested.keys { state.sleepers[number] = nil }
            return rested.sorted { ($0.value.until, $0.key) < ($1.value.until, $1.key) }.map(\.value)
        }
        for sleeper in rested { sleeper.waker.resume(returning: true) }
    }

    /// Sets the wall's clock forward or back; no time passes.
    package func step(by duration: Duration) {
        state.withLock { $0.wall = $0.wall + duration }
    }
}
