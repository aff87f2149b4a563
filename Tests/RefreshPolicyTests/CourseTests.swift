// The course of a refresh, step by step: look, store the intent and the charge, send, judge, store, reply.

import RefreshPolicy
import Testing

@Suite("A refresh")
struct CourseTests {
    private let due = SessionRow.google().assessed()

    @Test("Laws 4, 5, 6 and 8 in one line each: looked at, stored, and only then sent")
    func inOneLineEach() {
        var scheduler = Scheduler(rules: .app, now: .start)
        let first = AttemptID(1)
        let looked = due.with {
            $0.lookedAt = at(0)
            $0.wakeAt = at(1) + .days(1)
        }
        let intended = looked.with {
            $0.attempt = SentAttempt(id: first, sentAt: at(1))
            $0.standing = .refreshing
            $0.reason = Reason(.sending)
            $0.want = nil
            $0.wakeAt = at(601)
        }
        let headers = AnswerHeaders(sentAt: at(0), receivedAt: at(1))
        let charge = BudgetRecord(host: .example, resetAt: at(3600), limit: 10, spent: 1, inFlight: 1)
        #expect(scheduler.handle(.turn, now: at(0)) == [.census(.example, [due.key.project], limit: 1000)])
        #expect(scheduler.handle(.contenders(.example, []), now: at(0)) == [.fetch(.work)])
        #expect(scheduler.handle(.candidates([due], .work), now: at(0)) == [.look(first, due)])
        #expect(
            scheduler.handle(.looked(first, .list([.google()]), headers, rows: [due]), now: at(1)) == [
                .store([.put(looked)], attempt: nil),
                .store([.put(intended), .attempts(first), .budget(charge)], attempt: first),
            ])
        #expect(scheduler.handle(.stored([AttemptID(2)]), now: at(1)) == [])
        #expect(scheduler.handle(.stored([first]), now: at(1)) == [.spend(first, intended)])
        #expect(scheduler.handle(.stored([first]), now: at(1)) == [])
    }

    @Test("Law 4: a row that comes once more while it is worked on begins nothing")
    func comesAgain() {
        var scheduler = Scheduler(rules: .app, now: .start)
        #expect(scheduler.handle(.candidates([due], .work), now: at(0)) == [.look(AttemptID(1), due)])
        #expect(scheduler.handle(.candidates([due], .work), now: at(0)) == [])
    }

    @Test("Laws 4 and 5: an intent that took longer to store than a look is proof for is not sent")
    func storedTooLate() {
        var scheduler = Scheduler(rules: .app, now: .start)
        let first = AttemptID(1)
        let headers = AnswerHeaders(sentAt: at(0), receivedAt: at(1))
        _ = scheduler.handle(.candidates([due], .work), now: at(0))
        _ = scheduler.handle(.looked(first, .list([.google()]), headers, rows: [due]), now: at(1))
        let returned = BudgetRecord(host: .example, resetAt: at(3600), limit: 10, spent: 0, inFlight: 0)
        let actions = scheduler.handle(.stored([first]), now: at(31))
        #expect(actions == [.store([.budget(returned)], attempt: nil), .regroup(due.key.project, due.user)])

        // Its row is in doubt then, and the first look at it comes soon.
        let intended = due.with { $0.attempt = SentAttempt(id: first, sentAt: at(1)) }
        let regrouped = scheduler.handle(.regrouped([intended]), now: at(31))
        guard case .store(let changes, _)? = regrouped.first, case .put(let row)? = changes.first else {
            Issue.record("not written: \(regrouped)")
            return
        }
        #expect(row.standing == .inDoubt)
        #expect(row.wakeAt == at(46))
    }

    @Test("goes from due to fresh, and its reader is answered after the token is stored (law 8)")
    func whole() throws {
        var world = World([.google()])
        world.turn()
        try world.read(7, "s1")
        #expect(world.news() == [.look("s1")])
        try world.see("s1", [.google()])
        #expect(world.news() == [.put("s1", .due), .put("s1", .refreshing), .spend("s1")])
        try world.answer("s1", .session(.google().renewed("new", at: world.now)), remaining: 9)
        #expect(world.news() == [.put("s1", .fresh), .reply(7)])
        let row = try world["s1"]
        #expect(row.token?.value == .named("new"))
        #expect(row.attempt == nil)
        #expect(row.wakeAt == row.token?.expiresAt.map { $0 - .margin })
        #expect(world.stored.budgets.first?.spent == 1)
        guard case .renewed(_, let calls)? = world.notices.last else {
            Issue.record("not told")
            return
        }
        #expect(calls?.remaining == 9)
        #expect(calls?.resetAt == at(3602), "when the next window opens")
    }

    @Test("is not looked at twice in half a minute (law 5)")
    func lookedAtJustNow() {
        var world = World([.google(lookedAt: at(-29))])
        world.turn()
        #expect(world.news() == [.put("s1", .refreshing), .spend("s1")])
    }

    @Test("is not sent when the look shows that somebody else refreshed: its token is adopted")
    func adopted() throws {
        var world = World([.google()])
        try world.read(7, "s1")
        try world.see("s1", [.google().renewed("new", at: at(-30))])
        #expect(world.news() == [.look("s1"), .put("s1", .fresh), .reply(7)])
        #expect(try world["s1"].token?.value == .named("new"))
        #expect(world.notices == [.adopted(try world["s1"])])
    }

    @Test("goes on when what was adopted is about to end itself")
    func adoptedAndDue() throws {
        var world = World([.google()])
        world.turn()
        try world.see("s1", [.google(token: "new", issued: at(-3500), expires: at(100))])
        #expect(world.news().last == .spend("s1"))
        #expect(try world["s1"].episodes.map(\.reason.code).contains(.adopted), "and is told of all the same")
    }

    @Test("is not sent for a look that showed another session, or came too late (law 5)")
    func lookOfAnother() throws {
        var world = World([.google(source: .secret)], rules: Rules(projects: [.app(hasAPIKey: false)]))
        world.turn()
        try world.see("s1", .session(.google("s2")))
        #expect(world.spends.isEmpty)
        #expect(try world["s1"].reason == Reason(.otherSession))
        #expect(try world["s1"].standing == .backingOff)
        var slow = World([.google()])
        slow.turn()
        try slow.see("s1", .list([.google()]), after: .seconds(31))
        #expect(slow.spends.isEmpty)
        #expect(slow.scheduler.budgets(at: slow.now).first?.remaining == 10)
    }

    @Test("whose look fails waits by the backoff, and spends nothing")
    func lookFailed() throws {
        var world = World([.google()])
        try world.read(7, "s1")
        try world.see("s1", .failed(.silent(.unreachable(.refused))))
        #expect(world.news() == [.look("s1"), .put("s1", .backingOff), .reply(7)])
        guard case .failing(1, let retryAt) = try world["s1"].verdict else {
            Issue.record("no failure")
            return
        }
        #expect((at(24)...at(37)).contains(retryAt))
        #expect(try world["s1"].wakeAt == retryAt, "the wait is really waited")
        world.sleep(until: retryAt - .milliseconds(1))
        #expect(world.news() == [])
        world.sleep(until: retryAt)
        #expect(world.news() == [.put("s1", .due), .look("s1")])
    }

    @Test("that is answered with no proof is followed by a look, and an invalid_grant believed only after it (law 5)")
    func refusedGrant() throws {
        var world = World([.google(lookedAt: at(-1))])
        let refusal = SpendAnswer.refused(.providerRefused(.invalidGrant))
        try world.read(7, "s1")
        try world.answer("s1", refusal, remaining: 9)
        #expect(world.news() == [.put("s1", .refreshing), .spend("s1"), .look("s1")])
        try world.see("s1", [.google()])
        #expect(world.news() == [.put("s1", .needsLogin), .reply(7)])
        #expect(try world["s1"].reason.description == "provider refused the refresh (invalid_grant)")
        #expect(world.notices.contains(.needsLogin(try world["s1"])))
        #expect(try world["s1"].wakeAt == world.now + .hours(6))
    }

    @Test("refused because somebody else refreshed first: the look shows their token (law 5)")
    func refusedByRotation() throws {
        var world = World([.google(lookedAt: at(-1))])
        world.turn()
        try world.answer("s1", .refused(.providerRefused(.invalidGrant)), remaining: 8)
        try world.see("s1", [.google().renewed("theirs", at: world.now)])
        #expect(try world["s1"].standing == .fresh)
        #expect(try world["s1"].attempt == nil)
        #expect(try world["s1"].token?.value == .named("theirs"))
        #expect(world.notices.last == .adopted(try world["s1"]), "ours was refused: it is another caller's")
    }

    @Test("shown by a listing before it is answered is told by its answer alone")
    func listedMeanwhile() throws {
        var world = World([.google(lookedAt: at(-1))])
        world.turn()
        let renewed = SessionFacts.google().renewed("new", at: world.now)
        world.list("ada", [renewed], headers: .at(world.now + .seconds(1)))
        #expect(world.notices == [])
        try world.answer("s1", .session(renewed), remaining: 9)
        let isRenewed = if case .renewed = world.notices.last { true } else { false }
        #expect(world.notices.count == 1 && isRenewed, "\(world.notices)")
    }

    @Test("refused, with no look to confirm it, may pass")
    func refusedUnconfirmed() throws {
        var world = World([.google(lookedAt: at(-1))])
        world.turn()
        try world.answer("s1", .refused(.providerRefused(.invalidGrant)), remaining: 9)
        try world.see("s1", .failed(.silent(.timedOut)))
        #expect(try world["s1"].failures == 1)
        #expect(try world["s1"].standing == .backingOff)
    }

    @Test("answered with an empty token has failed once, and the old token is served on (law 2)")
    func emptyToken() throws {
        var world = World([.google(expires: at(100), lookedAt: at(-1))])
        world.turn()
        var wiped = SessionFacts.google().renewed("x", at: world.now, life: .zero)
        wiped.token = nil
        try world.answer("s1", .session(wiped), remaining: 9)
        try world.see("s1", [wiped])
        #expect(try world["s1"].failures == 1)
        #expect(try world["s1"].reason == Reason(.emptyToken))
        #expect(try world["s1"].servable(at: at(99), by: .app())?.value == .named("old"))
        #expect(try world["s1"].hasRefreshToken, "a later good refresh repairs it")
    }

    @Test("answered with the token that was there before has failed, or it would be asked for ever again")
    func unchanged() throws {
        var world = World([.google(expires: at(100), lookedAt: at(-1))])
        world.turn()
        let same = SessionFacts.google(expires: at(100), sessionExpires: at(0) + .days(365))
        try world.answer("s1", .session(same), remaining: 9)
        try world.see("s1", [same])
        #expect(try world["s1"].failures == 1)
        #expect(try world["s1"].standing == .backingOff)
        #expect(try world["s1"].token?.expiresAt == at(100))
    }

    @Test("that never left has its call given back")
    func notSent() throws {
        var world = World([.google(lookedAt: at(-1))])
        world.turn()
        try world.answer("s1", .notSent(.silent(.unreachable(.refused))))
        #expect(try world["s1"].standing == .backingOff)
        #expect(world.stored.budgets.first?.spent == 0)
        #expect(world.looks.isEmpty)
    }

    @Test("that shortens the session's own life is told")
    func shortened() throws {
        var world = World([.google(lookedAt: at(-1))])
        world.turn()
        var facts = SessionFacts.google().renewed("new", at: world.now)
        facts.sessionExpiresAt = at(60).onServer
        try world.answer("s1", .session(facts), remaining: 9)
        let row = try world["s1"]
        #expect(world.notices.contains(.sessionShortened(row, from: .start + .days(300))))
        #expect(row.wakeAt.map { $0 < at(60) } == true)
    }

    @Test("that brings no token moves the session's own end all the same, which is known though the look fails")
    func movedWithoutToken() throws {
        var world = World([.google(lookedAt: at(-1))])
        world.turn()
        var empty = SessionFacts.google()
        empty.token = nil
        empty.sessionExpiresAt = at(6000).onServer
        try world.answer("s1", .session(empty), remaining: 9)
        try world.see("s1", .failed(.silent(.cut)))
        #expect(try world["s1"].sessionExpiresAt == at(6000))
        #expect(world.notices.contains { if case .sessionShortened = $0 { true } else { false } })
    }

    @Test("that is answered for another session, or another user, moves nothing")
    func movedElsewhere() throws {
        for other in [SessionFacts.google("s2"), .google(user: "eve")] {
            var world = World([.google(lookedAt: at(-1))])
            world.turn()
            var facts = other
            facts.sessionExpiresAt = at(60).onServer
            try world.answer("s1", .session(facts), remaining: 9)
            #expect(try world["s1"].sessionExpiresAt == .start + .days(300))
        }
    }

    @Test("goes to the earliest deadline first, no more than the window and the rules allow")
    func order() throws {
        let rows = (1...12).map { number in
            // Tokens that live a day: the calls suffice for all, and nothing is kept back.
            SessionRow.google(
                "s\(number)", user: "u\(number)", issued: at(-86_000), expires: at(100 - number), lookedAt: at(-1))
        }
        var world = World(rows)
        world.turn()
        #expect(world.spends.map(\.row.key.session.rawValue) == (5...12).reversed().map { "s\($0)" })
        #expect(world.notices == [])
        try world.read(7, "s1")
        try world.read(8, "s2")
        #expect(world.spends.count == 8, "eight in flight at once")
        for number in (5...12).reversed() {
            try world.renew("s\(number)", remaining: number - 3)
        }
        _ = world.newNotices()
        world.turn()
        #expect(world.spends.map(\.row.key.session.rawValue) == ["s4", "s3"], "there were ten")
        #expect(world.newNotices() == [.budgetSpent(.example, until: at(3602))])
        try world.read(9, "s1")
        #expect(world.spends.count == 2)
        #expect(world.news().last == .reply(9), "who cannot be helped is answered")
        #expect(world.retries[9] == at(3602))
    }
}
