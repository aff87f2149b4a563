// A breaker: when it opens, how it finds out, when it closes.

import Testing

@testable import RefreshPolicy

@Suite("A breaker")
struct BreakerTests {
    private let scope = Condition.Scope.lane(Lane(project: .named("app"), provider: .named("google")))
    private let minute = Duration.minutes(1)

    /// What came of failures of one cause, one after the other, a second apart; each of another session unless named.
    private func news(_ cause: Condition.Cause, _ sessions: [String]) -> [ConditionNews?] {
        var breaker = Breaker(scope: scope)
        return sessions.enumerated().map { second, session in
            breaker.failed(cause, .app(session), isNew: true, firstProbe: minute, now: at(second))
        }
    }

    /// One that opened at the start.
    private func open(_ cause: Condition.Cause = .providerThrottling) -> Breaker {
        Breaker(Condition(scope: scope, cause: cause, since: at(0), count: 1, probeAt: at(60)))
    }

    @Test("opens at once for what Appwrite, or a provider of its own limit, says in so many words")
    func once() {
        for cause: Condition.Cause in [
            .providerThrottling, .providerUnsupported, .keyRefused, .keyMayNotMint, .projectUnknown, .serviceDisabled,
        ] {
            let condition = Condition(scope: scope, cause: cause, since: at(0), count: 1, probeAt: at(60))
            #expect(news(cause, ["a"]) == [.began(condition)])
        }
    }

    @Test("opens at the second failure, where the client is refused; at the third, where it may be chance")
    func thresholds() {
        let refused = Condition(scope: scope, cause: .clientRefused, since: at(0), count: 2, probeAt: at(61))
        #expect(news(.clientRefused, ["a", "b"]) == [nil, .began(refused)])
        for cause: Condition.Cause in [.unreachable, .serverFailing, .notUnderstood] {
            let condition = Condition(scope: scope, cause: cause, since: at(0), count: 3, probeAt: at(62))
            #expect(news(cause, ["a", "a", "a"]) == [nil, nil, .began(condition)])
        }
    }

    @Test("opens for what one session may be ill of by itself only when several fail alike")
    func distinctSessions() {
        for cause: Condition.Cause in [.providerFailing, .grantsRefused, .loginsRefused] {
            #expect(news(cause, ["a", "a", "b", "b", "a"]).allSatisfy { $0 == nil })
            let condition = Condition(scope: scope, cause: cause, since: at(0), count: 4, probeAt: at(63))
            #expect(news(cause, ["a", "b", "a", "c"]).last == .began(condition))
        }
        for cause: Condition.Cause in [.emptyAnswers, .clientRefused] {
            #expect(news(cause, ["a", "a", "a"]).allSatisfy { $0 == nil })
            #expect(news(cause, ["a", "b"]).last.map { $0 != nil } == true)
        }
    }

    @Test("does not open for sessions that had failed before: a few may be ill by themselves")
    func oldFailures() {
        var breaker = Breaker(scope: scope)
        for (second, session) in ["a", "b", "c", "d"].enumerated() {
            let news = breaker.failed(
                .grantsRefused, .app(session), isNew: false, firstProbe: minute, now: at(second))
            #expect(news == nil)
        }
    }

