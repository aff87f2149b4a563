// `refreshd-bench token-command`: what a script pays that calls `refreshd token`, beside `curl` asking the same socket.

import ArgumentParser
import Foundation
import RefreshPolicy

struct TokenCommandCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "token-command", abstract: "Measure `refreshd token` as a process.")

    @Option(help: "How often each is run, in turn.")
    var rounds = 100

    func measure() async throws -> [Figure] {
        let folder = try await BenchFolder.filled(1000)
        let daemon = try Daemon(in: folder, projects: Daemon.still)
        defer { daemon.child.end() }
        let name = StoredSessions.name(500)
        let ours = [
            try Child.sibling("refreshd"), "token", "--session", "main/\(name)", "--socket", folder.tokenSocket,
        ]
        let theirs = [
            "/usr/bin/curl", "--silent", "--fail", "--unix-socket", folder.tokenSocket,
            "http://localhost/v1/tokens/main/\(name)",
        ]
        guard FileManager.default.isExecutableFile(atPath: theirs[0]) else {
            print("token-command: there is no curl to compare with")
            return []
        }
        var times: [(ours: Double, theirs: Double)] = []
        for _ in 0..<rounds { times.append((try run(ours), try run(theirs))) }
        return [
            Figure(
                name: "refreshd token, from start to end", value: (times.map(\.ours).quantile() ?? 0) * 1000,
                unit: "ms",
                against: "curl: \(shortly((times.map(\.theirs).quantile() ?? 0) * 1000)) ms",
                limitedBy: "loading of libraries"),
            Figure(
                name: "refreshd token, ratio", value: times.map { $0.ours / $0.theirs }.quantile() ?? 0, unit: "ratio",
                target: "at most 1", against: "curl on the same socket", limitedBy: "loading of libraries"),
        ]
    }

    /// Seconds from start to end; it must end well.
    private func run(_ command: [String]) throws -> Double {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        let words = command.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let environment: [UnsafeMutablePointer<CChar>?] = [nil]
        let begin = ContinuousClock.now
        var pid: pid_t = 0
        var status: Int32 = 0
        guard posix_spawn(&pid, command[0], &actions, nil, words, environment) == 0, waitpid(pid, &status, 0) == pid,
            status == 0
        else { throw BenchFailure("\(command[0]) failed") }
        return (ContinuousClock.now - begin).inSeconds
    }
}
