// Whom the watchdog is fed for.

import Testing

@testable import Refreshd

@Suite("Law 10: the watchdog")
struct WatchdogTests {
    @Test("is fed through every nap, and no more once the loop has stood still for three of them")
    func feeding() {
        #expect(ManagerLine.isAlive(.seconds(1000), at: .seconds(1031)))
        #expect(ManagerLine.isAlive(.seconds(1000), at: .seconds(1089)))
        #expect(!ManagerLine.isAlive(.seconds(1000), at: .seconds(1090)))
    }
}
