// What the watchdog is fed by.

import Systemd
import Testing

@testable import Refreshd

@Suite("The watchdog")
struct WatchdogTests {
    private static func looks(_ values: [Duration]) -> [Pulse.Sight] {
        var pulse = Pulse(patience: .seconds(90), lookedAtEvery: .seconds(10))
        return values.map { pulse.look(at: $0) }
    }

    @Test("is fed as long as something gets on, and not once it has not for its patience; then again when it does")
    func patience() {
        let gettingOn = (0..<20).map { Duration.seconds($0) }
        let stuck = Array(repeating: Duration.seconds(19), count: 10)
        #expect(
            Self.looks(gettingOn + stuck + [.seconds(20)])
                == Array(repeating: .alive, count: 28) + [.stuck(isNews: true), .stuck(isNews: false), .alive])
        #expect(Self.looks(stuck + stuck).count { $0 == .stuck(isNews: true) } == 1)
        #expect(Self.looks(stuck + [.seconds(20)] + stuck).count { $0 == .stuck(isNews: true) } == 2)
    }

    @Test("is fed after a night in which the machine slept: nothing had the time to get on")
    func suspended() {
        #expect(
            Self.looks([.seconds(1000), .seconds(1000), .seconds(1000 + 8 * 3600)]) == [.alive, .alive, .alive])
    }

    /// Looks, each with the loop's last step and the API's last answer in seconds.
    private static func watch(
        isAwaited: Bool, _ looks: [(Int, Int?)]
    ) -> [(notice: Systemd.Notice?, kinds: [EventKind?])] {
        var watch = PulseWatch(
            WatchdogPatience(loop: .seconds(30), api: .seconds(20)), lookingEvery: .seconds(10), isAwaited: isAwaited)
        return looks.map { step, answer in
            let (notice, tellings) = watch.look(step: .seconds(step), answer: answer.map { .seconds($0) })
            return (notice, tellings.map(\.kind))
        }
    }

    @Test("is fed while both loop and API get on; which of them is stuck is told once")
    func both() {
        let looks = Self.watch(
            isAwaited: true,
            [(0, 0), (0, 10), (0, 20), (0, 30), (0, 40), (50, 40), (60, 40), (70, 40), (80, 80), (90, nil)])
        let (fed, hungry): (Systemd.Notice?, Systemd.Notice?) = (.watchdog, nil)
        #expect(
            looks.map(\.notice) == [fed, fed, fed, hungry, hungry, fed, hungry, hungry, fed, fed])
        #expect(
            looks.map(\.kinds) == [
                [], [], [], [.daemon(.loopStuck)], [], [], [.daemon(.socketStuck)], [], [], [],
            ])
    }

    @Test("that nobody waits for is not fed, and a loop that is stuck is told all the same")
    func unawaited() {
        let looks = Self.watch(isAwaited: false, Array(repeating: (0, nil), count: 5))
        #expect(looks.allSatisfy { $0.notice == nil })
        #expect(looks.flatMap(\.kinds) == [.daemon(.loopStuck)])
    }
}
