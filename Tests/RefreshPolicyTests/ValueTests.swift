// The values that come from outside: absurd times, names and secrets.

import RefreshPolicy
import Testing

@Suite("Values")
struct ValueTests {
    @Test("A time that no clock shows stops at the ends of what can be counted")
    func clamping() {
        let last = WallTime(milliseconds: .max)
        let first = WallTime(milliseconds: .min)
        #expect(last + .seconds(1) > .start)
        #expect(first - .seconds(1) < .start)
        #expect(last - first > .zero)
        #expect(first - last < .zero)
        #expect(ServerTime(milliseconds: .max) - ServerTime(milliseconds: .min) > .zero)
        #expect(ServerTime(milliseconds: 0) - ServerTime(milliseconds: .min) > .zero)
        #expect(HostClock(offset: .milliseconds(Int64.max)).local(ServerTime(milliseconds: .min)) < .start)
        #expect(Duration.seconds(Int64.max).wholeMilliseconds == 315_360_000_000_000)
    }

    @Test(
        "A duration is cut to whole milliseconds towards zero",
        arguments: [
            (Duration.microseconds(1999), Int64(1)), (.microseconds(-1999), -1), (.seconds(-2), -2000), (.zero, 0),
        ])
    func wholeMilliseconds(_ duration: Duration, _ expected: Int64) {
        #expect(duration.wholeMilliseconds == expected)
    }

    @Test(
        "An id is Appwrite's grammar and no word of its API",
        arguments: [
            ("6564a1c0", true), ("a", true), ("550e8400-e29b-41d4-a716-446655440000", true), ("A.b_c-9", true),
            ("", false), ("current", false), ("recent", false), ("-a", false), (".a", false), ("_a", false),
            ("a/b", false), ("a%2fb", false), ("a\0", false), ("a\n", false), ("é", false), ("a b", false),
            ("..", false), ("a?x", false), (String(repeating: "a", count: 255), true),
            (String(repeating: "a", count: 256), false), (String(repeating: "a", count: 100_000), false),
        ])
    func sessionIDs(_ string: String, _ isValid: Bool) {
        #expect((SessionID(string) != nil) == isValid)
    }

    @Test("Appwrite's own project is no project of ours")
    func console() {
        #expect(ProjectAlias("console") == nil)
        #expect(ProjectAlias("app") != nil)
    }

    @Test("Law 7: a secret shows in no string, dump or mirror, however deep it lies")
    func secretsNeverShow() {
        let row = SessionRow.google(source: .secret).with {
            $0.secret = .named("hush-1")
            $0.token = Token(value: .named("hush-2"), issuedAt: .start, expiresAt: nil)
            $0.next = Token(value: .named("hush-3"), issuedAt: .start, expiresAt: nil)
        }
        let event = Event.registered(.named("app"), .named("hush-4"), .google(token: "hush-5"), .at(at(0)), rows: [row])
        let action = Action.store([.put(row)], attempt: nil)
        var texts: [String] = []
        for value in [Secret.named("hush-6") as Any, row, event, action, Optional.some(Secret.named("hush-7")) as Any] {
            texts += ["\(value)", String(describing: value), String(reflecting: value)]
            var dumped = ""
            dump(value, to: &dumped)
            texts.append(dumped)
        }
        #expect(texts.allSatisfy { !$0.contains("hush") })
        #expect(texts.contains { $0.contains("<secret>") })
        #expect(Mirror(reflecting: Secret.named("hush")).children.isEmpty)
        #expect(Secret.named("hush").reveal() == "hush")
        #expect(Secret("") == nil)
    }

    @Test(
        "Law 7: only a word passes as an OAuth error code; no token does",
        arguments: [
            ("invalid_grant", true), ("bad_refresh_token", true), ("abc", true), ("ab", false), ("", false),
            ("Invalid_Grant", false), ("_abc", false), ("abc_", false), ("invalid grant", false),
            ("ya29.a0AfH6SMBx", false), ("1//0gdx", false), ("eyJhbGciOi", false), ("abc\u{1b}[0m", false),
            (String(repeating: "a", count: 40), true), (String(repeating: "a", count: 41), false),
        ])
    func oauthErrorCodes(_ string: String, _ passes: Bool) {
        #expect((OAuthErrorCode(string) != nil) == passes)
    }
}

