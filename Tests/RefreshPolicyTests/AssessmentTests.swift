// Where a row stands at a moment: margins, deadlines, laws 1, 2, 9 and 13, and what time alone changes.

import RefreshPolicy
import Testing

@Suite("A session stands")
struct AssessmentTests {
    struct Life: Sendable, CustomTestStringConvertible {
        let metering: Metering
        let life: Duration
        let margin: Duration
        var testDescription: String { "\(metering.rawValue), living \(life)" }
    }

    @Test(
        "due a margin before its deadline: minutes when metered, a quarter of the life when not, a third at most",
        arguments: [
            Life(metering: .metered, life: .seconds(10), margin: .milliseconds(3333)),
            Life(metering: .metered, life: .minutes(3), margin: .minutes(1)),
            Life(metering: .metered, life: .minutes(9), margin: .minutes(3)),
            Life(metering: .metered, life: .hours(1), margin: .margin),
            Life(metering: .metered, life: .days(90), margin: .margin),
            Life(metering: .unmetered, life: .seconds(10), margin: .milliseconds(2500)),
            Life(metering: .unmetered, life: .hours(1), margin: .minutes(15)),
            Life(metering: .unmetered, life: .days(90), margin: .hours(540)),
        ])
    func margins(_ life: Life) {
        let rules = ProjectRules.app(life.metering)
        let deadline = WallTime.start + life.life
        let due = deadline - life.margin
        let row = SessionRow.google(issued: .start, expires: deadline, keep: .always)
        let before = row.assessed(due - .milliseconds(1), rules)
        #expect(before.standing == .fresh)
        #expect(before.want == nil)
        let after = row.assessed(due, rules)
        #expect(after.standing == .due)
        #expect(after.want == deadline)
    }

    @Test("due later where calls are scarce: each further half minute is one call in a hundred and twenty")
    func tightMargin() {
        #expect(Waits().margin == .minutes(5))
        #expect(Waits().marginWhenTight == .seconds(90), "one retry, and the minute that readers ask for")
        var tight = ProjectRules.app()
        tight.isTight = true
        let row = SessionRow.google(issued: .start, expires: at(3600))
        #expect(row.assessed(at(3509), tight).standing == .fresh)
        #expect(row.assessed(at(3510), tight).want == at(3600))
        var unmetered = ProjectRules.app(.unmetered)
        unmetered.isTight = true
        #expect(row.assessed(at(2700), unmetered).standing == .due, "where none are counted, none are short")
    }

    @Test("due before the session's own end, where that comes first")
    func sessionEndsFirst() {
        let row = SessionRow.google(issued: .start, expires: at(3600), sessionExpires: at(1200))
        #expect(row.assessed(at(1199) - .margin).standing == .fresh)
        #expect(row.assessed(at(1200) - .margin).want == at(1200))
        #expect(row.assessed(at(1200)).verdict == .ended(at: at(1200)))
        #expect(row.assessed(at(1200)).reason == Reason(.sessionExpired))
        #expect(row.assessed(at(1200)).wakeAt == at(1200) + .days(1), "law 9: though it is remembered for longer")
    }

    @Test("Law 2: no stated end and a refresh token is an unknown lifetime; without one it is none")
    func zeroLifetimes() {
        let unknown = SessionRow.google(issued: .start, expires: nil)
        #expect(unknown.assessed(at(3599) - .margin).standing == .fresh)
        #expect(unknown.assessed(at(3600) - .margin).want == at(3600))
        #expect(unknown.servable(at: at(3599), by: .app()) != nil)
        #expect(unknown.servable(at: at(3600), by: .app()) == nil)
        let unexpiring = SessionRow.google(issued: .start, expires: nil, hasRefreshToken: false)
        #expect(unexpiring.assessed(.start + .days(100)).standing == .unexpiring)
        #expect(unexpiring.servable(at: .start + .days(100), by: .app()) != nil)
        var rules = ProjectRules.app()
        rules.assumedLifetimes = [ProviderLifetime(provider: .named("google"), lifetime: .hours(2))]
        #expect(unknown.assessed(at(3600), rules).standing == .fresh)
    }

