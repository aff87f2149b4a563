// `refreshd-bench refreshes`: the whole daemon, its store on disk, beside a bare loop of the same calls at the same
// concurrency; over a network of 20 ms, and over one of none. And a thousand users, from nothing to fresh tokens.

import AppwriteSimulator
import ArgumentParser
import Foundation
import Harness
import RefreshPolicy

struct RefreshesCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "refreshes", abstract: "Measure refreshes by the whole daemon.")

    @Option(help: "How many sessions are refreshed.")
    var sessions = 4000

    @Option(help: "How many users are found.")
    var users = 1000

    @Option(help: "How often each is done, in turn with what it is beside.")
    var rounds = 3

    private static let flight = 64
    private static let pace = "{ maxPerSecond: 10000, maxInFlight: \(flight) }"

    /// What one run took.
    private struct Run {
        var seconds: Double
        var processor: Double
        var calls: Int
    }

    func measure() async throws -> [Figure] {
        var slow: [(ours: Run, bare: Run)] = []
        var fast: [(ours: Run, bare: Run)] = []
        var found: [(ours: Run, bare: Run)] = []
        for round in 1...rounds {
            print("refreshes: round \(round) of \(rounds)")
            slow.append((try await daemon(latency: 20), try await loop(latency: 20)))
            fast.append((try await daemon(latency: 0), try await loop(latency: 0)))
            found.append((try await search(), try await bareSearch()))
        }
        let bare = "a bare loop of the same calls"
        let each = Double(sessions)
        func median(_ runs: [(ours: Run, bare: Run)], _ value: (Run, Run) -> Double) -> Double {
            runs.map { value($0.ours, $0.bare) }.quantile() ?? 0
        }
        return [
            Figure(
                name: "refreshes at 20 ms, rate", value: median(slow) { ours, _ in each / ours.seconds },
                unit: "a second", limitedBy: "processor time, most of it of the store"),
            Figure(
                name: "refreshes at 20 ms, rate, ratio", value: median(slow) { $1.seconds / $0.seconds }, unit: "ratio",
                target: "at least 0.95", against: bare, limitedBy: "processor time, most of it of the store"),
            Figure(
                name: "refreshes at once, processor time of one",
                value: median(fast) { ours, _ in ours.processor / each * 1e6 }, unit: "µs",
                against: bare + ": \(shortly(median(fast) { $1.processor / each * 1e6 })) µs",
                limitedBy: "the HTTP client"),
            Figure(
                name: "\(users) users found and refreshed, calls",
                value: median(found) { ours, _ in Double(ours.calls) },
                unit: "calls", against: bare + ": \(Int(median(found) { Double($1.calls) }))"),
            Figure(
                name: "\(users) users found and refreshed", value: median(found) { ours, _ in ours.seconds }, unit: "s",
                against: bare + ": \(shortly(median(found) { $1.seconds })) s",
                limitedBy: "its rounds of search, a second apart"),
        ]
    }

    private func daemon(latency: Int64) async throws -> Run {
        try await Provider.with(latency: latency) { provider in
            let folder = try BenchFolder()
            try await store(try provider.logIn(sessions), in: folder)
            // Their tokens have a minute to live.
            provider.simulator.advance(by: 59 * 60_000)
            let devKey = try folder.write(Provider.devKey, to: "dev-key")
            let project = """
                  main: { endpoint: \(provider.endpoint), project: \(Provider.project), devKeyFile: \(devKey), pace: \(Self.pace) }
                """
            return try await run(provider, refreshes: sessions) { try Daemon(in: folder, projects: project) }
        }
    }

    private func loop(latency: Int64) async throws -> Run {
        try await Provider.with(latency: latency) { provider in
            let folder = try BenchFolder()
            return try await run(provider, refreshes: sessions) {
                try bare(try provider.logIn(sessions), provider, in: folder, [])
            }
        }
    }

    private func search() async throws -> Run {
        try await Provider.with { provider in
            try provider.logIn(users)
            // Their tokens have a minute to live.
            provider.simulator.advance(by: 59 * 60_000)
            let folder = try BenchFolder()
            let settings = try provider.settings(in: folder, pace: Self.pace)
            return try await run(provider, refreshes: users, fromStart: true) {
                try Daemon(in: folder, projects: settings)
            }
        }
    }

    private func bareSearch() async throws -> Run {
        try await Provider.with { provider in
            let folder = try BenchFolder()
            return try await run(provider, refreshes: users, fromStart: true) {
                try bare(try provider.logIn(users), provider, in: folder, ["--discover"])
            }
        }
    }

    private func bare(
        _ logins: [LoggedIn], _ provider: Provider, in folder: BenchFolder, _ options: [String]
    ) throws -> ChildProcess {
        let text = logins.map { "\($0.userId) \($0.sessionId) \($0.secret)\n" }.joined()
        let file = try folder.write(text, to: "logins")
        return try ChildProcess(
            try BuiltProgram.path("refreshd-bench"),
            ["loop", "--endpoint", provider.endpoint, "--logins", file, "--flight", "\(Self.flight)"] + options,
            output: folder.path + "/loop.log")
    }

    /// From the start of the process to its last refresh; `seconds` from its first one, where only these are made.
    private func run(
        _ provider: Provider, refreshes: Int, fromStart: Bool = false, _ start: () throws -> any Measured
    ) async throws -> Run {
        let clock = ContinuousClock()
        let begin = clock.now
        let process = try start()
        defer { process.child.end() }
        while clock.now - begin < .seconds(300) {
            try await Task.sleep(for: .milliseconds(20))
            // A look and a PATCH at least; to count what has ended keeps the simulator from answering.
            guard provider.simulator.calls >= 2 * refreshes else { continue }
            let ended = provider.simulator.change { server, _ in server.ledger.patches.count { $0.endedAt != nil } }
            guard ended >= refreshes else { continue }
            let whole = clock.now - begin
            // What the last answers cost is not seen yet.
            try await Task.sleep(for: .milliseconds(300))
            let patches = provider.simulator.ledger.patches
            let first = patches.map(\.at).min() ?? 0
            let last = patches.compactMap(\.endedAt).max() ?? 0
            return Run(
                seconds: fromStart ? whole.inSeconds : Double(last - first) / 1000,
                processor: try process.child.processorTime.inSeconds, calls: provider.simulator.calls)
        }
        throw BenchFailure("only \(provider.simulator.calls) calls came within five minutes")
    }

    /// Registered sessions that are due.
    private func store(_ logins: [LoggedIn], in folder: BenchFolder) async throws {
        let store = try folder.openStore()
        let now = WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        let project = try StoredSessions.alias("main")
        try await StoredSessions.fill(store, logins.count) { index in
            let login = logins[index]
            guard let session = SessionID(login.sessionId), let user = UserID(login.userId),
                let provider = ProviderName(login.provider)
            else { throw BenchFailure("\(login.sessionId) is no id") }
            return SessionRow(
                key: SessionKey(project: project, session: session), user: user, provider: provider,
                providerUID: login.providerUid, source: .secret, keep: .always, secret: Secret(login.secret),
                token: Secret(login.accessToken).map {
                    Token(value: $0, issuedAt: now - .seconds(3540), expiresAt: now + .seconds(60))
                }, hasRefreshToken: true, sessionExpiresAt: WallTime(milliseconds: login.sessionExpiresAt),
                createdAt: now - .seconds(3540), foundAt: now - .seconds(3540), lookedAt: now - .seconds(3540),
                standing: .due, reason: Reason(.found), wakeAt: now, want: now)
        }
        try store.close()
    }
}
