// `refreshd-bench starts`: how soon a daemon is ready, what memory it takes, and what it costs while nothing is to be done.

import ArgumentParser
import Foundation
import RefreshPolicy

struct StartsCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "starts", abstract: "Measure start, memory and idleness.")

    @Option(help: "The lesser number of sessions.")
    var few = 1000

    @Option(help: "The greater number of sessions.")
    var many = 1_000_000

    @Option(help: "How many sessions the idle daemon has.")
    var idle = 100_000

    @Option(help: "How often each start is made.")
    var rounds = 5

    @Option(help: "How many seconds the idle daemon is watched.")
    var seconds = 60

    func measure() async throws -> [Figure] {
        print("starts: storing \(few), \(idle) and \(many) sessions")
        let least = try await BenchFolder.filled(few)
        let most = try await BenchFolder.filled(many)
        var starts: [(few: Double, many: Double)] = []
        var memory: [(few: Double, many: Double)] = []
        for _ in 0..<rounds {
            let (one, other) = (try once(least), try once(most))
            starts.append((one.start, other.start))
            memory.append((one.memory, other.memory))
        }
        return figures(
            of: starts, "start to READY", "ms", nil, limitedBy: "loading of libraries, opening of the store")
            + figures(
                of: memory, "resident memory", "MB", "under 64", limitedBy: "libraries, and SQLite's caches")
            + [try await idleness()]
    }

    private func figures(
        of rounds: [(few: Double, many: Double)], _ name: String, _ unit: String, _ target: String?,
        limitedBy limit: String
    ) -> [Figure] {
        [
            Figure(
                name: "\(name), \(many) sessions", value: rounds.map(\.many).quantile() ?? 0, unit: unit,
                target: target,
                limitedBy: limit),
            Figure(
                name: "\(name), \(many) over \(few) sessions", value: rounds.map { $0.many / $0.few }.quantile() ?? 0,
                unit: "ratio", target: "at most 1.2", against: "the same daemon with \(few) sessions",
                limitedBy: limit),
        ]
    }

    private func once(_ folder: BenchFolder) throws -> (start: Double, memory: Double) {
        let daemon = try Daemon(in: folder, projects: Daemon.still)
        defer { daemon.child.end() }
        // Its first round of work belongs to the start.
        usleep(500_000)
        return (daemon.start.inSeconds * 1000, try daemon.child.residentMemory)
    }

    private func idleness() async throws -> Figure {
        let daemon = try Daemon(in: try await BenchFolder.filled(idle), projects: Daemon.still)
        sleep(5)
        let before = try daemon.child.processorTime
        sleep(UInt32(seconds))
        let used = try daemon.child.processorTime - before
        return Figure(
            name: "processor time of an idle minute, \(idle) sessions",
            value: used.inSeconds * 1000 * 60 / Double(seconds),
            unit: "ms", limitedBy: "naps of 30 s at most, and the watchdog")
    }
}