    @Test(
        "Law 2: a new token of unknown lifetime waits beside the old one, is served after it, and is not renewed early")
    func waitingToken() {
        let next = Token(value: .named("next"), issuedAt: at(0), expiresAt: nil)
        let row = SessionRow.google(expires: at(600)).with { $0.next = next }
        #expect(row.servable(at: at(599), by: .app())?.value == .named("old"))
        #expect(row.assessed(at(599)).standing == .fresh)
        #expect(row.assessed(at(599)).next == next)
        #expect(row.servable(at: at(600), by: .app()) == next)
        let after = row.assessed(at(600))
        #expect(after.token == next)
        #expect(after.next == nil)
        #expect(after.standing == .fresh)
        #expect(after.assessed(at(3600) - .margin).standing == .due)
    }

    struct Unwanted: Sendable, CustomTestStringConvertible {
        let name: String
        let row: SessionRow
        let standing: Standing
        let reason: Reason.Code
        var testDescription: String { name }
    }

    @Test(
        "without a wish for a call, where a law or a rule forbids one",
        arguments: [
            Unwanted(
                name: "no refresh token", row: .google(hasRefreshToken: false), standing: .unrefreshable,
                reason: .noRefreshToken),
            Unwanted(
                name: "no tokens", row: .google(hasRefreshToken: false).with { $0.token = nil },
                standing: .unrefreshable, reason: .noProviderTokens),
            Unwanted(
                name: "too old", row: .google(created: .start - .days(365)), standing: .unrefreshable, reason: .tooOld),
            Unwanted(
                name: "spare", row: .google().with { $0.isElected = false }, standing: .spare, reason: .anotherKept),
            Unwanted(
                name: "unread", row: .google().with { $0.lastReadAt = .start - .days(30) }, standing: .idle,
                reason: .unread),
            Unwanted(
                name: "never read", row: .google(created: .start - .days(30)).with { $0.lastReadAt = nil },
                standing: .idle, reason: .unread),
            Unwanted(
                name: "ended", row: .google().with { $0.verdict = .ended(at: at(-9)) }, standing: .ended, reason: .found
            ),
            Unwanted(
                name: "needs login",
                row: .google().with { $0.verdict = .needsLogin(since: at(-9), lookAt: at(500)) },
                standing: .needsLogin, reason: .found),
            Unwanted(
                name: "backing off", row: .google().with { $0.verdict = .failing(failures: 2, retryAt: at(40)) },
                standing: .backingOff, reason: .found),
            Unwanted(
                name: "suspected",
                row: .google(source: .secret).with { $0.verdict = .suspected(since: at(-9), lookAt: at(291)) },
                standing: .backingOff, reason: .found),
            Unwanted(
                name: "in doubt",
                row: .google().with { $0.attempt = SentAttempt(id: AttemptID(1), sentAt: at(-30)) },
                standing: .inDoubt, reason: .found),
        ])
    func unwanted(_ unwanted: Unwanted) {
        let row = unwanted.row.assessed()
        #expect(row.standing == unwanted.standing)
        #expect(row.want == nil)
        #expect(row.explanation == Reason(unwanted.reason))
    }

    @Test("kept for ever, read or not, where it was registered so")
    func keptAlways() {
        let row = SessionRow.google(keep: .always).with { $0.lastReadAt = nil }
        #expect(row.assessed(.start + .days(40)).standing == .due)
    }

    @Test("awaiting its retry no longer than any backoff is, whatever the clock was when it failed (law 9)")
    func impossibleWaits() {
        let far = WallTime.start + .days(4000)
        let failing = SessionRow.google().with { $0.verdict = .failing(failures: 1, retryAt: far) }.assessed()
        #expect(failing.verdict == .failing(failures: 1, retryAt: at(480 * 36)))
        let suspected = SessionRow.google().with { $0.verdict = .suspected(since: far, lookAt: far) }.assessed()
        #expect(suspected.verdict == .suspected(since: at(0), lookAt: at(300)))
        let login = SessionRow.google().with { $0.verdict = .needsLogin(since: far, lookAt: far) }.assessed()
        #expect(login.verdict == .needsLogin(since: at(0), lookAt: at(6 * 3600)))
        let sent = SentAttempt(id: AttemptID(1), sentAt: far)
        let doubt = SessionRow.google().with { $0.attempt = sent }.assessed()
        #expect(doubt.attempt == SentAttempt(id: AttemptID(1), sentAt: at(0)))
        let unknown = SessionRow.google(issued: far, expires: nil).assessed()
        #expect(unknown.assessed(at(3600) - .margin).standing == .due)
    }

