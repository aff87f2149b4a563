// `refreshd-trials`: the laws in worlds made by dice, from one seed on. A breach prints its seed, the moment, and what
// happened before; the same seed replays it. `make simulate` calls it.

package import ArgumentParser
import RefreshSimulation

package struct TrialsCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "refreshd-trials", abstract: "Try the laws in worlds made by dice.",
        discussion: "Each seed is one world. One seed alone is told in full where a law is broken.")

    @Option(help: "The first seed.")
    var seed: UInt64 = 1

    @Option(help: "How many seeds.")
    var count: UInt64 = 1

    @Option(help: "Hours of trouble in each world; a quiet time follows.")
    var hours = 24

    /// Lines of what happened before a breach.
    private static let told = 60

    package init() {}

    package func run() throws {
        let clock = ContinuousClock()
        let begin = clock.now
        var sum = TrialSum()
        for seed in seed..<(seed &+ count) {
            var trial = Trial(seed: seed)
            let report = trial.run(hours: hours)
            sum.add(report)
            for breach in report.breaches.prefix(3) { print("seed \(seed): \(breach)") }
            if count == 1 && !report.breaches.isEmpty { tell(seed) }
        }
        print(sum.text(in: begin.duration(to: clock.now)))
        if sum.broken > 0 { throw ExitCode.failure }
    }

    private func tell(_ seed: UInt64) {
        var again = Trial(seed: seed, keepsHistory: true)
        for line in again.run(hours: hours).history.suffix(Self.told) { print(line) }
    }
}

/// What all trials together did.
private struct TrialSum {
    private var seeds = 0
    private(set) var broken = 0
    private var sessionDays = 0.0
    private var patches = 0
    private var renewals = 0
    private var lost = 0
    private var served = 0

    mutating func add(_ report: Trial.Report) {
        seeds += 1
        broken += report.breaches.isEmpty ? 0 : 1
        sessionDays += report.sessionDays
        patches += report.tally.patches
        renewals += report.tally.renewals
        lost += report.tally.lost
        served += report.tally.tokensServed
    }

    func text(in time: Duration) -> String {
        let seconds = max(0.001, Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18)
        return """
            \(seeds) seeds, \(broken) with a law broken: \(Int(sessionDays)) session-days, \
            \(Int(sessionDays / seconds)) a second; \(patches) refreshes sent, \(renewals) of them renewed, \
            \(lost) answers lost, \(served) tokens served
            """
    }
}
