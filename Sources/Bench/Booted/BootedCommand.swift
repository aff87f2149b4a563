// `refreshd-bench booted`: what the package is under a systemd of its own, in a container that boots one.

import ArgumentParser
import Foundation
import Harness

struct BootedCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "booted", abstract: "Measure the package under a booted systemd. Only root can boot one.")

    @Option(help: "The package, as `make deb` makes it.")
    var package: String

    @Option(help: "How many sessions its store has.")
    var sessions = 1_000_000

    @Option(help: "How often it is started anew while it is read from.")
    var restarts = 5

    func measure() async throws -> [Figure] {
        if let obstacle = await Machine.obstacle() { throw BenchFailure("no systemd can be booted: \(obstacle)") }
        print("booted: storing \(sessions) sessions")
        let folder = try await BenchFolder.filled(sessions)
        return try await Machine.with { machine in
            let installed = try await install(in: machine, folder)
            var starts: [Double] = []
            var gaps: [Gap] = []
            for _ in 0..<restarts {
                gaps.append(try await gap(in: machine))
                starts.append(try await lastStart(in: machine))
            }
            let start = Figure(
                name: "systemctl start to active, \(sessions) sessions", value: starts.quantile() ?? 0, unit: "ms",
                limitedBy: "systemd's sandbox, loading, opening of the store")
            let memory = try await memory(in: machine)
            return try sizes(installed) + [memory, start, Gap.figure(gaps)] + (await Entries.measured(in: machine))
        }
    }

    /// Installs the package over a store that is there already. Gives the kilobytes that it takes.
    private func install(in machine: Machine, _ folder: BenchFolder) async throws -> Double {
        let state = try machine.path("/var/lib/refreshd")
        try FileManager.default.copyItem(atPath: folder.path + "/state", toPath: state)
        try await machine.install(package)
        try await machine.succeed("chown", "-R", "refreshd:refreshd", "/var/lib/refreshd")
        try machine.write("projects:\n\(Daemon.still)\n", to: "/etc/refreshd/refreshd.yaml")
        try await machine.succeed("systemctl", "start", "refreshd")
        let size = try await machine.succeed("dpkg-query", "--show", "--showformat=${Installed-Size}", "refreshd")
        guard let kilobytes = Double(size) else { throw BenchFailure("dpkg says that it takes “\(size)”") }
        return kilobytes
    }

    private func sizes(_ installed: Double) throws -> [Figure] {
        let attributes = try FileManager.default.attributesOfItem(atPath: package)
        guard let bytes = attributes[.size] as? Int else { throw BenchFailure("\(package) has no size") }
        return [
            Figure(
                name: "package", value: Double(bytes) / 1e6, unit: "MB", limitedBy: "Swift's libraries, which are in it"
            ),
            Figure(name: "package, installed", value: installed * 1024 / 1e6, unit: "MB"),
        ]
    }

    private func memory(in machine: Machine) async throws -> Figure {
        let pid = try await property("MainPID", in: machine)
        let status = try await machine.succeed("cat", "/proc/\(pid)/status")
        return Figure(
            name: "resident memory under systemd, \(sessions) sessions",
            value: try ChildProcess.residentMemory(by: status), unit: "MB", target: "under 64",
            limitedBy: "libraries, and SQLite's caches")
    }

    /// Milliseconds from the job's first process to READY=1, as systemd saw them.
    private func lastStart(in machine: Machine) async throws -> Double {
        let begin = try await property("InactiveExitTimestampMonotonic", in: machine)
        let end = try await property("ActiveEnterTimestampMonotonic", in: machine)
        guard let begin = Double(begin), let end = Double(end) else {
            throw BenchFailure("systemd says “\(begin)” and “\(end)”")
        }
        return (end - begin) / 1000
    }

    private func property(_ name: String, in machine: Machine) async throws -> String {
        try await machine.succeed("systemctl", "show", "--value", "--property", name, "refreshd.service")
            .trimmingCharacters(in: .newlines)
    }

    /// What readers see of a restart, each request on a connection of its own.
    private func gap(in machine: Machine) async throws -> Gap {
        let socket = try machine.path("/run/refreshd/token.sock")
        let requests = try (0..<100).map {
            Readers.request("/v1/tokens/main/\(try StoredSessions.key(try StoredSessions.alias("main"), $0).session)")
        }
        // Readers block their thread.
        func read(_ time: Duration) async throws -> ReadFigures {
            try await withCheckedThrowingContinuation { reading in
                Thread.detachNewThread {
                    reading.resume(
                        with: Result {
                            try Readers.read(socket, .httpOnce, connections: 8, requests: requests, for: time)
                        })
                }
            }
        }
        let quiet = try await read(.seconds(2))
        async let restarted = read(.seconds(3))
        try await machine.succeed("systemctl", "restart", "refreshd")
        return try await Gap(restarted: restarted.longest * 1000, quiet: quiet.longest * 1000)
    }

    /// The longest time that a read took, in milliseconds.
    private struct Gap: Sendable {
        let restarted: Double
        let quiet: Double

        static func figure(_ gaps: [Gap]) -> Figure {
            Figure(
                name: "longest read across a restart", value: gaps.map(\.restarted).max() ?? 0, unit: "ms",
                against: "without one: \(shortly(gaps.map(\.quiet).max() ?? 0)) ms",
                limitedBy: "stop and start of the daemon; none fails")
        }
    }
}