    @Test(
        "awake within a day, and never at a moment that has passed, whatever its times are (law 9)",
        arguments: [
            at(0), .start - .days(9), .start + .days(9), WallTime(milliseconds: .max), .init(milliseconds: .min),
        ])
    func wakesInTime(_ time: WallTime) {
        let verdicts: [Verdict] = [
            .sound, .failing(failures: 9, retryAt: time), .suspected(since: time, lookAt: time),
            .needsLogin(since: time, lookAt: time),
        ]
        for verdict in verdicts {
            for attempt in [nil, SentAttempt(id: AttemptID(1), sentAt: time)] {
                for sessionExpires in [time, at(5), .start + .days(9)] {
                    let row = SessionRow.google(issued: time, expires: time, sessionExpires: sessionExpires).with {
                        $0.verdict = verdict
                        $0.attempt = attempt
                    }.assessed()
                    guard row.standing != .ended else { continue }
                    #expect(row.wakeAt.map { at(0) < $0 && $0 <= .start + .days(1) } == true)
                }
            }
        }
    }

    @Test("in doubt for ten minutes, looked at quickly at first; after a look that shows nothing it has failed (law 4)")
    func doubt() {
        let row = SessionRow.google().with { $0.attempt = SentAttempt(id: AttemptID(1), sentAt: at(0)) }
        let looks = [0, 4, 20, 200, 590].map { row.assessed(at($0)).wakeAt }
        #expect(looks == [at(2), at(6), at(30), at(260), at(600)])
        let lookedAt = row.with { $0.lookedAt = at(600) }
        let after = lookedAt.assessed(at(600))
        #expect(after.attempt == nil)
        #expect(after.verdict == .failing(failures: 1, retryAt: at(600)))
        #expect(after.reason == Reason(.noChangeSeen))
        #expect(after.standing == .due)
        let again = lookedAt.with { $0.verdict = .failing(failures: 5, retryAt: at(0)) }.assessed(at(600))
        #expect(again.verdict == .failing(failures: 6, retryAt: at(1800)), "what failed often waits on")
    }

    @Test("in doubt until a look came after the PATCH, however long that takes; looked at every minute then (law 4)")
    func unseenDoubt() {
        let row = SessionRow.google(lookedAt: at(0)).with {
            $0.attempt = SentAttempt(id: AttemptID(1), sentAt: at(0))
        }
        for second in [600, 601, 9000, 86_400] {
            let doubted = row.assessed(at(second))
            #expect(doubted.standing == .inDoubt)
            #expect(doubted.attempt == row.attempt)
            #expect(doubted.wakeAt == at(second + 60))
        }
    }

    @Test("wanting a call a margin after its retry, or one that always fails would go first for ever")
    func wantOfAFailedRow() {
        let dead = SessionRow.google(expires: at(-900)).with { $0.verdict = .failing(failures: 3, retryAt: at(60)) }
        #expect(dead.assessed(at(59)).want == nil)
        #expect(dead.assessed(at(60)).want == at(360))
        #expect(dead.assessed(at(500)).want == at(360))
        let alive = dead.with { $0.token?.expiresAt = at(400) }
        #expect(alive.assessed(at(100)).want == at(400))
        #expect(dead.with { $0.verdict = .sound }.assessed(at(60)).want == at(-900))
    }

    @Test("not ended by time while a PATCH may have moved its end")
    func expiryInDoubt() {
        let row = SessionRow.google(expires: at(100), sessionExpires: at(100)).with {
            $0.attempt = SentAttempt(id: AttemptID(1), sentAt: at(90))
        }
        #expect(row.assessed(at(101)).standing == .inDoubt)
        #expect(row.servable(at: at(101), by: .app()) == nil, "law 3: but it is not served")
        #expect(row.assessed(at(690)).standing == .inDoubt, "nobody has looked since")
        #expect(row.with { $0.lookedAt = at(690) }.assessed(at(690)).verdict == .ended(at: at(690)))
    }

    @Test("Law 13: at rest for a third of its token's life")
    func rests() {
        #expect(SessionRow.google(issued: .start, expires: at(3600)).restsUntil(by: .app()) == at(1200))
        #expect(SessionRow.google(issued: .start, expires: nil).restsUntil(by: .app()) == at(1200))
        let short = SessionRow.google(issued: .start, expires: at(3600), sessionExpires: at(300))
        #expect(short.restsUntil(by: .app()) == at(100))
    }
}
