// Until when a session is kept fresh: by its own word, by the rules of the settings, or in a span of the day.

import RefreshPolicy
import Testing

@Suite("A span of the day")
struct DailySpanTests {
    private func span(_ start: Duration, _ length: Duration) throws -> DailySpan {
        try #require(DailySpan(start: start, length: length))
    }

    @Test("is the one that is on, or else the next")
    func occurrence() throws {
        let span = try span(.hours(22) + .minutes(30), .minutes(45))
        for second in [0, 1799, 1800, 4499] {
            let (start, end) = span.occurrence(at: at(second))
            #expect(start == at(1800))
            #expect(end == at(4500))
        }
        #expect(span.occurrence(at: at(4500)).start == at(1800) + .days(1))
        #expect(span.occurrence(at: at(4500) - .days(1)).start == at(1800))
    }

    @Test("goes on over midnight")
    func overMidnight() throws {
        let span = try span(.hours(23) + .minutes(30), .hours(1))
        for second in [0, 5400, 7199, 7200, 7201, 8999] {
            #expect(span.occurrence(at: at(second)).start == at(5400))
            #expect(span.occurrence(at: at(second)).end == at(9000))
        }
        #expect(span.occurrence(at: at(9000)).start == at(5400) + .days(1))
    }

    @Test("of a whole day is always on; it begins anew each day")
    func wholeDay() throws {
        let span = try span(.hours(22), .days(1))
        #expect(span.occurrence(at: at(0)).start == at(0))
        #expect(span.occurrence(at: at(-1)).start == at(0) - .days(1))
        #expect(span.occurrence(at: at(86_399)).end == at(86_400))
    }

    @Test("is found at any time that a clock may show, also before 1970")
    func absurdTimes() throws {
        let span = try span(.hours(3), .hours(1))
        for milliseconds: Int64 in [-1, -90_000_000, .min / 4, .max / 4] {
            let now = WallTime(milliseconds: milliseconds)
            let (start, end) = span.occurrence(at: now)
            #expect(now < end)
            #expect(end - start == .hours(1))
            #expect(start - now <= .days(1))
        }
    }

    @Test("begins within a day, and is longer than nothing and no longer than a day")
    func refused() {
        let bad: [(Duration, Duration)] = [
            (.seconds(-1), .hours(1)), (.days(1), .hours(1)), (.zero, .zero), (.zero, .seconds(-1)),
            (.zero, .days(1) + .milliseconds(1)),
        ]
        for (start, length) in bad { #expect(DailySpan(start: start, length: length) == nil) }
        #expect(DailySpan(start: .days(1) - .milliseconds(1), length: .days(1)) != nil)
    }
}

@Suite("Kept in a span of the day, 22:30 for 45 minutes,")
struct DailyKeepTests {
    private func rules(_ start: Duration = .hours(22) + .minutes(30)) throws -> ProjectRules {
        var rules = ProjectRules.app()
        let span = try #require(DailySpan(start: start, length: .minutes(45)))
        rules.keepRules = [KeepRule(user: nil, provider: nil, keeping: .daily(span))]
        return rules
    }

    @Test("a session is idle outside it, read or not, and lays no claim to calls")
    func idleOutside() throws {
        let read = SessionRow.google(keep: .always).with { $0.heat = Heat(reads: 99, at: at(0)) }
        let before = read.assessed(at(899), try rules())
        #expect(before.standing == .idle)
        #expect(before.explanation == Reason(.unread))
        #expect(before.want == nil && before.claim == nil)
        #expect(before.wakeAt == at(900))
        #expect(read.assessed(at(4500), try rules()).wakeAt == at(900) + .days(1))
    }

    @Test("an hour's token is renewed no sooner than one lasts to the span's end, and by the span's begin")
    func lastsToTheEnd() throws {
        for row in [SessionRow.google(), .google(issued: at(-1800), expires: at(1800))] {
            #expect(row.assessed(at(899), try rules()).standing == .idle)
            let due = row.assessed(at(900), try rules())
            #expect(due.standing == .due)
            #expect(due.want == at(1800))
            #expect(due.claim != nil)
        }
        let renewed = SessionRow.google(issued: at(900), expires: at(4500))
        #expect(renewed.assessed(at(901), try rules()).standing == .fresh)
        #expect(renewed.assessed(at(901), try rules()).wakeAt == at(4500))
        #expect(renewed.assessed(at(4499), try rules()).standing == .fresh)
        #expect(renewed.assessed(at(4500), try rules()).standing == .idle)
    }

    @Test("a token that would end within it is renewed before it, if it has rested for a third of its life (law 13)")
    func rests() throws {
        let row = SessionRow.google(issued: at(0), expires: at(3600))
        #expect(row.assessed(at(1199), try rules()).standing == .fresh)
        #expect(row.assessed(at(1199), try rules()).wakeAt == at(1200))
        #expect(row.assessed(at(1200), try rules()).want == at(3600))
    }

