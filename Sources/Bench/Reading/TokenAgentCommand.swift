// `refreshd-bench token-agent`: reads of a token that is there, a connection for each, beside oidc-agent, which keeps the
// tokens of one user on a UNIX socket too; and what a reader waits while the provider of another account hangs.

import AppwriteSimulator
import ArgumentParser
import Foundation

struct TokenAgentCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "token-agent", abstract: "Measure reads beside oidc-agent's (Debian's oidc-agent-cli).")

    @Option(help: "How often each measurement is made, in turn with what it is beside.")
    var rounds = 5

    private static let time = Duration.milliseconds(1500)
    /// How long a provider hangs.
    private static let hang = Duration.seconds(3)

    func measure() async throws -> [Figure] {
        guard TokenAgent.isInstalled else {
            print("token-agent: there is no oidc-agent to compare with")
            return []
        }
        return try await Issuer.with { issuer in
            let folder = try await BenchFolder.filled(100)
            let agent = try TokenAgent(in: folder, issuer: issuer)
            defer { agent.end() }
            return try await besideAgent(agent, folder) + whileOneHangs(agent, issuer)
        }
    }

    private func besideAgent(_ agent: TokenAgent, _ folder: BenchFolder) throws -> [Figure] {
        let daemon = try Daemon(in: folder, projects: Daemon.still)
        defer { daemon.child.end() }
        let request = Readers.request("/v1/tokens/main/\(StoredSessions.name(50))")
        return try [1, 32].flatMap { connections in
            var pairs: [(ours: ReadFigures, theirs: ReadFigures)] = []
            for _ in 0..<rounds {
                let theirs = try agent.read(.calm, connections: connections, for: Self.time)
                let ours = try Readers.read(
                    folder.tokenSocket, .httpOnce, connections: connections, requests: [request], for: Self.time)
                pairs.append((ours, theirs))
            }
            let (ours, theirs) = (pairs.map(\.ours), pairs.map(\.theirs))
            let name = "token reads at \(connections), a connection for each"
            return [
                Figure(
                    name: "\(name), rate, ratio", value: zip(ours, theirs).map { $0.rate / $1.rate }.quantile() ?? 0,
                    unit: "ratio", against: "oidc-agent: \(shortly(theirs.map(\.rate).quantile() ?? 0)) a second",
                    limitedBy: "making connections"),
                Figure(
                    name: "\(name), p99", value: (ours.map(\.p99).quantile() ?? 0) * 1000, unit: "ms",
                    against: "oidc-agent: \(shortly((theirs.map(\.p99).quantile() ?? 0) * 1000)) ms",
                    limitedBy: "making connections"),
            ]
        }
    }

    private func whileOneHangs(_ agent: TokenAgent, _ issuer: Issuer) async throws -> [Figure] {
        let theirs = try await longestRead(
            hang: { issuer.isHanging = $0 }, trigger: { try agent.askForNew(of: .moody) },
            read: { try agent.read(.calm, connections: 1, for: Self.hang) })
        let other = try await BenchFolder.filled(100)
        let request = Readers.request("/v1/tokens/main/\(StoredSessions.name(50))")
        // Tokens of 25 seconds: some are always due.
        let ours = try await Provider.with(lifetime: 25_000) { provider in
            try provider.logIn(50)
            let projects = Daemon.still + "\n" + (try provider.settings(in: other))
            let daemon = try Daemon(in: other, projects: projects)
            defer { daemon.child.end() }
            try await provider.untilRefreshed(5)
            return try await longestRead(
                hang: { provider.simulator.setOutage($0 ? Outage(.silence) : nil) }, trigger: { nil },
                read: {
                    try Readers.read(
                        other.tokenSocket, .httpOnce, connections: 1, requests: [request], for: Self.hang)
                })
        }
        return [
            Figure(
                name: "longest token read while another's provider hangs for \(Int(Self.hang.inSeconds)) s",
                value: ours * 1000, unit: "ms", against: "oidc-agent: \(shortly(theirs * 1000)) ms",
                limitedBy: "processors that all share")
        ]
    }

    /// In seconds.
    private func longestRead(
        hang: (Bool) -> Void, trigger: () throws -> Readers.Unread?, read: @escaping @Sendable () throws -> ReadFigures
    ) async throws -> Double {
        hang(true)
        let unread = try trigger()
        defer { withExtendedLifetime(unread) {} }
        let end = ContinuousClock.now + Self.hang
        // The readers block their thread, and the hang must end meanwhile.
        async let figures = Task.detached { try read() }.value
        try await Task.sleep(until: end)
        hang(false)
        return try await figures.longest
    }
}
