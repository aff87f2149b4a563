// A door that is shut until a test opens it.

import AppwriteModel
import AppwriteSimulator

final class Latch: Sendable {
    private let (passage, door) = AsyncStream<Never>.makeStream()

    func open() { door.finish() }

    /// Returns when the door is open, or the task is cancelled.
    func pass() async {
        for await _ in passage {}
    }

    /// A simulator's clock by which every provider with a delay takes until the door is opened.
    var clock: SimulatorClock {
        SimulatorClock(now: SimulatorClock.system.now) { _ in await self.pass() }
    }
}
