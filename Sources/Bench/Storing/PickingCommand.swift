// `refreshd-bench picking`: what picking costs when there is much to pick from. A tenth of the sessions is due, in 120
// lanes of very different size, of which none, half or all are held.

import ArgumentParser
import Foundation
import RefreshEngine
import RefreshPolicy
import SessionStorage

struct PickingCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "picking", abstract: "Measure how long it takes to pick the next work from a large store.")

    @Option(help: "How many sessions are stored.")
    var sessions = 1_000_000

    @Option(help: "How many are picked at once. The daemon asks for as many as it may have under way, and some more.")
    var limit = 16

    private static let hour: Int64 = 3_600_000
    /// The clock's hand: what is due was due in the hours before.
    private static let now: Int64 = 1000 * hour

    func measure() async throws -> [Figure] {
        print("picking: storing \(sessions) sessions")
        let projects = try (0..<4).map { try StoredSessions.alias("project\($0)") }
        let providers = try (0..<30).map { try StoredSessions.provider("provider\($0)") }
        let folder = try BenchFolder()
        let store = try folder.openStore()
        try await fill(store, projects, providers)
        let lanes = projects.flatMap { project in providers.map { Lane(project: project, provider: $0) } }
        let holds = [
            ("all open", []), ("half held", lanes.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)),
            ("all held", lanes),
        ]
        var figures: [Figure] = []
        for (name, order) in try await orders(store, projects) {
            for (hold, held) in holds {
                let errand = Errand(projects: projects, order: order, held: held, limit: limit)
                figures.append(try await figure("\(name); \(hold)") { _ = try await store.rows(for: errand) })
            }
        }
        figures.append(
            try await figure("contenders, 1000") { _ = try await store.contenders(in: projects, limit: 1000) })
        try store.close()
        return figures
    }

    private func orders(
        _ store: SQLiteStore, _ projects: [ProjectAlias]
    ) async throws -> [(String, Errand.Order)] {
        let greatest = try await store.contenders(in: projects, limit: sessions / 2).map(\.claim.priority)
        guard let half = greatest.last else { throw BenchFailure("no session has a claim") }
        let few = greatest[min(499, greatest.count - 1)]
        let soon = WallTime(milliseconds: Self.now + Self.hour)
        return [
            ("kept", .kept(from: nil)), ("kept, 500 above the floor", .kept(from: few)),
            ("kept, half above the floor", .kept(from: half)), ("rest, 500 above the floor", .rest(below: few)),
            ("rest, half above the floor", .rest(below: half)), ("early", .early(from: nil, before: soon)),
            ("early, 500 above the floor", .early(from: few, before: soon)),
            ("early, half above the floor", .early(from: half, before: soon)),
        ]
    }

    /// Lanes differ in size by two orders of magnitude, as providers do.
    private func fill(_ store: SQLiteStore, _ projects: [ProjectAlias], _ providers: [ProviderName]) async throws {
        var dice = SeededGenerator(seed: 1)
        let now = WallTime(milliseconds: Self.now)
        func before(_ hours: Int64) -> WallTime {
            WallTime(milliseconds: Self.now - Int64.random(in: 0...(hours * Self.hour), using: &dice))
        }
        try await StoredSessions.fill(store, sessions) { index in
            let share = Double.random(in: 0..<1, using: &dice)
            let lane = Int(share * share * Double(projects.count * providers.count))
            let isDue = index % 10 == 0
            return SessionRow(
                key: try StoredSessions.key(projects[lane % projects.count], index),
                user: try StoredSessions.user(index),
                provider: providers[lane / projects.count], providerUID: "\(index)", source: .apiKey, keep: .used,
                token: StoredSessions.longToken().map {
                    Token(value: $0, issuedAt: now, expiresAt: now + .seconds(3600))
                },
                hasRefreshToken: true, sessionExpiresAt: now + .days(300), createdAt: now, foundAt: now, lookedAt: now,
                standing: isDue ? .due : .fresh, reason: Reason(.found), wakeAt: before(2) + .seconds(7200),
                want: isDue ? before(9) : nil,
                claim: Claim(priority: Heat(asOneReadAt: before(900)), period: .seconds(3600)))
        }
    }

    private func figure(_ name: String, _ work: () async throws -> Void) async throws -> Figure {
        var times: [Duration] = []
        for _ in 0..<21 { times.append(try await ContinuousClock().measure(work)) }
        return Figure(
            name: "picking \(limit) of \(sessions): \(name)", value: (times.quantile() ?? .zero).inSeconds * 1000,
            unit: "ms", target: "under 5", limitedBy: "walks of an index, one by lane")
    }
}
