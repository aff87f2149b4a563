// The laws, tried in worlds made by dice. `make simulate` tries more of them.

import RefreshSimulation
import Testing

@Suite("The laws, by dice")
struct TrialTests {
    @Test(
        "hold through logins, faults, lost answers, stepped clocks and crashes",
        arguments: 1...150 as ClosedRange<UInt64>)
    func hold(_ seed: UInt64) {
        var trial = Trial(seed: seed)
        let report = trial.run(hours: 24)
        #expect(report.breaches.isEmpty)
    }

    @Test(
        "hold where a fault was found once",
        arguments: [
            274, 290, 400, 462, 690, 881, 1140, 2798, 3017, 3048, 3487, 6405, 60_537, 66_970, 67_863,
            209_216,
        ] as [UInt64])
    func stillHold(_ seed: UInt64) {
        var trial = Trial(seed: seed)
        let report = trial.run(hours: 24)
        #expect(report.breaches.isEmpty)
    }

    @Test("are tried by all that can happen: a run in which nothing does proves nothing")
    func happens() {
        var patches = 0
        var lost = 0
        var refused = 0
        var served = 0
        var overLimit = 0
        for seed in 1...30 as ClosedRange<UInt64> {
            var trial = Trial(seed: seed)
            let tally = trial.run(hours: 12).tally
            patches += tally.patches
            lost += tally.lost
            refused += tally.refusals
            served += tally.tokensServed
            overLimit += tally.overLimit
        }
        #expect(patches > 500)
        #expect(lost > 20)
        #expect(refused > 50)
        #expect(served > 500)
        #expect(overLimit > 0, "others spend what nobody could know of")
    }

    @Test("are tried in the same way again by the same seed")
    func repeats() {
        var first = Trial(seed: 17, keepsHistory: true)
        var second = Trial(seed: 17, keepsHistory: true)
        let history = first.run(hours: 6).history
        #expect(history.count > 20)
        #expect(history == second.run(hours: 6).history)
    }
}
