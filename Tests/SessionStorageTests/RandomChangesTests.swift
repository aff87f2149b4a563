// Changes by dice, made to both stores: whatever is asked afterwards, they answer alike, and what is kept by the way
// (the counts) is what counting would give. A failure names the seed that repeats it.

import Fakes
import RefreshEngine
import RefreshPolicy
import Testing

@testable import SessionStorage

@Suite("Both stores, after the same changes by dice,", .timeLimit(.minutes(10)))
struct RandomChangesTests {
    @Test("answer alike, and their counts are true", arguments: 1...6 as ClosedRange<UInt64>)
    func alike(seed: UInt64) async throws {
        var dice = SeededGenerator(seed: seed)
        let folder = try TestFolder()
        let (memory, disk) = (MemoryStore(), try folder.openStore())
        for round in 0..<60 {
            var changes = (0..<Int.random(in: 1...12, using: &dice)).map { _ in Change.random(using: &dice) }
            // With these, all that is known of rows is forgotten.
            if round % 3 > 0 { changes.removeAll(where: \.isSweeping) }
            try await memory.commit(changes)
            try await disk.commit(changes)
            let now = WallTime.random(using: &dice)
            let answers = try await Answers(of: disk, at: now)
            #expect(answers == (try await Answers(of: memory, at: now)))
            #expect(answers.recounted == answers.counts)
            // So does the connection that writes, which knows what it read and wrote before.
            let lookups = Lookup.sample(at: now)
            let inLine = try await disk.rows(of: lookups, .inLine)
            #expect(inLine == (try await memory.rows(of: lookups, .inLine)))
            // However many are held for few, the same rows are found.
            let errands = answers.errands
            let keys = try await disk.pool.read { database in
                try errands.map { try Picking(database: database, few: 2).rows(for: $0, \.key) }
            }
            #expect(keys == answers.picked.map { $0.map(\.key) })
        }
        try disk.close()
    }
}

private let projects: [ProjectAlias] = ["app", "two", "three"].map { .of($0) }
private let users: [UserID] = ["u1", "u2", "u3"].map { .of($0) }

/// What a store says to everything that may be asked.
private struct Answers: Equatable {
    var rows: [SessionRow]
    var due: [SessionRow]
    var errands: [Errand] = []
    var picked: [[SessionRow]] = []
    var contenders: [[Contender]] = []
    var users: [[SessionRow]] = []
    var nextWake: WallTime?
    var counts: [StandingCount]
    var state: StoredState

    init(of store: any SessionStore, at now: WallTime) async throws {
        rows = try await store.sessions(matching: SessionFilter(), after: nil, limit: 1000)
        due = try await store.due(at: now, latest: now + .seconds(20), in: Array(projects.prefix(2)), limit: 7)
        errands = Errand.sample(at: now)
        for errand in errands { picked.append(try await store.rows(for: errand)) }
        for limit in [2, 99] {
            contenders.append(try await store.contenders(in: Array(projects.prefix(2)), limit: limit))
        }
        for project in projects {
            for user in SessionStorageTests.users { users.append(try await store.sessions(of: user, in: project)) }
        }
        nextWake = try await store.nextWake(in: Array(projects.dropFirst()))
        counts = try await store.counts()
        state = try await store.recall()
    }

    var recounted: [StandingCount] {
        projects.sorted().flatMap { project in
            Standing.allCases.sorted { $0.rawValue < $1.rawValue }.compactMap { standing in
                let count = rows.count { $0.key.project == project && $0.standing == standing }
                return count == 0 ? nil : StandingCount(project: project, standing: standing, count: count)
            }
        }
    }
}

extension Lookup {
    fileprivate static func sample(at now: WallTime) -> [Lookup] {
        let sessions = SessionStorageTests.projects.flatMap { project in
            (0..<9).map { Lookup.session(SessionKey(project: project, session: .of("s\($0)"))) }
        }
        let users = SessionStorageTests.projects.flatMap { project in
            SessionStorageTests.users.map { Lookup.user($0, project) }
        }
        let due = Lookup.due(
            at: now, latest: now + .seconds(20), in: Array(SessionStorageTests.projects.prefix(2)), limit: 7)
        return sessions + users + [due] + Errand.sample(at: now).map(Lookup.errand)
    }
}

