// The questions that are asked all the time must cost the same with a million sessions: SQLite itself says how it
// would go about each, and none of them may walk the table.

import Foundation
import GRDB
import RefreshPolicy
import Testing

@testable import SessionStorage

@Suite("Without walking the table, the store finds")
struct QueryPlanTests {
    private func plan(_ sql: String, _ arguments: StatementArguments) async throws -> [String] {
        let folder = try TestFolder()
        let store = try folder.openStore()
        let plan = try await store.pool.read { database in
            try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN \(sql)", arguments: arguments)
                .map { $0["detail"] as String }
        }
        try store.close()
        return plan
    }

    /// No step scans, none sorts, and the sessions are found by the index expected.
    private func expect(_ query: SessionQuery, uses index: String) async throws {
        let plan = try await plan(query.sql, query.arguments)
        #expect(!plan.contains { $0.contains("SCAN") }, "\(plan)")
        #expect(!plan.contains { $0.contains("USE TEMP B-TREE") }, "\(plan)")
        #expect(plan.contains { $0.hasPrefix("SEARCH session USING") && $0.contains(index) }, "\(plan)")
    }

    @Test("what is due")
    func due() async throws {
        try await expect(
            .awake(in: .of("app"), upTo: .at(1), limit: 9), uses: "session_by_wake (project=? AND wake_at<?)")
        try await expect(
            .asleep(in: .of("app"), beyond: .at(1), limit: 9), uses: "session_by_wake (project=? AND wake_at>?)")
    }

    @Test("what wants a call")
    func wanting() async throws {
        try await expect(.wanting(in: .of("app"), limit: 9), uses: "session_by_want (project=?")
    }

    @Test("the next to wake")
    func nextWake() async throws {
        let plan = try await plan(WakeQuery.sql, ["app"])
        #expect(plan.count == 1 && plan[0].contains("SEARCH session USING COVERING INDEX session_by_wake"), "\(plan)")
    }

    @Test("a session by its key")
    func one() async throws {
        try await expect(.one(SessionKey("app", "s")), uses: "(project=? AND session_id=?)")
    }

    @Test("a user's sessions")
    func user() async throws {
        try await expect(.of(.of("u1"), in: .of("app")), uses: "session_by_user (project=? AND user_id=?)")
    }

    @Test("a later page of a project, and of a standing")
    func pages() async throws {
        let after = SessionKey("app", "s")
        try await expect(
            .listing(.init(project: .of("app")), after: after, limit: 9), uses: "(project=? AND session_id>?)")
        try await expect(
            .listing(.init(standing: .refreshing), after: after, limit: 9),
            uses: "session_by_standing (standing=? AND (project,session_id)>(?,?))")
        try await expect(.listing(.init(), after: after, limit: 9), uses: "(project,session_id)>(?,?)")
    }
}
