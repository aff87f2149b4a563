// What an earlier refreshd wrote is read by this one, and nothing of it is lost.

import Foundation
import GRDB
import RefreshEngine
import RefreshPolicy
import Testing

@testable import SessionStorage

@Suite("A store that the first version wrote", .timeLimit(.minutes(10)))
struct MigrationTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try FirstVersion.write(to: folder.storePath, key: TestFolder.key)
    }

    @Test("keeps its sessions, budgets, marks and numbers")
    func kept() async throws {
        let store = try folder.openStore()
        let fresh = try #require(try await store.session(SessionKey("app", "fresh")))
        var expected = SessionRow.sample("fresh", token: "of fresh", wakeAt: fresh.wakeAt)
        expected.lastReadAt = .at(500)
        expected.heat = .at(500)
        #expect(fresh == expected)
        #expect(try await store.session(SessionKey("app", "idle"))?.reason == Reason(.unread))
        #expect(try await store.session(SessionKey("app", "paused"))?.standing == .idle)
        #expect(try await store.counts().first { $0.standing == .idle }?.count == 2)
        #expect(try await store.counts().map(\.count).reduce(0, +) == FirstVersion.sessions.count)
        let recalled = try await store.recall()
        #expect(
            recalled
                == StoredState(
                    budgets: [BudgetRecord(host: HostName("h"), resetAt: .at(9), limit: 10, spent: 3, inFlight: 1)],
                    lastAttempt: AttemptID(42),
                    marks: [.of("app"): DiscoveryMark(identitiesUpTo: ServerTime(milliseconds: 7), walkedAt: .at(8))],
                    lastSeenAt: .at(600)))
        try store.close()
    }

    @Test(
        "has no claims, and wakes at once whatever is kept fresh, so that it gets one, and what is over, to be erased")
    func wakes() async throws {
        let store = try folder.openStore()
        let projects: [ProjectAlias] = [.of("app")]
        #expect(try await store.contenders(in: projects, limit: 9) == [])
        let due = try await store.due(at: .at(0), latest: .at(9_999_999), in: projects, limit: 9)
        #expect(due.map(\.key.session.rawValue) == ["backing", "due", "ended", "fresh", "paused"])
        // Until then, calls that are wanted are made all the same.
        let errand = Errand(projects: projects, order: .kept(from: nil), held: [], limit: 9)
        #expect(try await store.rows(for: errand).map(\.key.session.rawValue) == ["due"])

        var claiming = try #require(due.last)
        claiming.claim = .of(500)
        try await store.commit([.put(claiming), .read(claiming.grant, times: 1, at: .at(500))])
        let gain = Heat.at(500).adding(reads: 1, at: .at(500)).asOneReadAt - .at(500)
        let found = try await store.contenders(in: projects, limit: 9)
        #expect(found.map(\.claim.priority) == [.at(500).stepped(by: gain)])
        try store.close()
    }

    @Test("and that went half the way since, goes the rest of it", arguments: Schema.migrator.migrations)
    func halfWay(last: String) async throws {
        let database = try DatabaseQueue(path: folder.storePath)
        try Schema.migrator.migrate(database, upTo: last)
        try database.close()
        let store = try folder.openStore()
        #expect(try await store.counts().map(\.count).reduce(0, +) == FirstVersion.sessions.count)
        #expect(try await store.session(SessionKey("app", "paused"))?.standing == .idle)
        #expect(try await store.recall().conditions == [])
        try store.close()
    }

    @Test("has the same tables and indexes as a new one")
    func schema() async throws {
        func schema(_ folder: TestFolder) async throws -> [String] {
            let store = try folder.openStore()
            let schema = try await store.pool.read { database in
                try String.fetchAll(database, sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
            }
            try store.close()
            return schema
        }
        #expect(try await schema(folder) == schema(TestFolder()))
    }
}