    @Test("does not open when something in between speaks against it, or fails of another cause")
    func interrupted() {
        var praised = Breaker(scope: scope)
        var mixed = Breaker(scope: scope)
        for second in 0..<8 {
            let cause: Condition.Cause = second % 3 == 2 ? .serverFailing : .unreachable
            #expect(mixed.failed(cause, nil, isNew: true, firstProbe: minute, now: at(second)) == nil)
            #expect(praised.failed(.unreachable, nil, isNew: true, firstProbe: minute, now: at(second)) == nil)
            if second % 2 == 1 { #expect(praised.succeeded { $0 == .unreachable } == nil) }
        }
        var unmoved = Breaker(scope: scope)
        for second in 0..<2 {
            _ = unmoved.failed(.unreachable, nil, isNew: true, firstProbe: minute, now: at(second))
            _ = unmoved.succeeded { $0 == .providerFailing }
        }
        #expect(unmoved.failed(.unreachable, nil, isNew: true, firstProbe: minute, now: at(3)) != nil)
    }

    @Test("lets one call at a time find out, no sooner than planned")
    func probes() {
        var breaker = open()
        #expect(!breaker.admits(at: at(59)))
        #expect(breaker.admits(at: at(60)))
        breaker.begin(AttemptID(7))
        #expect(breaker.probe == AttemptID(7))
        #expect(!breaker.admits(at: at(9999)), "while it is under way")
        breaker.leave(AttemptID(6))
        #expect(!breaker.admits(at: at(9999)), "another call says nothing of it")
        breaker.leave(AttemptID(7))
        #expect(breaker.admits(at: at(60)))
        #expect(Breaker(scope: scope).admits(at: at(0)))
    }

    @Test("finds out ever more seldom, up to half an hour")
    func growingPauses() {
        var breaker = open(.providerFailing)
        var minutes: [Int64] = []
        var now = at(60)
        for _ in 0..<9 {
            #expect(breaker.failed(.providerFailing, .app("a"), isNew: false, firstProbe: minute, now: now) == nil)
            let probeAt = breaker.condition?.probeAt ?? now
            minutes.append((probeAt - now).wholeMilliseconds / 60_000)
            now = probeAt
        }
        #expect(minutes == [2, 5, 10, 15, 15, 30, 30, 30, 30])
        #expect(breaker.condition?.count == 10)
        #expect(breaker.condition?.since == at(0))
    }

    @Test("says when it is open for another cause, and finds out soon again")
    func changeOfCause() throws {
        var breaker = open(.providerFailing)
        _ = breaker.failed(.providerFailing, nil, isNew: true, firstProbe: minute, now: at(60))
        let before = try #require(breaker.condition)
        let news = breaker.failed(.clientRefused, nil, isNew: true, firstProbe: minute, now: at(180))
        let changed = Condition(scope: scope, cause: .clientRefused, since: at(180), count: 3, probeAt: at(240))
        #expect(news == .changed(changed, from: before))
        #expect(breaker.condition == changed)
    }

    @Test("says what is in the way, and when something else is; that finds out no sooner")
    func obstacles() throws {
        var breaker = Breaker(scope: scope)
        func fail(_ obstacle: Obstacle, at second: Int) -> ConditionNews? {
            breaker.failed(.unreachable, nil, obstacle: obstacle, isNew: false, firstProbe: minute, now: at(second))
        }
        func condition(_ obstacle: Obstacle, _ count: Int, probeAt: Int) -> Condition {
            Condition(
                scope: scope, cause: .unreachable, since: at(0), count: count, probeAt: at(probeAt), obstacle: obstacle)
        }
        #expect(fail(.nameUnknown, at: 0) == nil)
        #expect(fail(.nameUnknown, at: 1) == nil)
        let began = condition(.refused, 3, probeAt: 62)
        #expect(fail(.refused, at: 2) == .began(began), "the last is told: the others may be over")
        #expect(fail(.nameUnknown, at: 3) == nil, "it was on its way, and finds out nothing new")
        #expect(fail(.refused, at: 62) == nil)
        let before = condition(.refused, 5, probeAt: 182)
        let after = condition(.certificateNotTrusted, 6, probeAt: 482)
        #expect(fail(.certificateNotTrusted, at: 182) == .changed(after, from: before))
        #expect(breaker.condition == after)
    }

    @Test("closes by the first success that speaks against its cause, and is said to; by no other")
    func heals() {
        var breaker = open(.providerFailing)
        let condition = breaker.condition
        #expect(breaker.succeeded { $0 == .unreachable } == nil)
        #expect(!breaker.admits(at: at(1)))
        #expect(breaker.succeeded { $0 == .providerFailing } == condition.map { .ended($0) })
        #expect(breaker.succeeded { _ in true } == nil)
        #expect(breaker.admits(at: at(1)))
        #expect(breaker.isQuiet)
        for second in 0..<2 {
            #expect(breaker.failed(.unreachable, nil, isNew: true, firstProbe: minute, now: at(second)) == nil)
        }
    }

    @Test("drops a probe further ahead than any wait is long, and moves with our clock (law 9)")
    func impossible() {
        let far = Condition(scope: scope, cause: .keyRefused, since: at(0), count: 1, probeAt: at(9_999_999))
        var breaker = Breaker(far)
        breaker.dropTheImpossible(firstProbe: minute, now: at(0))
        #expect(breaker.condition?.probeAt == at(1800))
        breaker.stepped(by: .days(-3))
        #expect(breaker.condition?.probeAt == at(1800) - .days(3))
        #expect(breaker.condition?.since == at(0) - .days(3))
    }
}
