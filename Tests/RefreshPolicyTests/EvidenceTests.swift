// What a look or a PATCH's answer makes of a row: laws 2, 4 and 14.

import RefreshPolicy
import Testing

@Suite("What was seen")
struct EvidenceTests {
    private let row = SessionRow.google()

    @Test("Law 14: changes nothing, when it was asked for before the row learnt something")
    func stale() {
        let known = SessionRow.google(lookedAt: at(10))
        let seen = SessionFacts.google().renewed("new", at: at(5))
        #expect(Evidence.seen(at(10)).look(seen, at: known) == known)
        #expect(Evidence.seen(at(11)).look(seen, at: known).token?.value == .named("new"))
        let renewed = SessionRow.google(issued: at(20), expires: at(3620), lookedAt: at(10))
        #expect(Evidence.seen(at(20)).look(.google(), at: renewed) == renewed)
    }

    @Test("is not stale for what was learnt in the future, by a clock that was wrong; it puts the times right")
    func futureKnowledge() {
        let far = WallTime.start + .days(300)
        let known = SessionRow.google(issued: far, expires: far, lookedAt: far)
        let row = Evidence.seen(at(-1000)).look(.google(), at: known)
        #expect(row.lookedAt == at(-1000) - .milliseconds(500))
        #expect(row.token == Token(value: .named("old"), issuedAt: at(-3600), expiresAt: at(0)))
        #expect(row.reason == Reason(.found))
    }

    @Test("adopts a newer token, and clears a failure by it")
    func adopts() {
        for verdict in [
            Verdict.sound, .failing(failures: 3, retryAt: at(900)), .needsLogin(since: at(0), lookAt: at(9)),
        ] {
            let row = Evidence.seen(at(60)).look(
                .google().renewed("new", at: at(30)), at: row.with { $0.verdict = verdict })
            #expect(row.token == Token(value: .named("new"), issuedAt: at(30), expiresAt: at(3630)))
            #expect(row.verdict == .sound)
            #expect(row.reason == Reason(.adopted))
            #expect(row.lookedAt == at(60) - .milliseconds(500))
        }
    }

    @Test("Law 2: an empty token never replaces one")
    func emptyToken() {
        let seen = SessionFacts.google(token: nil, issued: at(30), expires: nil)
        #expect(Evidence.seen(at(60)).look(seen, at: row).token == row.token)
        #expect(Evidence.seen(at(60)).renewal(seen, of: row) == row)
        #expect(Outcome(.session(seen), for: row.key, of: row.user) == .failed(Reason(.emptyToken)))
    }

    @Test("of another session or user proves nothing of this one (law 2)")
    func others() {
        for facts in [SessionFacts.google("s2", token: "x"), .google(user: "eve", token: "x")] {
            #expect(Evidence.seen(at(60)).look(facts, at: row) == row)
            #expect(Outcome(.session(facts), for: row.key, of: row.user) == .failed(Reason(.otherSession)))
        }
    }

    @Test("takes an expiry at login or at the last write for none: a provider that states no lifetime")
    func zeroLifetimes() {
        let login = SessionFacts.google(issued: at(-50), expires: at(-50) + .milliseconds(1500), created: at(-50))
        let row = Evidence.seen(at(0)).row(
            for: login, in: .named("app"), source: .apiKey, keep: .used, reason: Reason(.found))
        let issued = at(-50) + .milliseconds(1500)
        #expect(row.token == Token(value: .named("old"), issuedAt: issued, expiresAt: nil))
        let written = SessionFacts.google(issued: at(-50), expires: at(-50))
        #expect(Evidence.seen(at(0)).look(written, at: self.row.with { $0.token = nil }).token?.expiresAt == nil)
        let short = SessionFacts.google(issued: at(-50), expires: at(-40))
        #expect(Evidence.seen(at(0)).look(short, at: self.row.with { $0.token = nil }).token?.expiresAt == at(-40))
    }

    @Test("never issued in the future, whatever a foreign date says; nor does any overflow")
    func absurdDates() {
        for time in [WallTime(milliseconds: .max), .init(milliseconds: .min), .start + .days(100_000)] {
            let facts = SessionFacts.google(
                token: "new", issued: time, expires: time, created: time, sessionExpires: time)
            for offset in [Duration.zero, .milliseconds(Int64.max), .milliseconds(-Int64.max)] {
                let evidence = Evidence.seen(at(0), clock: HostClock(offset: offset))
                let seen = evidence.look(facts, at: row)
                #expect(seen.token.map { $0.issuedAt <= at(0) } == true)
                _ = seen.assessed().restsUntil(by: .app())
                _ = evidence.renewal(facts, of: row).assessed()
            }
        }
    }

