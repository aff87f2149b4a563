// One turn's writes.

import RefreshPolicy
import Testing

@testable import RefreshEngine

@Suite("A turn's writes")
struct TurnTests {
    private let host = HostName("appwrite.example")

    private func row(_ name: String, _ standing: Standing) -> SessionRow {
        SessionRow(
            key: .app(name), user: .named("ada"), provider: .named("google"), providerUID: "g", source: .apiKey,
            keep: .used, hasRefreshToken: true, sessionExpiresAt: EngineBench.start + .seconds(86_400),
            createdAt: EngineBench.start, foundAt: EngineBench.start, lookedAt: EngineBench.start, standing: standing,
            reason: Reason(.found))
    }

    private func budget(spent: Int) -> Change {
        .budget(BudgetRecord(host: host, resetAt: EngineBench.start, limit: 10, spent: spent, inFlight: 0))
    }

    @Test("move what was brought before them, and what they wrote")
    func shift() {
        var turn = Turn()
        turn.add([.put(row("s1", .due)), .shift(by: .seconds(9)), .put(row("s2", .due))])
        let brought = [row("s1", .fresh), row("s2", .fresh), row("s3", .fresh)]
        guard case .woke(let rows)? = turn.current(.woke(brought)) else {
            Issue.record("not the event that it was")
            return
        }
        let moved = EngineBench.start + .seconds(9)
        #expect(rows.map(\.createdAt) == [moved, EngineBench.start, moved])
        #expect(rows.map(\.standing) == [.due, .due, .fresh])
    }

    @Test("are the last of each, in their order")
    func last() {
        var turn = Turn()
        turn.add([.put(row("s1", .due)), budget(spent: 1), .attempts(AttemptID(1)), .put(row("s2", .due))])
        turn.add([.put(row("s1", .refreshing)), budget(spent: 2), .attempts(AttemptID(2))])
        turn.add([.remove(.app("s2")), .seen(EngineBench.start)])
        #expect(
            turn.changes == [
                .put(row("s1", .refreshing)), budget(spent: 2), .attempts(AttemptID(2)), .remove(.app("s2")),
                .seen(EngineBench.start),
            ])
    }

    @Test(
        "keep what a change in between builds on",
        arguments: [
            Change.shift(by: .seconds(9)),
            .read(
                Grant(project: .app, user: .named("ada"), provider: .named("google"), providerUID: "g"), times: 1,
                at: EngineBench.start),
        ])
    func between(change: Change) {
        var turn = Turn()
        turn.add([.put(row("s1", .due)), change, .put(row("s1", .fresh)), .put(row("s1", .refreshing))])
        #expect(turn.changes == [.put(row("s1", .due)), change, .put(row("s1", .refreshing))])
    }
}