extension Errand {
    /// One of each order, for a few rows and for all, with a lane held and with none.
    fileprivate static func sample(at now: WallTime) -> [Errand] {
        let someProjects = Array(SessionStorageTests.projects.prefix(2))
        let floor = Heat(asOneReadAt: now)
        let orders: [Order] = [
            .kept(from: nil), .kept(from: floor), .rest(below: floor), .early(from: nil, before: now),
            .early(from: floor, before: now + .seconds(30)),
        ]
        return orders.flatMap { order in
            [[], [Lane("app", "google")]].flatMap { held in
                [2, 99].flatMap { limit in
                    [[], [SessionKey("app", "s1"), SessionKey("app", "s2"), SessionKey("two", "s3")]].map {
                        Errand(projects: someProjects, order: order, held: held, underWay: $0, limit: limit)
                    }
                }
            }
        }
    }
}

extension SeededGenerator {
    fileprivate mutating func pick<Element>(from elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &self)]
    }
}

extension WallTime {
    fileprivate static func random(using dice: inout SeededGenerator) -> WallTime {
        .at(Int64.random(in: 0...60, using: &dice))
    }
}

extension SessionKey {
    fileprivate static func random(using dice: inout SeededGenerator) -> SessionKey {
        SessionKey(
            project: dice.pick(from: projects), session: .of("s\(Int.random(in: 0..<9, using: &dice))"))
    }
}

extension Condition.Scope {
    fileprivate static func random(using dice: inout SeededGenerator) -> Condition.Scope {
        let project = dice.pick(from: projects)
        return switch Int.random(in: 0..<3, using: &dice) {
        case 0: .host(HostName(project.rawValue))
        case 1: .project(project)
        default: .lane(Lane(project: project, provider: .of(Bool.random(using: &dice) ? "google" : "github")))
        }
    }
}

extension Condition.Cause {
    fileprivate static func random(using dice: inout SeededGenerator) -> Condition.Cause {
        dice.pick(from: [.providerFailing, .grantsRefused])
    }
}

extension SessionRow {
    fileprivate static func random(using dice: inout SeededGenerator) -> SessionRow {
        let key = SessionKey.random(using: &dice)
        var row = SessionRow.sample(
            key.session.rawValue, project: key.project.rawValue, user: dice.pick(from: users).rawValue,
            provider: Bool.random(using: &dice) ? "google" : "github",
            providerUID: Bool.random(using: &dice) ? "" : "x", token: Bool.random(using: &dice) ? "" : "token",
            standing: Bool.random(using: &dice) ? .fresh : dice.pick(from: Standing.allCases))
        if Bool.random(using: &dice) { row.wakeAt = .random(using: &dice) }
        if Bool.random(using: &dice) { row.want = .random(using: &dice) }
        if Int.random(in: 0..<4, using: &dice) > 0 {
            row.claim = .of(
                Int64.random(in: 0...60, using: &dice), period: .seconds(Int64.random(in: 1...9, using: &dice)))
        }
        if Bool.random(using: &dice) { row.secret = Secret("secret") }
        return row
    }
}

extension Change {
    fileprivate var isSweeping: Bool {
        switch self {
        case .read, .shift: true
        default: false
        }
    }

    fileprivate static func random(using dice: inout SeededGenerator) -> Change {
        switch Int.random(in: 0..<24, using: &dice) {
        case 0: .attempts(AttemptID(Int64.random(in: 0..<100, using: &dice)))
        case 1: .seen(.random(using: &dice))
        case 2: .shift(by: .seconds(Int64.random(in: -9...9, using: &dice)))
        case 3: .discovery(dice.pick(from: projects), .walked(at: .random(using: &dice)))
        case 4:
            .budget(
                BudgetRecord(
                    host: HostName(Bool.random(using: &dice) ? "a" : "b"), resetAt: .random(using: &dice), limit: 10,
                    spent: Int.random(in: 0...10, using: &dice), inFlight: 0))
        case 5...9: .remove(.random(using: &dice))
        case 10...13:
            .read(
                SessionRow.random(using: &dice).grant, times: Int.random(in: 1...20, using: &dice),
                at: .random(using: &dice))
        case 14, 15:
            .condition(
                Condition(
                    scope: .random(using: &dice), cause: .random(using: &dice), since: .random(using: &dice),
                    count: Int.random(in: 1...9, using: &dice),
                    probeAt: Bool.random(using: &dice) ? .random(using: &dice) : nil))
        case 16: .conditionOver(.random(using: &dice), .random(using: &dice))
        default: .put(.random(using: &dice))
        }
    }
}