    @Test("a token that ends within it, and was not renewed before it, is renewed a margin before its end")
    func within() throws {
        let row = SessionRow.google(issued: at(0), expires: at(3600))
        #expect(row.assessed(at(1800), try rules()).standing == .fresh)
        #expect(row.assessed(at(3599) - .margin, try rules()).standing == .fresh)
        #expect(row.assessed(at(3600) - .margin, try rules()).want == at(3600))
    }

    @Test("a life shorter than the span is renewed a margin before it, and on until it is over")
    func shortLife() throws {
        let dead = SessionRow.google(issued: at(-3600), expires: at(-2400))
        let begin = at(1800) - .margin
        #expect(dead.assessed(begin - .seconds(1), try rules()).standing == .idle)
        #expect(dead.assessed(begin - .seconds(1), try rules()).wakeAt == begin)
        #expect(dead.assessed(begin, try rules()).want == at(1800))
        let second = SessionRow.google(issued: at(1600), expires: at(2800))
        #expect(second.assessed(at(2799) - .margin, try rules()).standing == .fresh)
        #expect(second.assessed(at(2800) - .margin, try rules()).want == at(2800))
        let last = SessionRow.google(issued: at(3600), expires: at(4800))
        #expect(last.assessed(at(4499), try rules()).standing == .fresh)
        #expect(last.assessed(at(4500), try rules()).standing == .idle, "nobody needs another")
    }

    @Test("a session that never had a token is asked for one by the span's begin")
    func noToken() throws {
        let row = SessionRow.google().with { $0.token = nil }
        #expect(row.assessed(at(899), try rules()).standing == .idle)
        #expect(row.assessed(at(900), try rules()).want == at(1800))
    }

    @Test("spares rest, within it too, and what needs a login is left alone")
    func spares() throws {
        let spare = SessionRow.google().with { $0.isElected = false }
        #expect(spare.assessed(at(2000), try rules()).standing == .spare)
        #expect(spare.assessed(at(2000), try rules()).claim == nil)
        let needy = SessionRow.google().with { $0.verdict = .needsLogin(since: at(0), lookAt: at(9000)) }
        #expect(needy.assessed(at(2000), try rules()).want == nil)
        #expect(needy.assessed(at(2000), try rules()).claim == nil)
    }

    @Test("a declared need goes before what is kept always, and that before any heat")
    func priorities() throws {
        let hot = SessionRow.google().with { $0.heat = Heat(reads: 1_000_000, at: at(0)) }
        let always = SessionRow.google(keep: .always)
        let used = try #require(hot.assessed().claim)
        let kept = try #require(always.assessed().claim)
        let daily = try #require(always.assessed(at(2000), rules()).claim)
        #expect(used.priority < kept.priority)
        #expect(kept.priority < daily.priority)
        #expect(used.period == .hours(1) - .margin)
    }
}

@Suite("How a session is kept")
struct KeepRuleTests {
    private func rule(_ user: String?, _ provider: String?, _ keeping: Keeping) -> KeepRule {
        KeepRule(user: user.map { NamePattern($0) }, provider: provider.map { NamePattern($0) }, keeping: keeping)
    }

    @Test("is what the first rule that fits says, whatever the row says of itself")
    func order() {
        var rules = ProjectRules.app()
        rules.keepRules = [rule("bob", nil, .always), rule("a*", "google", .always), rule("*", nil, .used)]
        #expect(rules.keeping(of: .google(user: "ada")) == .always)
        #expect(rules.keeping(of: .google(user: "eve", keep: .always)) == .used)
        #expect(rules.keeping(of: .google(user: "ada").with { $0.provider = .named("github") }) == .used)
        rules.keepRules.reverse()
        #expect(rules.keeping(of: .google(user: "bob")) == .used, "the first, not the closest")
    }

    @Test("is the row's own word where no rule fits")
    func ownWord() {
        var rules = ProjectRules.app()
        rules.keepRules = [rule("bob", nil, .used)]
        #expect(rules.keeping(of: .google(keep: .always)) == .always)
        #expect(rules.keeping(of: .google(keep: .used)) == .used)
    }

    @Test(
        "goes by names in which a star stands for any characters, or none",
        arguments: [
            ("ada", "ada", true), ("ada", "adam", false), ("ada", "Ada", false), ("", "", true), ("", "a", false),
            ("*", "", true), ("*", "anything", true), ("a*", "a", true), ("a*", "ada", true), ("a*", "ba", false),
            ("*a", "ada", true), ("*a", "ab", false), ("a*a", "a", false), ("a*a", "aa", true), ("ab*ba", "aba", false),
            ("a*b*c", "a-b-c", true), ("a*b*c", "abc", true), ("a*b*c", "acb", false), ("**", "x", true),
            ("*b*b*", "b", false), ("*b*b*", "abba", true), ("a*bc", "abcbc", true), ("a*é", "aé", true),
        ])
    func patterns(_ pattern: String, _ name: String, _ fits: Bool) {
        #expect(NamePattern(pattern).fits(name) == fits)
    }
}
