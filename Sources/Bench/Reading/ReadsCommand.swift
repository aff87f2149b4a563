// `refreshd-bench reads`: what an app waits for a token that is there, beside the least that answers on a socket; and
// while the provider hangs, and while many sessions are refreshed at once.

import AppwriteSimulator
import ArgumentParser
import Foundation
import Harness
import RefreshPolicy

struct ReadsCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "reads", abstract: "Measure reads of tokens that are there.")

    @Option(help: "How many sessions are stored.")
    var sessions = 100_000

    @Option(help: "How often each measurement is made, in turn with what it is beside.")
    var rounds = 5

    private static let time = Duration.milliseconds(1500)

    func measure() async throws -> [Figure] {
        var dice = SeededGenerator(seed: 1)
        let requests = (0..<10_000).map { _ in
            let index = Int.random(in: 0..<sessions, using: &dice)
            return Readers.request("/v1/tokens/main/\(StoredSessions.name(index))")
        }
        print("reads: storing \(sessions) sessions, twice")
        let calm = try Daemon(in: try await BenchFolder.filled(sessions), projects: Daemon.still)
        let figures = try besideBare(calm, requests)
        let other = try await BenchFolder.filled(sessions)
        // More tokens of 25 seconds than the default pace renews: some are always due.
        return try await Provider.with(lifetime: 25_000) { provider in
            try provider.logIn(600)
            let projects = Daemon.still + "\n" + (try provider.settings(in: other))
            let busy = try Daemon(in: other, projects: projects)
            try await provider.untilRefreshed(50)
            return try figures + underTrouble(busy, calm, requests, provider)
        }
    }

    private func besideBare(_ daemon: Daemon, _ requests: [[UInt8]]) throws -> [Figure] {
        let socket = daemon.folder.path + "/bare.sock"
        let bare = try ChildProcess(
            try BuiltProgram.path("refreshd-bench"), ["respond", "--socket", socket, "--bytes", "1000"],
            output: daemon.folder.path + "/bare.log")
        for _ in 0..<500 where !FileManager.default.fileExists(atPath: socket) { usleep(10_000) }
        defer { bare.end() }
        var figures = [try first(of: daemon, requests)]
        for connections in [1, 32, 256] {
            var ours: [Round] = []
            var theirs: [Round] = []
            for _ in 0..<rounds {
                theirs.append(try Round(of: bare, at: socket, connections, requests))
                ours.append(try Round(of: daemon.child, at: daemon.folder.tokenSocket, connections, requests))
            }
            figures += Self.compare(ours.map(\.figures), theirs.map(\.figures), at: connections)
            figures.append(
                Figure(
                    name: "token reads at \(connections), processor time of one",
                    value: ours.map(\.processor).quantile() ?? 0, unit: "µs",
                    against: "a bare responder: \(shortly(theirs.map(\.processor).quantile() ?? 0)) µs"))
        }
        return figures
    }

    /// One measurement of one server.
    private struct Round {
        let figures: ReadFigures
        /// Microseconds that the server's process used for a read.
        let processor: Double

        init(of server: ChildProcess, at socket: String, _ connections: Int, _ requests: [[UInt8]]) throws {
            let before = try server.processorTime
            figures = try Readers.read(socket, connections: connections, requests: requests, for: ReadsCommand.time)
            processor = try (server.processorTime - before).inSeconds * 1e6 / Double(max(1, figures.count))
        }
    }

    /// Reads all, so that the daemon has them at hand; the first of them it had not.
    private func first(of daemon: Daemon, _ requests: [[UInt8]]) throws -> Figure {
        let socket = daemon.folder.tokenSocket
        let first = try Readers.read(socket, connections: 32, requests: requests, for: .milliseconds(300))
        guard first.count < requests.count else { throw BenchFailure("some were read twice") }
        _ = try Readers.read(socket, connections: 32, requests: requests, for: .seconds(5))
        return Figure(
            name: "first token reads at 32, rate", value: first.rate, unit: "a second",
            limitedBy: "looks into the store")
    }

    private static func compare(_ ours: [ReadFigures], _ theirs: [ReadFigures], at connections: Int) -> [Figure] {
        let name = "token reads at \(connections)"
        let limit = connections == 1 ? "a wake-up of either side" : "processor time of both sides"
        let rates = zip(ours, theirs).map { $0.rate / $1.rate }
        let medians = zip(ours, theirs).map { $0.median / $1.median }
        let bare = "a bare responder of the same library"
        return [
            Figure(name: "\(name), rate", value: ours.map(\.rate).quantile() ?? 0, unit: "a second", limitedBy: limit),
            Figure(
                name: "\(name), rate, ratio", value: rates.quantile() ?? 0, unit: "ratio",
                target: connections == 32 ? "at least 0.6" : nil, against: bare, limitedBy: limit),
            Figure(
                name: "\(name), median time, ratio", value: medians.quantile() ?? 0, unit: "ratio",
                target: connections == 1 ? "at most 1.5" : nil, against: bare, limitedBy: limit),
            Figure(
                name: "\(name), p99", value: (ours.map(\.p99).quantile() ?? 0) * 1000, unit: "ms",
                against: bare
                    + ": \(shortly((theirs.map(\.p99).quantile() ?? 0) * 1000)) ms", limitedBy: limit),
        ]
    }

    /// The p99 of a daemon with much to do over that of one with nothing to do.
    private func underTrouble(
        _ busy: Daemon, _ calm: Daemon, _ requests: [[UInt8]], _ provider: Provider
    ) throws -> [Figure] {
        func p99(_ daemon: Daemon) throws -> Double {
            try Readers.read(daemon.folder.tokenSocket, connections: 32, requests: requests, for: Self.time).p99
        }
        func figure(_ trouble: String) throws -> Figure {
            let ratios = try (0..<rounds).map { _ in
                let quiet = try p99(calm)
                return try p99(busy) / quiet
            }
            return Figure(
                name: "token reads at 32, p99 while \(trouble)", value: ratios.quantile() ?? 0, unit: "ratio",
                target: "at most 1.3", against: "a daemon that only reads", limitedBy: "processors that all share")
        }
        let clock = ContinuousClock()
        let (before, begin) = (provider.simulator.ledger.patches.count, clock.now)
        var storm = try figure("so many are refreshed")
        let rate = Double(provider.simulator.ledger.patches.count - before) / (clock.now - begin).inSeconds
        guard rate > 1 else { throw BenchFailure("nothing was refreshed") }
        storm.name = storm.name.replacing("so many", with: "\(Int(rate)) a second")
        provider.simulator.setOutage(Outage(.silence))
        defer { provider.simulator.setOutage(nil) }
        return [storm, try figure("Appwrite hangs")]
    }
}
