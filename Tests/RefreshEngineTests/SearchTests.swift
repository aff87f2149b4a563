// Sessions are found by the project's API key: by a poll for new logins and a slow walk over all users.

import Fakes
import RefreshEngine
import RefreshPolicy
import Testing

@Suite("The search")
struct SearchTests {
    private let bench: EngineBench

    init() {
        bench = EngineBench()
        bench.searches = [SearchRules(project: .app)]
    }

    private func login(_ session: String, of user: String) {
        let facts = SessionFacts.google(session, of: user, left: .seconds(3000), at: bench.now, uid: "uid-\(user)")
        bench.appwrite.put(facts, in: .app, identity: bench.appwrite.serverTime)
    }

    private func listings(of user: String) -> Int {
        bench.appwrite.calls.count { $0 == .sessions(.named(user)) }
    }

    private var polls: [ServerTime] {
        bench.appwrite.calls.compactMap { if case .identities(let since) = $0 { since } else { nil } }
    }

    /// The causes of conditions that began, and of those that ended.
    private var outages: (began: [Condition.Cause], ended: [Condition.Cause]) {
        let news = bench.journal.reports.compactMap { report -> ConditionNews? in
            if case .decision(.condition(let news)) = report { news } else { nil }
        }
        return (
            news.compactMap { if case .began(let condition) = $0 { condition.cause } else { nil } },
            news.compactMap { if case .ended(let condition) = $0 { condition.cause } else { nil } }
        )
    }

    @Test("fills an empty store, page by page, and stores how far it came")
    func fills() {
        for user in ["ada", "bob", "cyd"] { login("s-\(user)", of: user) }
        bench.begin()

        #expect(bench.memory.rows.map(\.key) == [.app("s-ada"), .app("s-bob"), .app("s-cyd")])
        #expect(bench.memory.rows.allSatisfy { $0.source == .apiKey && $0.keep == .used && $0.standing == .fresh })
        #expect(bench.stored.marks[.app]?.identitiesUpTo == bench.appwrite.serverTime)
        #expect(bench.stored.marks[.app]?.walkedAt == bench.now)
        #expect(bench.spendCount == 0)
        bench.crash()
    }

    @Test("fills a store again that was lost")
    func refills() {
        login("s1", of: "ada")
        bench.begin()
        bench.crash()
        bench.loseStore()
        #expect(bench.memory.rows.isEmpty)

        bench.begin()

        #expect(bench.row(.app("s1")) != nil)
        bench.crash()
    }

    @Test("asks with an overlap behind the newest login, goes on there after a restart, and lists a login twice")
    func overlap() {
        login("s1", of: "ada")
        let first = bench.appwrite.serverTime
        bench.begin()
        bench.crash()
        bench.appwrite.forgetCalls()

        bench.begin()
        bench.pass(.seconds(50))
        login("s2", of: "bob")
        bench.pass(.seconds(600))

        let behind = ServerTime(milliseconds: first.milliseconds - 120_000)
        #expect(polls.prefix(2) == [behind, behind])
        #expect(polls.dropFirst(2).allSatisfy { $0.milliseconds == first.milliseconds + 50_000 - 120_000 })
        #expect(bench.row(.app("s2")) != nil)
        #expect(listings(of: "bob") == 2)
        bench.crash()
    }

    @Test("finds a session that Appwrite wrote after the identity of its login")
    func lateSession() {
        bench.begin()
        bench.pass(.seconds(30))
        let facts = SessionFacts.google("s1", left: .seconds(3000))
        bench.appwrite.put(facts, in: .app, identity: bench.appwrite.serverTime)
        bench.appwrite.remove(.app("s1"))
        bench.pass(.seconds(30))
        #expect(bench.memory.rows.isEmpty)

        bench.appwrite.put(facts, in: .app)
        bench.pass(.seconds(60))

        #expect(bench.row(.app("s1")) != nil)
        bench.crash()
    }

    @Test("erases the sessions of a user who is gone")
    func goneUser() {
        login("s1", of: "ada")
        bench.begin()
        #expect(bench.row(.app("s1"))?.standing == .fresh)

        bench.appwrite.remove(.named("ada"))
        bench.pass(.seconds(60))

        #expect(bench.memory.rows.isEmpty)
        bench.crash()
    }

    @Test("tells once that it fails, and that it works again")
    func fails() {
        bench.appwrite.failSearches(with: .refused(.keyRefused))
        bench.begin()
        bench.pass(.seconds(300))
        #expect(outages == ([.keyRefused], []))

        bench.appwrite.failSearches(with: nil)
        login("s1", of: "ada")
        bench.pass(.seconds(60))

        #expect(outages == ([.keyRefused], [.keyRefused]))
        #expect(bench.row(.app("s1")) != nil)
        bench.crash()
    }

