// What is told of a load: how far the scheduler is from the best possible.

import RefreshSimulation

extension Figure {
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
}