    @Test("a renewal: its end as stated, or unknown where the end is the moment of the PATCH")
    func renewals() {
        let stated = Evidence.seen(at(60)).renewal(.google().renewed("new", at: at(59)), of: row)
        #expect(stated.token == Token(value: .named("new"), issuedAt: at(60), expiresAt: at(3659)))
        #expect(stated.next == nil)
        let unstated = SessionFacts.google().renewed("new", at: at(59), life: .zero)
        let running = SessionRow.google(expires: at(600))
        let beside = Evidence.seen(at(60)).renewal(unstated, of: running)
        #expect(beside.token == running.token)
        #expect(beside.next == Token(value: .named("new"), issuedAt: at(60), expiresAt: nil))
        #expect(beside.reason == Reason(.lifetimeUnknown))
        let instead = Evidence.seen(at(60)).renewal(unstated, of: row)
        #expect(instead.token == Token(value: .named("new"), issuedAt: at(60), expiresAt: nil))
    }

    @Test("a 200 with the token that was there before renews nothing; the same token for longer does")
    func unchanged() {
        let evidence = Evidence.seen(at(60))
        #expect(evidence.isUnchanged(.google(), since: at(58), at: row))
        #expect(!evidence.isUnchanged(.google(token: "new"), since: at(58), at: row))
        #expect(!evidence.isUnchanged(.google(expires: at(3659)), since: at(58), at: row))
        let unstated = SessionRow.google(expires: nil)
        #expect(evidence.isUnchanged(.google(expires: at(-3600)), since: at(58), at: unstated))
        #expect(!evidence.isUnchanged(.google(expires: at(59)), since: at(58), at: unstated))
        let adopted = SessionRow.google(issued: at(59), expires: at(3659))
        #expect(!evidence.isUnchanged(.google(expires: at(3659)), since: at(58), at: adopted))
    }

    @Test("Law 4: ends a doubt when the session changed since the PATCH was sent")
    func endsDoubt() {
        let doubted = row.with { $0.attempt = SentAttempt(id: AttemptID(1), sentAt: at(0)) }
        let evidence = Evidence.seen(at(60))
        #expect(evidence.look(.google(), at: doubted).attempt != nil)
        let renewed = evidence.look(.google().renewed("new", at: at(3)), at: doubted)
        #expect(renewed.attempt == nil)
        #expect(renewed.verdict == .sound)
        var wiped = SessionFacts.google().renewed("x", at: at(3), life: .zero)
        wiped.token = nil
        let emptied = evidence.look(wiped, at: doubted)
        #expect(emptied.attempt == nil)
        #expect(emptied.reason == Reason(.emptyToken))
        #expect(emptied.failures == 1)
        let longer = evidence.look(.google().renewed("old", at: at(3)), at: doubted)
        #expect(longer.attempt == nil)
        #expect(longer.verdict == .sound)
        #expect(longer.token?.expiresAt == at(3603))
    }

    @Test(
        "Law 4: does not end a doubt by what was so before it: a wiped token, or an end moved by a clock better known")
    func keepsDoubt() {
        let doubted = row.with { $0.attempt = SentAttempt(id: AttemptID(1), sentAt: at(0)) }
        let wipedBefore = SessionFacts.google(token: nil)
        #expect(Evidence.seen(at(60)).look(wipedBefore, at: doubted).attempt != nil)
        let shifted = Evidence.seen(at(60), clock: HostClock(offset: .seconds(10)))
        #expect(shifted.look(.google(), at: doubted).attempt != nil)
    }

    @Test("a session that is there again is not over; a blocked user's is, until a new token proves otherwise")
    func revival() {
        let evidence = Evidence.seen(at(60))
        let gone = row.with {
            $0.verdict = .ended(at: at(0))
            $0.reason = Reason(.loggedOut)
        }
        #expect(evidence.look(.google(), at: gone).verdict == .sound)
        let blocked = gone.with { $0.reason = Reason(.userBlocked) }
        #expect(evidence.look(.google(), at: blocked).verdict == .ended(at: at(0)))
        #expect(evidence.look(.google().renewed("new", at: at(30)), at: blocked).verdict == .sound)
        #expect(evidence.look(.google(sessionExpires: at(10)), at: gone).verdict == .ended(at: at(0)))
        let suspected = row.with { $0.verdict = .suspected(since: at(0), lookAt: at(300)) }
        #expect(evidence.look(.google(), at: suspected).verdict == .sound)
    }
}
