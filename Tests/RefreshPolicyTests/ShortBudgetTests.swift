// Where calls do not suffice for all: whom they go to, who gets what these leave, and what is kept back for readers.

import RefreshPolicy
import Testing

@Suite("Short calls")
struct ShortBudgetTests {
    /// Sessions with an hour's token each, which ten calls an hour cannot keep: s1 is read least and ends last.
    private func crowd(_ count: Int, endingFrom end: Int = 60, lookedAt: WallTime = at(-1)) -> [SessionRow] {
        (1...count).map { number in
            .google(
                "s\(number)", user: "u\(number)", issued: at(end - number - 3600), expires: at(end - number),
                lookedAt: lookedAt
            ).with { $0.heat = Heat(reads: 1 << number, at: at(-60)) }
        }
    }

    private func world(_ rows: [SessionRow], now: WallTime = .start) -> World {
        var rules = ProjectRules.app()
        rules.pace.maxInFlight = 100
        return World(rows, rules: Rules(projects: [rules]), now: now)
    }

    private func names(_ numbers: [Int]) -> [String] { numbers.map { "s\($0)" } }

    @Test("go to those who are kept, the earliest deadline first; the rest gets only what these leave")
    func admitted() {
        // Each needs a little more than a call an hour: eight hold seven of them.
        var world = world(crowd(12))
        world.turn()
        #expect(world.spending == names([12, 11, 10, 9, 8, 7, 6, 5]))
    }

    @Test("go to all who can be kept, however much one is read whose tokens die sooner than any calls suffice for")
    func greedy() throws {
        let greedy = SessionRow.google("g", user: "greta", issued: at(-10), expires: at(290), keep: .always).with {
            $0.heat = Heat(reads: 1 << 20, at: at(-60))
        }
        var world = world(crowd(3, endingFrom: 3000) + [greedy])
        world.turn()
        let shortage = try #require(world.scheduler.budgets(at: world.now).first?.shortage)
        #expect(shortage.kept == 3 && shortage.notKept == 1)
        world.sleep(until: at(280))
        try world.seeNothingNew()
        #expect(world.spending == ["g"], "it gets what they leave")
    }

    @Test("leave nothing for the rest while the kept will need them by the window's end")
    func nothingLeft() throws {
        // Only the least read one is due now, and the calls that are left are spoken for.
        var rows = crowd(12, endingFrom: 2000)
        rows[0].token = Token(value: .named("old"), issuedAt: at(-3550), expiresAt: at(50))
        rows[11].token = Token(value: .named("old"), issuedAt: at(-3560), expiresAt: at(40))
        var world = world(rows)
        let spent = BudgetRecord(host: .example, resetAt: at(3600), limit: 10, spent: 1, inFlight: 0)
        world.take(.started(StoredState(budgets: [spent]), seed: 1))
        world.turn()
        #expect(world.spending == ["s12"])
        #expect(try world["s1"].standing == .due)
    }

    @Test("go to the rest by its priority, not by its deadline")
    func restByPriority() {
        var rows = crowd(12, endingFrom: 70)
        rows[0].token?.expiresAt = at(-900)
        var world = world(rows)
        world.turn()
        #expect(world.spending.last == "s5", "read more than s1, which is dead for long")
    }

    @Test("of the reserve are for readers that wait: one of the rest gets them, and what the kept leave")
    func waitingReaders() throws {
        var world = world(crowd(12))
        world.turn()
        #expect(world.spending.count == 8)
        try world.read(1, "s1", waits: false)
        #expect(world.spending.count == 8, "who does not wait gets none of it")
        try world.read(2, "s1")
        try world.read(3, "s2")
        #expect(world.spending.suffix(2) == ["s1", "s2"])
    }

    @Test("do not help a reader beyond them, who is answered at once, and told when to ask again")
    func beyond() throws {
        var world = world(crowd(12))
        world.turn()
        try world.read(1, "s1")
        try world.read(2, "s2")
        _ = world.news()
        try world.read(3, "s3")
        #expect(world.news().last == .reply(3))
        #expect(world.retries[3] == at(3602), "the reserve is used up: as the window opens")
        world.now = at(3601)
        try world.read(4, "s3")
        #expect(world.retries[4] == at(3602), "as the window opens")
    }

    @Test("are not taken from the kept by readers of the rest, who have the reserve and what the kept leave")
    func readersOfTheRest() throws {
        // Seven are kept and will need seven of the ten.
        var world = world(crowd(12, endingFrom: 1800))
        world.turn()
        #expect(world.spending == [])
        for number in 1...5 { try world.read(number, "s\(number)") }
        #expect(world.spending == names([1, 2, 3]))
        let replies = world.news().filter { if case .reply = $0 { true } else { false } }
        #expect(replies == [.reply(4), .reply(5)])
    }

