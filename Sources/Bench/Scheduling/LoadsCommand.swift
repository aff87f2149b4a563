// `refreshd-bench loads`: how many reads find a token, and for how many calls, as ratios to what a clairvoyant could do,
// beside two plain schedulers under the same loads.

import ArgumentParser
import RefreshSimulation

struct LoadsCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "loads", abstract: "Compare the scheduler with the best possible, and with two plain ones.")

    @Option(help: "Days of each load.")
    var days: Int64 = 7

    @Option(help: "The seed of the loads.")
    var seed: UInt64 = 7

    func measure() -> [Figure] {
        print("load                       reads   refreshd        earliest expiry  when read       calls")
        var figures: [Figure] = []
        for load in Workload.all(days: days, seed: seed) {
            let bound = load.bound()
            let (score, breaches) = load.scheduled(seed: seed)
            let rivals = [load.earliestExpiryFirst(), load.refreshedWhenRead()]
            print(line(load, bound, score, rivals))
            for breach in breaches { print("  \(breach)") }
            figures += Figure.figures(of: load, bound, score, rivals)
        }
        return figures
    }

    private func line(_ load: Workload, _ bound: Int, _ score: Score, _ rivals: [Score]) -> String {
        let shares = ([score] + rivals).map { fixed(ratio($0.fresh, bound)) }
        let calls = load.load == .feasible ? "  \(fixed(ratio(score.calls, load.fewestCalls)))" : ""
        return [
            padded(load.name, 25), padded("\(load.reads.count)", 7), padded("\(shares[0])", 15), padded(shares[1], 16),
            padded(shares[2], 15), "\(score.calls)\(calls)",
        ].joined(separator: " ")
    }
}

func ratio(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 1 : Double(part) / Double(whole) }

func fixed(_ number: Double) -> String {
    let thousandths = Int((number * 1000).rounded())
    let rest = "\(thousandths % 1000)"
    return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
}
