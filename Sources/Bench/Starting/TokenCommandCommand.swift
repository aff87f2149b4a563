// `refreshd-bench token-command`: what a script pays that calls `refreshd-token` or `refreshd token`, beside `curl` asking
// the same socket.

import ArgumentParser
import Foundation
import Harness
import RefreshPolicy

struct TokenCommandCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "token-command", abstract: "Measure `refreshd-token` and `refreshd token` as processes.")

    @Option(help: "How often each is run, in turn.")
    var rounds = 300

    func measure() async throws -> [Figure] {
        let folder = try await BenchFolder.filled(1000)
        let daemon = try Daemon(in: folder, projects: Daemon.still)
        defer { daemon.child.end() }
        let name = StoredSessions.name(500)
        let options = ["--session", "main/\(name)", "--socket", folder.tokenSocket]
        let small = [try BuiltProgram.path("refreshd-token")] + options
        let whole = [try BuiltProgram.path("refreshd"), "token"] + options
        let curl = [
            "/usr/bin/curl", "--silent", "--fail", "--unix-socket", folder.tokenSocket,
            "http://localhost/v1/tokens/main/\(name)",
        ]
        guard FileManager.default.isExecutableFile(atPath: curl[0]) else {
            print("token-command: there is no curl to compare with")
            return []
        }
        var times: [(small: Double, whole: Double, curl: Double)] = []
        for _ in 0..<rounds { times.append((try run(small), try run(whole), try run(curl))) }
        let theirs = "curl on the same socket: \(milliseconds(times.map(\.curl))) ms"
        return [
            Figure(
                name: "refreshd-token, from start to end", value: median(times.map(\.small)) * 1000, unit: "ms",
                against: theirs, limitedBy: "the kernel, which makes a process and ends it"),
            Figure(
                name: "refreshd-token, ratio", value: median(times.map { $0.small / $0.curl }), unit: "ratio",
                target: "at most 1", against: theirs, limitedBy: "the kernel, which makes a process and ends it"),
            Figure(
                name: "refreshd token, from start to end", value: median(times.map(\.whole)) * 1000, unit: "ms",
                against: theirs, limitedBy: "the program, which is large to load"),
            Figure(
                name: "refreshd token, ratio", value: median(times.map { $0.whole / $0.curl }), unit: "ratio",
                target: "at most 1", against: theirs, limitedBy: "the program, which is large to load"),
        ]
    }

    private func median(_ values: [Double]) -> Double { values.quantile() ?? 0 }

    private func milliseconds(_ times: [Double]) -> String { shortly(median(times) * 1000) }

    /// Seconds from start to end; it must end well.
    private func run(_ command: [String]) throws -> Double {
        let begin = ContinuousClock.now
        let process = try ChildProcess(command[0], Array(command.dropFirst()), output: "/dev/null")
        guard process.waitUntilEnded() == .exited(0) else { throw BenchFailure("\(command[0]) failed") }
        return (ContinuousClock.now - begin).inSeconds
    }
}
