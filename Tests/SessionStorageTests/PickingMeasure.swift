// What picking costs when there is much to pick from: a million sessions, a tenth of them due, in 120 lanes of which
// none, half or all are held. No test, since a time is no promise of a machine that others use too: it is run only where
// REFRESHD_MEASURE is set, and prints what it found.

import Foundation
import RefreshEngine
import RefreshPolicy
import SessionStorage
import Testing

private let isWanted = ProcessInfo.processInfo.environment["REFRESHD_MEASURE"] != nil

@Suite("Picking from a million sessions", .enabled(if: isWanted))
struct PickingMeasure {
    private static let rowCount = 1_000_000
    private static let projects: [ProjectAlias] = (0..<4).map { .of("project\($0)") }
    private static let providers: [ProviderName] = (0..<30).map { .of("provider\($0)") }
    private static let hour: Int64 = 3600
    /// The clock's hand: what is due was due in the hours before.
    private static let now: Int64 = 1000 * hour

    @Test("is measured")
    func measure() async throws {
        let folder = try TestFolder()
        let store = try folder.openStore()
        try await Self.fill(store)
        let greatest = try await store.contenders(in: Self.projects, limit: Self.rowCount / 2).map(\.claim.priority)
        let (few, half) = (greatest[499], greatest[greatest.count - 1])
        let soon = WallTime.at(Self.now + Self.hour)
        let orders: [(String, Errand.Order)] = [
            ("kept", .kept(from: nil)), ("kept, 500 above the floor", .kept(from: few)),
            ("kept, half above the floor", .kept(from: half)), ("rest, 500 above the floor", .rest(below: few)),
            ("rest, half above the floor", .rest(below: half)), ("early", .early(from: nil, before: soon)),
            ("early, 500 above the floor", .early(from: few, before: soon)),
            ("early, half above the floor", .early(from: half, before: soon)),
        ]
        let lanes = Self.projects.flatMap { project in
            Self.providers.map { Lane(project: project, provider: $0) }
        }
        let holds = [
            ("all open", []), ("half held", lanes.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)),
            ("all held", lanes),
        ]
        for limit in [16, 100] {
            for (name, order) in orders {
                for (hold, held) in holds {
                    try await Self.time("\(name); \(hold); limit \(limit)") {
                        let errand = Errand(projects: Self.projects, order: order, held: held, limit: limit)
                        return try await store.rows(for: errand).count
                    }
                }
            }
        }
        try await Self.time("contenders; limit 1000") {
            try await store.contenders(in: Self.projects, limit: 1000).count
        }
        try store.close()
    }

    /// Lanes differ in size by two orders of magnitude, as providers do.
    private static func fill(_ store: SQLiteStore) async throws {
        var dice = SeededGenerator(seed: 1)
        let size = 20_000
        for start in stride(from: 0, to: rowCount, by: size) {
            try await store.commit(
                (start..<start + size).map { index in
                    let share = Double.random(in: 0..<1, using: &dice)
                    let lane = Int(share * share * Double(projects.count * providers.count))
                    let isDue = index % 10 == 0
                    return .put(
                        .sample(
                            "session\(index)x00000000", project: projects[lane % projects.count].rawValue,
                            user: "user\(index)", provider: providers[lane / projects.count].rawValue,
                            providerUID: "\(index)", token: String(repeating: "t", count: 600),
                            standing: isDue ? .due : .fresh,
                            wakeAt: .at(now + Int64.random(in: 0...(2 * hour), using: &dice)),
                            want: isDue ? .at(now - Int64.random(in: 0...(9 * hour), using: &dice)) : nil,
                            claim: .of(now - Int64.random(in: 0...(900 * hour), using: &dice))))
                })
        }
    }

    private static func time(_ name: String, _ work: () async throws -> Int) async throws {
        var count = 0
        var times: [Duration] = []
        for _ in 0..<21 {
            times.append(try await ContinuousClock().measure { count = try await work() })
        }
        times.sort()
        let words = [times[0], times[times.count / 2], times[times.count - 1]].map {
            String(format: "%.2f", $0 / .milliseconds(1))
        }
        print("\(name): \(count) rows; least, median and most of 21 in ms: \(words.joined(separator: ", "))")
    }
}
