// Whom the watchdog is fed for.

import Systemd
import Testing

@testable import Refreshd

@Suite("Law 10: the watchdog")
struct WatchdogTests {
    @Test("is fed through every nap, and no more once the loop has stood still for three of them, until it goes on")
    func feeding() {
        var loop = LoopWatch(isAwaited: true)
        let looks: [(last: Duration, now: Duration, isFed: Bool, isTold: Bool)] = [
            (.seconds(1000), .seconds(1031), true, false), (.seconds(1000), .seconds(1089), true, false),
            (.seconds(1000), .seconds(1090), false, true), (.seconds(1000), .seconds(1100), false, false),
            (.seconds(1101), .seconds(1102), true, false), (.seconds(1101), .seconds(1191), false, true),
        ]
        for look in looks {
            let (notice, telling) = loop.look(look.last, at: look.now)
            #expect(notice == (look.isFed ? .watchdog : nil), "\(look)")
            #expect(telling?.kind == (look.isTold ? .daemon(.loopStuck) : nil), "\(look)")
        }
    }

    @Test("that nobody waits for is not fed, and a loop that is stuck is told all the same")
    func unawaited() {
        var loop = LoopWatch(isAwaited: false)
        #expect(loop.look(.zero, at: .seconds(30)).notice == nil)
        #expect(loop.look(.zero, at: .seconds(90)).telling?.kind == .daemon(.loopStuck))
    }
}
