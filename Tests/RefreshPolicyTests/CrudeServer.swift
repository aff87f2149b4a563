// A crude Appwrite for the random run: sessions, a counter per clock hour, PATCHes that go on whoever hears of them.
// It keeps its own books of what was done to it, and holds them against the laws.

import RefreshPolicy
import Testing

struct CrudeServer {
    private struct Work {
        let session: String
        let doneAt: WallTime
        let isGood: Bool
    }

    private(set) var sessions: [String: SessionFacts] = [:]
    /// Every token ever issued, and its real end.
    private(set) var ends: [Secret: WallTime] = [:]
    private var work: [Work] = []
    private var hour: Int64 = 0
    private var counted = 0
    private var tokens = 0
    private(set) var renewals = 0

    mutating func login(_ session: String, user: String, at now: WallTime, life: Duration) {
        let token = nextToken(endingAt: now + life)
        var facts = SessionFacts.google(
            session, user: user, uid: user, issued: now, expires: now + life, created: now,
            sessionExpires: now + .days(30))
        facts.token = token
        sessions[session] = facts
    }

    mutating func logout(_ session: String) { sessions[session] = nil }

    func list(_ user: UserID) -> [SessionFacts] {
        sessions.values.filter { $0.user == user }.sorted { $0.session < $1.session }
    }

    enum Fate { case good, refused, hangs }

    /// A PATCH arrives; nil when it is counted and at work, else the answer.
    mutating func receive(_ session: String, at now: WallTime, _ fate: Fate, lasting: Duration) -> SpendAnswer? {
        if now.milliseconds / 3_600_000 != hour {
            hour = now.milliseconds / 3_600_000
            counted = 0
        }
        guard counted < 10 else {
            Issue.record("law 6: the window could not hold it")
            return .refused(.rateLimited)
        }
        counted += 1
        #expect(!work.contains { $0.session == session }, "law 4: two PATCHes at work on \(session)")
        guard let facts = sessions[session] else { return .refused(.loginRefused) }
        #expect(facts.hasRefreshToken, "law 1")
        work.append(Work(session: session, doneAt: now + lasting, isGood: fate != .refused))
        return nil
    }

    var rate: RateHeaders {
        RateHeaders(
            limit: 10, remaining: 10 - counted, reset: ServerTime(milliseconds: (hour + 1) * 3_600_000))
    }

    mutating func work(until now: WallTime) {
        for done in work.sorted(by: { $0.doneAt < $1.doneAt }) where done.doneAt <= now && done.isGood {
            guard let facts = sessions[done.session], let end = facts.tokenExpiresAt else { continue }
            let life = end - max(facts.createdAt, facts.updatedAt)
            let rested = done.doneAt.onServer - max(facts.createdAt, facts.updatedAt)
            #expect(rested + .seconds(2) >= life / 3, "law 13: renewed too early")
            var renewed = facts.renewed("", at: done.doneAt, sessionFor: .days(30), life: life)
            renewed.token = nextToken(endingAt: done.doneAt + life)
            sessions[done.session] = renewed
            renewals += 1
        }
        work.removeAll { $0.doneAt <= now }
    }

    private mutating func nextToken(endingAt end: WallTime) -> Secret {
        tokens += 1
        let token = Secret.named("t\(tokens)")
        ends[token] = end
        return token
    }
}

extension SessionFacts {
    fileprivate func renewed(_ token: String, at time: WallTime, sessionFor length: Duration, life: Duration) -> Self {
        var facts = self
        facts.updatedAt = time.onServer
        facts.tokenExpiresAt = (time + life).onServer
        facts.sessionExpiresAt = (time + length).onServer
        return facts
    }
}
