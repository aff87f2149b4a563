// One measured figure, in the form that all benchmarks write.

import Foundation
import RefreshSimulation

struct Figure: Encodable {
    let name: String
    let value: Double
    let unit: String
    /// What it is held to, in words; nil where it is only told.
    let target: String?
    /// What it is a ratio to, or was run beside.
    let against: String
    let limitedBy: String

    static func figures(
        of load: Workload, _ bound: Int, _ score: Score, _ rivals: [Score]
    ) -> [Figure] {
        let best = rivals.map(\.fresh).max() ?? 0
        var figures = [
            Figure(
                name: "fresh when read, \(load.name)", value: ratio(score.fresh, bound), unit: "ratio",
                target: load.load == .feasible ? "1" : "above \(fixed(ratio(best, bound)))",
                against: "a clairvoyant bound; the better of two plain schedulers", limitedBy: "the calls of a window")
        ]
        if load.load == .feasible {
            figures.append(
                Figure(
                    name: "calls, \(load.name)", value: ratio(score.calls, load.fewestCalls), unit: "ratio",
                    target: "at most 1.05", against: "the fewest calls that make every read fresh",
                    limitedBy: "the margin before a token's end"))
        }
        return figures
    }

    static func write(_ figures: [Figure], to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(figures).write(to: URL(fileURLWithPath: path))
    }
}