    @Test("are all there are for readers of the kept")
    func readersOfTheKept() throws {
        var world = world(crowd(14, endingFrom: 1800))
        world.turn()
        for number in 1...2 { try world.read(number, "s\(number)") }
        for number in 8...14 { try world.read(number, "s\(number)") }
        #expect(world.spending == names([1, 2, 8, 9, 10, 11, 12, 13, 14]))
        try world.read(7, "s7")
        try world.read(6, "s6")
        #expect(world.spending.count == 10)
    }

    @Test("are said to be short once, with how many are left out; and to suffice once")
    func told() throws {
        var world = world(crowd(12))
        world.turn()
        let began = try #require(world.newConditions().first)
        let condition = Condition(scope: .host(.example), cause: .budgetShort, since: at(0), count: 5)
        #expect(began == .began(condition))
        #expect(world.stored.conditions == [condition])
        let shortage = try #require(world.scheduler.budgets(at: at(0)).first?.shortage)
        #expect(shortage.kept == 7 && shortage.notKept == 5)
        #expect((12_001...13_100).contains(shortage.neededPerHour) && shortage.availablePerHour == 8000)
        for number in 1...2 { try world.remove("s\(number)") }
        world.sleep(until: at(61))
        #expect(world.newConditions() == [], "ten are not a tenth less than ten calls")
        for number in 3...4 { try world.remove("s\(number)") }
        world.sleep(until: at(122))
        #expect(world.newConditions().map(\.isEnd) == [true])
        #expect(world.stored.conditions == [])
        #expect(world.scheduler.budgets(at: world.now).first?.shortage?.notKept == 0)
    }

    @Test("are kept back for readers as many as come for them, where the kept are not read more")
    func waitingDemand() throws {
        // All are read alike: a call for one that waits serves its reader too.
        let rows = crowd(12, endingFrom: 1800).enumerated().map { index, row in
            row.with { $0.heat = Heat(reads: 3, at: at(index - 60)) }
        }
        var world = world(rows)
        world.turn()
        #expect(world.scheduler.budgets(at: at(0)).first?.shortage?.kept == 7)
        for number in 1...5 { try world.read(number, "s\(number)") }
        world.sleep(until: at(61))
        let shortage = try #require(world.scheduler.budgets(at: at(61)).first?.shortage)
        #expect(shortage.kept == 4, "five readers waited: five calls of ten are theirs")
        #expect(shortage.availablePerHour == 5000)
    }

    @Test("keep a reserve back while they are short, and none while they suffice")
    func reserve() {
        var short = world(crowd(13))
        short.turn()
        #expect(short.spending.count == 8)
        var enough = world(SessionRow.longLived(13))
        enough.turn()
        #expect(enough.spending.count == 10)
    }

    @Test("have a refresh put off for as long as it may be: to a minute and a half before its token's end")
    func tightMargin() throws {
        var world = world(crowd(12, endingFrom: 200))
        world.turn()
        #expect(world.spending == [])
        // s12 ends at 188.
        world.sleep(until: at(97))
        #expect(world.looking == [])
        world.sleep(until: at(98))
        #expect(world.looking == ["s12"])
    }

    @Test("ahead of a window that will be short are made in the last sixth of one that has some to spare")
    func early() {
        // Two hours' tokens, all of which end in the next window: twelve are more than its ten calls.
        let rows = (1...12).map { number in
            SessionRow.google(
                "s\(number)", user: "u\(number)", issued: at(-3000), expires: at(4200 + number), lookedAt: at(2999))
        }
        var world = world(rows)
        world.turn()
        #expect(world.wakeBy == at(3000))
        world.sleep(until: at(2999))
        #expect(world.spending == [])
        world.sleep(until: at(3000))
        #expect(world.spending == names(Array(1...10)), "the first to end first, as many as are left")
    }

    @Test("are not made ahead of a window that will hold all, nor for a token younger than a third of its life")
    func notEarly() {
        let all = (1...12).map { number in
            SessionRow.google(
                "s\(number)", user: "u\(number)", issued: at(-3000), expires: at(4200 + number), lookedAt: at(2999))
        }
        var few = world(Array(all.prefix(10)))
        few.sleep(until: at(3000))
        #expect(few.spending == [] && few.looking == [])
        let young = all.map { row in row.with { $0.token?.issuedAt = at(2000) } }
        var resting = world(young.map { row in row.with { $0.lookedAt = at(-1) } })
        resting.sleep(until: at(3000))
        for look in resting.looks { #expect(look.row.standing == .fresh) }
        #expect(throws: Never.self) { try resting.seeNothingNew() }
        #expect(resting.spending == [], "law 13")
    }
}
