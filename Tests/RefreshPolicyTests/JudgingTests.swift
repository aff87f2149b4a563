// What an answer means, how long to wait after it, which session of a grant is kept and which is served.

import RefreshPolicy
import Testing

@Suite("Law 12: an answer")
struct OutcomeTests {
    private func outcome(_ answer: SpendAnswer) -> Outcome {
        Outcome(answer, for: .app("s1"), of: .named("ada"))
    }

    @Test("is permanent only where it proves something: a refused grant, a blocked user")
    func permanent() {
        #expect(outcome(.session(.google())) == .renewed(.google()))
        for code in ["invalid_grant", "bad_refresh_token"] {
            let refused = Reason(.providerRefused, oauthError: OAuthErrorCode(code))
            #expect(outcome(.refused(.providerRefused(OAuthErrorCode(code)))) == .grantRefused(refused))
        }
        #expect(outcome(.refused(.userBlocked)) == .ended(Reason(.userBlocked)))
    }

    @Test(
        "passes in every other case",
        arguments: [
            (Refusal.providerRefused(nil), Reason.Code.providerRefused),
            (.providerRefused(OAuthErrorCode("invalid_request")), .providerRefused),
            (.providerClientRefused, .providerClientRefused), (.providerFailed, .providerFailed),
            (.providerThrottled, .providerThrottled),
            (.providerUnsupported, .providerUnsupported), (.loginRefused, .loginRefused),
            (.sessionUnknown, .loggedOut), (.userUnknown, .userGone), (.keyRefused, .keyRefused),
            (.projectUnknown, .projectUnknown), (.serviceDisabled, .serviceDisabled),
            (.callRefused(status: 418), .notUnderstood), (.serverFailed(status: 500), .serverFailed),
        ])
    func transient(_ refusal: Refusal, _ code: Reason.Code) {
        guard case .failed(let reason) = outcome(.refused(refusal)) else {
            Issue.record("not passing")
            return
        }
        #expect(reason.code == code)
    }

    @Test("is no session's failure, when the window was spent, it never left or was lost")
    func blameless() {
        #expect(outcome(.refused(.rateLimited)) == .postponed)
        #expect(outcome(.notSent(.silent(.unreachable(.refused)))) == .notSent(Reason(.unreachable)))
        #expect(outcome(.lost(.timedOut)) == .lost)
    }
}

@Suite("The wait after a failure")
struct BackoffTests {
    @Test("grows by a table from half a minute to four hours, a fifth either way", arguments: 1...40)
    func table(_ failures: Int) {
        let table: [Int64] = [30, 60, 120, 300, 600, 1800, 3600, 3600, 7200, 14_400]
        let middle = table[min(failures, table.count) - 1] * 1000
        var dice = SeededGenerator(seed: UInt64(failures))
        var waits: [Int64] = []
        for _ in 0..<200 {
            let wait = Backoff.wait(afterFailures: failures, first: .seconds(30), dice: &dice)
            waits.append(wait.wholeMilliseconds)
        }
        #expect(waits.allSatisfy { (middle * 8 / 10...middle * 12 / 10).contains($0) })
        #expect(Set(waits).count > 100, "those who failed together do not come back together")
        #expect(Backoff.longest(first: .seconds(30)) == .seconds(17_280))
    }

    @Test("is never negative, whatever it is asked", arguments: [Int.min, -1, 0, 1, 7, .max])
    func neverNegative(_ failures: Int) {
        var dice = SeededGenerator(seed: 1)
        for first in [Duration.zero, .seconds(-5), .seconds(Int64.max)] {
            #expect(Backoff.wait(afterFailures: failures, first: first, dice: &dice) >= .zero)
        }
    }
}

@Suite("Of a grant's sessions")
struct ElectionTests {
    private func elected(_ rows: [SessionRow]) -> [String] {
        let forwards = Election.held(among: rows, at: .start, by: .app()).filter(\.isElected).map(
            \.key.session.rawValue)
        let backwards = Election.held(among: rows.reversed(), at: .start, by: .app()).filter(\.isElected)
        #expect(forwards.sorted() == backwards.map(\.key.session.rawValue).sorted())
        return forwards
    }

