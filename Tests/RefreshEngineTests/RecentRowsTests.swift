// What readers asked for last is at hand, and never older than the store.

import Fakes
import RefreshPolicy
import Testing

@testable import RefreshEngine

@Suite("The rows that readers asked for last", .timeLimit(.minutes(10)))
struct RecentRowsTests {
    private let store = HangingStore(MemoryStore())
    private let ada = UserID.named("ada")

    private func token(_ recent: RecentRows, _ id: String) async throws -> Secret? {
        try await recent.session(.app(id))?.token?.value
    }

    @Test("are read once, by session and by user, without what no answer is made from")
    func once() async throws {
        let recent = RecentRows(store)
        var registered = row("s1", token: "first")
        registered.secret = Secret("login")
        try await recent.commit([.put(registered), .put(row("s2", token: "second"))])
        for _ in 1...3 {
            #expect(try await token(recent, "s1") == Secret("first"))
            #expect(try await recent.sessions(of: ada, in: .app).map(\.key) == [.app("s1"), .app("s2")])
        }
        #expect(store.reads == 2)
        #expect(try await recent.session(.app("s1"))?.secret == nil)
        // Nothing is remembered of what there is not.
        #expect(try await token(recent, "s3") == nil)
        #expect(try await token(recent, "s3") == nil)
        #expect(store.reads == 4)
    }

    @Test(
        "are read anew after what changes them",
        arguments: [
            Change.put(row("s1", token: "changed")), .remove(.app("s1")), .shift(by: .seconds(9)),
        ])
    func changed(by change: Change) async throws {
        let recent = RecentRows(store)
        try await recent.commit([.put(row("s1", token: "first")), .put(row("s2", token: "second"))])
        _ = try await (recent.session(.app("s1")), recent.sessions(of: ada, in: .app))
        try await recent.commit([change])
        let (session, sessions) = try await (recent.session(.app("s1")), recent.sessions(of: ada, in: .app))
        #expect(session?.token == (try await store.session(.app("s1")))?.token)
        #expect(sessions.map(\.token) == (try await store.sessions(of: ada, in: .app)).map(\.token))
        #expect(session?.foundAt == (try await store.session(.app("s1")))?.foundAt)
    }

    @Test("stay what others' changes do not touch, and what only says how much they are read")
    func untouched() async throws {
        let recent = RecentRows(store)
        let (mine, other) = (row("s1", token: "mine"), row("s2", token: "other", of: "ben"))
        try await recent.commit([.put(mine), .put(other)])
        _ = try await (recent.session(.app("s1")), recent.sessions(of: ada, in: .app))
        let reads = store.reads
        try await recent.commit([.put(other)])
        try await recent.commit([.read(mine.grant, times: 3, at: mine.foundAt), .seen(mine.foundAt)])
        _ = try await (recent.session(.app("s1")), recent.sessions(of: ada, in: .app))
        #expect(store.reads == reads)
    }

    @Test("are not kept when read while a commit is under way: they may be older than what it writes")
    func meanwhile() async throws {
        let recent = RecentRows(store)
        try await recent.commit([.put(row("s1", token: "first"))])
        // A read that began before the commit, and comes back after it.
        store.afterReading.shut()
        let early = Task { try await token(recent, "s1") }
        while store.afterReading.count == 0 { await Task.yield() }
        try await recent.commit([.put(row("s1", token: "second"))])
        store.afterReading.open()
        #expect(try await early.value == Secret("first"))
        #expect(try await token(recent, "s1") == Secret("second"))

        // And one that began after another, and comes back before it ends: it saw what was there before.
        store.beforeWriting.shut()
        let commit = Task { try await recent.commit([.put(row("s1", token: "third"))]) }
        while store.beforeWriting.count == 0 { await Task.yield() }
        #expect(try await token(recent, "s1") == Secret("second"))
        store.beforeWriting.open()
        try await commit.value
        #expect(try await token(recent, "s1") == Secret("third"))
    }

    @Test("are read anew after a commit that failed")
    func failed() async throws {
        let recent = RecentRows(store)
        try await recent.commit([.put(row("s1", token: "first"))])
        #expect(try await token(recent, "s1") == Secret("first"))
        let reads = store.reads
        store.memory.outage = .writes(.unavailable("full"))
        await #expect(throws: StoreError.unavailable("full")) {
            try await recent.commit([.put(row("s1", token: "second"))])
        }
        #expect(try await token(recent, "s1") == Secret("first"))
        #expect(store.reads == reads + 1)
    }

    @Test("take no more memory than they may, and those asked for again stay")
    func bounded() {
        var shelf = Shelf(capacity: 40_000)
        let favourite = Lookup.session(.app("favourite"))
        shelf.put([row("favourite", token: "t")], of: favourite)
        for number in 1...1000 {
            shelf.put([row("s\(number)", token: "t")], of: .session(.app("s\(number)")))
            #expect(shelf.rows(of: favourite) != nil)
            #expect(shelf.size <= 40_000)
        }
        #expect(shelf.rows(of: .session(.app("s1000"))) != nil)
        #expect(shelf.rows(of: .session(.app("s1"))) == nil)
        for number in 1...1000 { shelf.drop(whatIsChangedBy: .remove(.app("s\(number)"))) }
        shelf.drop(whatIsChangedBy: .remove(.app("favourite")))
        #expect(shelf.size == 0)
    }

    @Test("of more than they may take are not in the way")
    func tooLarge() {
        var shelf = Shelf(capacity: 4000)
        let crowd = (1...100).map { row("s\($0)", token: "t") }
        shelf.put(crowd, of: .user(ada, .app))
        shelf.put([row("s1", token: "t")], of: .session(.app("s1")))
        #expect(shelf.rows(of: .user(ada, .app)) == nil)
        #expect(shelf.rows(of: .session(.app("s1"))) != nil)
    }
}

/// A session of a user's, with a token that lives for an hour.
private func row(_ id: String, token: String, of user: String = "ada") -> SessionRow {
    let now = EngineBench.start
    return SessionRow(
        key: .app(id), user: .named(user), provider: .named("google"), providerUID: "g", source: .apiKey, keep: .used,
        token: Secret(token).map { Token(value: $0, issuedAt: now, expiresAt: now + .seconds(3600)) },
        hasRefreshToken: true, sessionExpiresAt: now + .days(300), createdAt: now, foundAt: now, lookedAt: now,
        reason: Reason(.found))
}
