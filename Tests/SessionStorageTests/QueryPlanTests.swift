// The questions that are asked all the time must cost the same with a million sessions: SQLite itself says how it
// would go about each, and none of them may walk the table.

import Foundation
import GRDB
import RefreshEngine
import RefreshPolicy
import Testing

@testable import SessionStorage

@Suite("Without walking the table, the store finds", .timeLimit(.minutes(10)))
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

    @Test(
        "who is first in a lane, by an index that holds all that is asked for",
        arguments: [
            (.wanting(from: nil), "session_wanting_by_want (project=? AND provider=? AND want>? AND want<?)"),
            (.wanting(from: .at(1)), "session_wanting_by_want (project=? AND provider=? AND want>? AND want<?)"),
            (.wantingFew(from: .at(1)), "session_wanting_by_priority (project=? AND provider=? AND priority>?)"),
            (
                .wantingBelow(.at(1)),
                "session_wanting_by_priority (project=? AND provider=? AND priority>? AND priority<?)"
            ),
            (.fresh(from: nil, before: .at(1)), "session_fresh_by_wake (project=? AND provider=? AND wake_at<?)"),
            (.fresh(from: .at(1), before: .at(1)), "session_fresh_by_wake (project=? AND provider=? AND wake_at<?)"),
        ] as [(LaneWalk, String)])
    func lane(walk: LaneWalk, index: String) async throws {
        let walked = try await plan(walk.query, walk.arguments(in: Lane("app", "google"), upTo: nil, limit: 9))
        #expect(walked == ["SEARCH session USING COVERING INDEX \(index)"])
    }

    @Test(
        "the lanes that have something, by a step of an index for each",
        arguments: [
            .wanting(from: nil), .wantingFew(from: .at(1)), .wantingBelow(.at(1)), .fresh(from: nil, before: .at(1)),
        ] as [LaneWalk])
    func lanes(walk: LaneWalk) async throws {
        let steps = try await plan(walk.lanesQuery, ["project": "app"]).filter { $0.contains("session") }
        #expect(steps.count == 2)
        #expect(steps.allSatisfy { $0.hasPrefix("SEARCH session USING COVERING INDEX") }, "\(steps)")
        #expect(steps.first?.hasSuffix("(project=?)") == true, "\(steps)")
        #expect(steps.last?.hasSuffix("(project=? AND provider>?)") == true, "\(steps)")
    }

    @Test("how many are from a priority up")
    func count() async throws {
        let walk = LaneWalk.wantingFew(from: .at(1))
        let arguments = walk.arguments(in: Lane("app", "google"), upTo: nil, limit: 9)
        let steps = try await plan(walk.countQuery, arguments).filter { $0.contains("session") || $0.contains("TEMP") }
        let index = "session_wanting_by_priority (project=? AND provider=? AND priority>?)"
        #expect(steps == ["SEARCH session USING COVERING INDEX \(index)"])
    }

    @Test("a row by its place in the table")
    func place() async throws {
        let query = SessionQuery.at(1)
        let first = try await plan(query.sql, query.arguments).first
        #expect(first == "SEARCH session USING INTEGER PRIMARY KEY (rowid=?)")
    }

    @Test("who lays claim to calls", arguments: [ClaimWalk.contenders, ClaimWalk.count, ClaimWalk.fresh])
    func claims(sql: String) async throws {
        let steps = try await plan(sql, ["app", 1, 1]).filter { $0.contains("session") || $0.contains("TEMP") }
        #expect(steps == ["SEARCH session USING COVERING INDEX session_by_priority (project=? AND priority>?)"])
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

    @Test(
        "the first page of a list that need not wait for those that walk",
        arguments: [
            (SessionFilter(), "SCAN session USING INDEX sqlite_autoindex_session_1"),
            (SessionFilter(project: .of("app")), "SEARCH session USING INDEX sqlite_autoindex_session_1 (project=?)"),
            (SessionFilter(standing: .due), "SEARCH session USING INDEX session_by_standing (standing=?)"),
            (
                SessionFilter(project: .of("app"), standing: .due),
                "SEARCH session USING INDEX session_by_standing (standing=? AND project=?)"
            ),
            (
                SessionFilter(project: .of("app"), user: .of("u1")),
                "SEARCH session USING INDEX session_by_user (project=? AND user_id=?)"
            ),
        ])
    func firstPage(filter: SessionFilter, step: String) async throws {
        #expect(filter.isByIndex)
        let query = SessionQuery.listing(filter, after: nil, limit: 9)
        #expect(try await plan(query.sql, query.arguments).first == step)
    }

    @Test("no list that asks for what no index holds: it waits its turn")
    func walks() {
        var ending = SessionFilter()
        ending.ending = SessionFilter.Span(from: .at(0), to: .at(1))
        var failing = SessionFilter(project: .of("app"))
        failing.isFailing = true
        let filters = [
            ending, failing, SessionFilter(user: .of("u1")),
            SessionFilter(project: .of("app"), provider: .of("google")),
            SessionFilter(project: .of("app"), user: .of("u1"), standing: .due),
        ]
        for filter in filters { #expect(!filter.isByIndex, "\(filter)") }
    }
}