@Suite("The clock of a host")
struct HostClockTests {
    /// An answer dated `date` ms after the start, asked for at `sent` and here at `received` ms.
    private func clock(knowing offset: Int = 0, date: Int, sent: Int, received: Int) -> Int64 {
        var clock = HostClock(offset: .milliseconds(offset))
        clock.learn(
            date: ServerTime(milliseconds: WallTime.start.milliseconds + Int64(date)),
            sentAt: .start + .milliseconds(sent), receivedAt: .start + .milliseconds(received))
        return clock.offset.wholeMilliseconds
    }

    @Test("A date that ours may agree with corrects nothing, for it names a whole second")
    func agreement() {
        #expect(clock(date: 0, sent: 0, received: 100) == 0)
        #expect(clock(date: 0, sent: 990, received: 1500) == 0)
    }

    @Test("Another clock is known to half a second and half the way")
    func correction() {
        #expect((60_400...60_500).contains(clock(date: 60_000, sent: 0, received: 100)))
        #expect((-59_600 ... -59_500).contains(clock(date: -60_000, sent: 0, received: 100)))
    }

    @Test("A slow answer that fits what is known does not blur it")
    func slowAnswers() {
        #expect(clock(knowing: 5000, date: 5000, sent: 0, received: 10_000) == 5000)
        #expect(clock(knowing: 5000, date: 0, sent: 0, received: 100) == 0)
    }

    @Test("A date from between two steps of ours says nothing")
    func impossibleInterval() {
        #expect(clock(knowing: 7, date: 0, sent: 5000, received: 0) == 7)
    }

    /// What a clock makes of dates so many seconds after the start, answered at once at the start.
    private func uncounted(_ clock: HostClock, dates: [Int]) -> [Duration?] {
        var clock = clock
        return dates.map { clock.learn(date: at($0).onServer, sentAt: .start, receivedAt: .start) }
    }

    @Test("One that is ahead of what was foretold tells how much time has passed, once")
    func uncountedTime() {
        let found = uncounted(HostClock(offset: .zero), dates: [0, 18_000, 18_000])
        #expect(found[0] == nil && found[2] == nil)
        #expect(found[1].map { abs(($0 - .hours(5)).wholeMilliseconds) <= 1000 } == true)
    }

    @Test("One that is never known tells nothing when it is first heard; but what is stepped, was in step with ours")
    func neverKnown() {
        #expect(uncounted(HostClock(), dates: [18_000]) == [nil])
        var stepped = HostClock()
        stepped.stepped(by: .hours(1))
        #expect(uncounted(stepped, dates: [-3600]) == [nil])
        #expect(uncounted(stepped, dates: [0])[0] != nil)
    }

    @Test("One that is behind tells nothing, nor is it ahead when it comes back: several may answer to a name")
    func behind() {
        #expect(uncounted(HostClock(offset: .zero), dates: [-5, 0, -5, 0, -300, 0]) == [nil, nil, nil, nil, nil, nil])
    }

    @Test("One that is behind as it is first heard in a run is taken as it is")
    func behindAtFirst() {
        let found = uncounted(HostClock(foretold: .hours(5)), dates: [0, 18_000])
        #expect(found[0] == nil && found[1] != nil)
    }

    @Test("Clocks that drift apart by and by tell nothing, and hide nothing")
    func drift() {
        #expect(uncounted(HostClock(offset: .zero), dates: Array(0...60)) == Array(repeating: nil, count: 61))
        let back = uncounted(HostClock(offset: .zero), dates: (0...60).map { -$0 } + [0])
        #expect(back.dropLast().allSatisfy { $0 == nil } && back.last != .some(nil))
    }

    @Test("A slow answer, or a date of another age, proves nothing")
    func unproven() {
        var clock = HostClock(offset: .seconds(-10))
        #expect(clock.learn(date: at(-8).onServer, sentAt: at(-60), receivedAt: .start) == nil)
        #expect(uncounted(HostClock(offset: .zero), dates: [400_000_000]) == [nil])
    }

    @Test("A step of ours moves the offset the other way: the host's time stays what it was")
    func step() {
        var clock = HostClock(offset: .seconds(10))
        let before = clock.remote(at(0))
        clock.stepped(by: .hours(1))
        #expect(clock.remote(at(3600)) == before)
        #expect(clock.local(before) == at(3600))
    }
}