    @Test("goes on past a user who cannot be read, and finds that user's sessions later")
    func unreadableUser() {
        for user in ["ada", "bob", "cyd"] { login("s-\(user)", of: user) }
        bench.appwrite.fail(readingOf: .named("ada"), with: .refused(.serverFailed(status: 500)))
        bench.begin()
        #expect(bench.memory.rows.map(\.key) == [.app("s-bob"), .app("s-cyd")])

        bench.appwrite.fail(readingOf: .named("ada"), with: nil)
        bench.pass(.seconds(60))

        #expect(bench.row(.app("s-ada")) != nil)
        bench.crash()
    }

    @Test("asks no more when several users in a row cannot be read")
    func severalUnreadable() {
        for user in ["ada", "bob", "cyd", "dan", "eve"] {
            login("s-\(user)", of: user)
            bench.appwrite.fail(readingOf: .named(user), with: .silent(.timedOut))
        }
        bench.begin()

        // Once by the poll, once by the walk.
        #expect(["ada", "bob", "cyd", "dan", "eve"].map(listings(of:)) == [2, 2, 2, 0, 0])
        #expect(bench.stored.marks[.app]?.walkedAt == nil)
        bench.crash()
    }

    @Test("is not held up by a login that a clock which ran ahead has dated, nor lists it again and again")
    func datedAhead() {
        bench.begin()
        let facts = SessionFacts.google("s-ada", of: "ada", left: .seconds(3000))
        let ahead = ServerTime(milliseconds: bench.appwrite.serverTime.milliseconds + 3_600_000)
        bench.appwrite.put(facts, in: .app, identity: ahead)
        bench.pass(.seconds(60))
        #expect(bench.row(.app("s-ada")) != nil)

        bench.pass(.seconds(600))
        login("s-bob", of: "bob")
        bench.pass(.seconds(60))
        #expect(bench.row(.app("s-bob")) != nil)

        bench.pass(.seconds(3600))
        #expect(listings(of: "ada") == 2)
        #expect(listings(of: "bob") == 2)
        bench.crash()
    }

    @Test("comes back from a mark in the future that an earlier run stored")
    func markedAhead() throws {
        bench.begin()
        bench.crash()
        let ahead = ServerTime(milliseconds: bench.appwrite.serverTime.milliseconds + 3_600_000)
        let isStored = bench.result { [memory = bench.memory] in
            do { try await memory.commit([.discovery(.app, .identities(upTo: ahead))]) } catch { return false }
            return true
        }
        try #require(isStored == true)

        bench.begin()
        login("s-bob", of: "bob")
        bench.pass(.seconds(60))

        #expect(bench.row(.app("s-bob")) != nil)
        bench.crash()
    }

    /// Users whom no identity tells of; the second page of them, and all else that is asked at that time, fails once.
    private func stumble(over failure: CallFailure) {
        for user in ["ada", "bob", "cyd"] {
            bench.appwrite.put(.google("s-\(user)", of: user, left: .seconds(3000)), in: .app)
        }
        bench.appwrite.onCall { [appwrite = bench.appwrite] call in
            if call == .users, appwrite.calls.count(where: { $0 == .users }) == 2 {
                appwrite.failSearches(with: failure)
            }
        }
        bench.begin()
        bench.appwrite.failSearches(with: nil)
        bench.pass(.seconds(60))
        #expect(bench.stored.marks[.app]?.walkedAt != nil)
    }

    @Test("goes on with a walk that stumbled where it stumbled")
    func walkGoesOn() {
        stumble(over: .silent(.timedOut))
        #expect(["ada", "bob", "cyd"].map(listings(of:)) == [1, 1, 1])
        bench.crash()
    }

    @Test("begins a walk anew where Appwrite refuses the place to go on from, as its user is deleted")
    func walkBeginsAnew() {
        stumble(over: .refused(.callRefused(status: 400)))
        #expect(["ada", "bob", "cyd"].map(listings(of:)) == [2, 2, 1])
        bench.crash()
    }

    @Test("walks over users whom no identity tells of, every six hours, also across restarts")
    func walk() {
        let facts = SessionFacts.google("s1", left: .seconds(3000))
        bench.appwrite.put(facts, in: .app)
        bench.begin()
        #expect(bench.row(.app("s1")) != nil)

        bench.pass(.seconds(3600))
        bench.crash()
        bench.appwrite.forgetCalls()
        bench.begin()
        bench.pass(.seconds(4 * 3600))
        #expect(!bench.appwrite.calls.contains(.users))

        bench.pass(.seconds(3600))
        #expect(bench.appwrite.calls.contains(.users))
        bench.crash()
    }

    @Test("waits until what it found is on disk before it goes on")
    func waitsForReceipt() {
        for user in ["ada", "bob"] { login("s-\(user)", of: user) }
        bench.begin()
        bench.crash()
        bench.loseStore()
        bench.appwrite.forgetCalls()
        bench.store.beforeWriting.shut()

        bench.begin()
        bench.pass(.seconds(300))

        #expect(listings(of: "bob") == 0)
        #expect(polls.count == 1)
        bench.crash()
    }
}