    @Test("the newest login with a refresh token is kept, the key breaking ties")
    func newest() {
        let old = SessionRow.google("a")
        let new = SessionRow.google("b", created: at(-100))
        let newestWithout = SessionRow.google("c", created: at(-50), hasRefreshToken: false)
        #expect(elected([old, new, newestWithout]) == ["b"])
        #expect(elected([SessionRow.google("a"), .google("b")]) == ["b"])
    }

    @Test("a spare is tried before a login is needed")
    func spares() {
        let refused = SessionRow.google("b", created: at(-100)).with {
            $0.verdict = .needsLogin(since: at(0), lookAt: at(1))
        }
        let ended = SessionRow.google("c", created: at(-50)).with { $0.verdict = .ended(at: at(0)) }
        #expect(elected([.google("a"), refused, ended]) == ["a"])
        #expect(elected([refused, ended]) == ["b"])
        #expect(elected([.google("a", sessionExpires: at(0)), refused]) == ["b"], "expired is no candidate")
        #expect(elected([.google("a", created: .start - .days(400)), refused]) == ["b"], "nor is too old")
    }

    @Test("each account at the provider has its own")
    func accounts() {
        #expect(elected([.google("a", uid: "1"), .google("b", uid: "2"), .google("c", uid: "1")]) == ["b", "c"])
    }
}

@Suite("An app sees")
struct GrantViewTests {
    private func view(_ rows: [SessionRow], minValid: Duration = .seconds(60)) -> GrantView {
        GrantView(rows, at: .start, by: .app(), minValid: minValid)
    }

    private func order(_ rows: [SessionRow], minValid: Duration = .seconds(60)) -> [String] {
        guard case .one(let rows) = view(rows, minValid: minValid) else { return [] }
        return rows.map(\.key.session.rawValue)
    }

    private let kept = SessionRow.google("kept", expires: at(100))
    private let spare = SessionRow.google("spare", expires: at(900)).with { $0.isElected = false }

    @Test("the kept session's token while it lives long enough, else whichever lives longest")
    func serving() {
        #expect(order([spare, kept]) == ["kept", "spare"])
        #expect(order([kept, spare], minValid: .seconds(101)) == ["spare", "kept"])
        let dead = SessionRow.google("dead", expires: at(0))
        #expect(order([dead.with { $0.isElected = false }, dead.with { $0.isElected = true }]) == ["dead", "dead"])
    }

    @Test("nothing, one grant, or several to choose from")
    func grants() {
        #expect(view([]) == .none)
        let other = SessionRow.google("b", uid: "g-2")
        #expect(view([other, kept]) == .several([kept.grant, other.grant]))
        #expect(
            order([
                kept,
                other.with {
                    $0.verdict = .ended(at: at(-1))
                    $0.standing = .ended
                },
            ]) == ["kept"])
        let flow = SessionRow.google("flow", uid: "", hasRefreshToken: false).with { $0.token = nil }
        #expect(order([kept, flow]) == ["kept"])
        #expect(order([flow]) == ["flow"])
    }

    @Test("Law 3: a token that works, to its real end and never after; of an ended session none at all")
    func realEnd() {
        for verdict in [
            Verdict.sound, .failing(failures: 9, retryAt: at(9)), .needsLogin(since: at(0), lookAt: at(9)),
            .suspected(since: at(0), lookAt: at(9)),
        ] {
            for attempt in [nil, SentAttempt(id: AttemptID(1), sentAt: at(0))] {
                let row = kept.with {
                    $0.verdict = verdict
                    $0.attempt = attempt
                }
                #expect(row.servable(at: at(100) - .milliseconds(1), by: .app()) == row.token)
                #expect(row.remainingLife(at: at(40), by: .app()) == .seconds(60))
                #expect(row.servable(at: at(100), by: .app()) == nil)
            }
        }
        #expect(kept.with { $0.verdict = .ended(at: at(0)) }.servable(at: at(1), by: .app()) == nil)
        #expect(kept.with { $0.sessionExpiresAt = at(50) }.remainingLife(at: at(0), by: .app()) == .seconds(50))
        #expect(kept.with { $0.sessionExpiresAt = at(50) }.servable(at: at(50), by: .app()) == nil)
    }
}
