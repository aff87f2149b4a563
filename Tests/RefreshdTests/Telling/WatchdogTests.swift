// What the watchdog is fed by.

import Testing

@testable import Refreshd

@Suite("The watchdog")
struct WatchdogTests {
    private static func looks(_ values: [Duration]) -> [Bool] {
        var pulse = Pulse(patience: .seconds(90), lookedAtEvery: .seconds(10))
        return values.map { pulse.isAlive($0) }
    }

    @Test("is fed as long as something gets on, and not once it has not for its patience; then again when it does")
    func patience() {
        let gettingOn = (0..<20).map { Duration.seconds($0) }
        let stuck = Array(repeating: Duration.seconds(19), count: 10)
        #expect(
            Self.looks(gettingOn + stuck + [.seconds(20)])
                == Array(repeating: true, count: 28) + [false, false, true])
    }

    @Test("is fed after a night in which the machine slept: nothing had the time to get on")
    func suspended() {
        #expect(Self.looks([.seconds(1000), .seconds(1000), .seconds(1000 + 8 * 3600)]) == [true, true, true])
    }
}
