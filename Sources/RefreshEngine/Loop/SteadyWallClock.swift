// UTC that does not jump by itself: it goes by steady time from an anchor, and is told to follow a step of the
// machine's clock when all that is stored has moved along, so that nobody holds the one against the other (law 9).

package import RefreshPolicy
import Synchronization

package final class SteadyWallClock: WallClock {
    private let machine: any WallClock
    private let anchor: Mutex<Anchor>

    private struct Anchor {
        var wall: WallTime
        var steady: Duration
    }

    package init(_ machine: any WallClock) {
        self.machine = machine
        anchor = Mutex(Anchor(wall: machine.now(), steady: machine.steady()))
    }

    package func now() -> WallTime {
        let steady = machine.steady()
        return anchor.withLock { $0.wall + (steady - $0.steady) }
    }

    package func steady() -> Duration { machine.steady() }

    package func sleep(for duration: Duration) async throws(CancellationError) {
        try await machine.sleep(for: duration)
    }

    /// By how much the machine's clock was stepped since it was last followed. Less than a second is the clock being
    /// slewed, which is followed without a word.
    package func step() -> Duration? {
        let wall = machine.now()
        let steady = machine.steady()
        return anchor.withLock { anchor in
            let step = wall - (anchor.wall + (steady - anchor.steady))
            guard abs(step.wholeMilliseconds) < 1000 else { return step }
            // Only forward, and gently: time that runs backwards even a little would undo the order of events.
            if step > .zero { anchor = Anchor(wall: wall, steady: steady) }
            return nil
        }
    }

    /// From now on `now()` is further by this step.
    package func follow(_ step: Duration) {
        anchor.withLock { $0.wall = $0.wall + step }
    }
}
