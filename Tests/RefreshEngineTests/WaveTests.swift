// The end of a wave of refused grants concerns all sessions of a provider, of which there may be a million.

import Fakes
import RefreshEngine
import RefreshPolicy
import Testing

@Suite("A wave that is over")
struct WaveTests {
    @Test("has all its sessions pardoned, however many, and never more than a page of them in hand")
    func pages() throws {
        // Given a wave that another condition followed, as a crash left it
        let bench = EngineBench()
        let lane = Lane(project: .app, provider: .named("google"))
        let wave = Condition(
            scope: .lane(lane), cause: .grantsRefused, since: bench.now - .seconds(60), count: 300,
            probeAt: bench.now + .seconds(600))
        let failing = Condition(
            scope: .lane(lane), cause: .providerFailing, since: bench.now - .seconds(9), count: 4,
            probeAt: bench.now + .seconds(600))
        let keys = (0..<300).map { number in
            let key = bench.know(.google("s\(number)", of: "u\(number)", left: .seconds(-60), uid: "g\(number)"))
            bench.change(key) {
                $0.verdict = .needsLogin(since: wave.since + .seconds(1), lookAt: bench.now + .days(1))
                $0.standing = .needsLogin
                $0.wakeAt = bench.now + .days(1)
                $0.want = nil
            }
            return key
        }
        bench.commit([.condition(wave), .condition(failing)])

        bench.begin()

        #expect(keys.allSatisfy { bench.row($0)?.failures == 1 })
        #expect(!bench.stored.conditions.map(\.cause).contains(.grantsRefused))
        #expect(bench.memory.largestCommit <= 257)
        bench.crash()
    }
}
