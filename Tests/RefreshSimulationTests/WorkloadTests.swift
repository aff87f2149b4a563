// How good the scheduler is where nothing goes wrong: against the best possible where calls suffice, and against two plain
// schedulers where they do not.

import RefreshSimulation
import Testing

@Suite("Under a load")
struct WorkloadTests {
    @Test("that is feasible every read finds a token, and few calls are made that could have been spared")
    func feasible() {
        for (pattern, isDeclared) in [(Workload.Pattern.zipf, false), (.uniform, false), (.nightly, true)] {
            let load = Workload(.feasible, pattern, isDeclared: isDeclared, days: 3, seed: 7)
            let (score, breaches) = load.scheduled(seed: 1)
            #expect(breaches.isEmpty)
            #expect(score.missed == 0)
            #expect(score.waited == 0)
            #expect(score.calls * 100 <= load.fewestCalls * 105, "\(load.name): \(score.calls) of \(load.fewestCalls)")
        }
    }

    @Test(
        "that is too much more reads find a token than under either plain scheduler",
        arguments: Workload.all(days: 2, seed: 11).filter { $0.load != .feasible })
    func tooMuch(_ load: Workload) {
        let (score, breaches) = load.scheduled(seed: 1)
        #expect(breaches.isEmpty)
        #expect(score.fresh > load.earliestExpiryFirst().fresh)
        #expect(score.fresh > load.refreshedWhenRead().fresh)
        #expect(score.fresh + score.missed <= load.reads.count)
    }

    @Test("the bound is none that a scheduler can pass")
    func bound() {
        let load = Workload(.twofold, .zipf, isDeclared: false, days: 1, seed: 3)
        let bound = load.bound(rounds: 40)
        #expect(bound <= load.reads.count)
        #expect(load.scheduled(seed: 1).0.fresh <= bound)
        #expect(load.refreshedWhenRead().fresh <= bound)
    }
}
