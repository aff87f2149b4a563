// When the loop last got on: what the watchdog is fed by (law 10). A provider that hangs does not stop it; a store that
// never answers does.

import Synchronization

final class Progress: Sendable {
    private let clock: any WallClock
    private let lastAt: Mutex<Duration>

    init(by clock: any WallClock) {
        self.clock = clock
        lastAt = Mutex(clock.steady())
    }

    /// Steady time.
    var last: Duration { lastAt.withLock { $0 } }

    func mark() {
        let now = clock.steady()
        lastAt.withLock { $0 = now }
    }
}
