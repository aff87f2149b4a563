// The scheduler by dice against a crude server: lost answers, hung PATCHes, logins, logouts, readers, removals, crashes
// between any two steps. After every step the laws hold, by the world's books and by the server's.

import RefreshPolicy
import Testing

@Suite("By dice")
struct RandomRunTests {
    @Test("the laws hold at every step, and every reader is answered", arguments: 1...24)
    func run(_ seed: UInt64) throws {
        var run = RandomRun(seed: seed)
        try run.go(hours: 8)
        #expect(run.server.renewals > 15, "a run in which nothing happens proves nothing")
        #expect(run.unanswered.isEmpty)
    }

    @Test("a run repeats from its seed")
    func repeats() throws {
        var first = RandomRun(seed: 99)
        var second = RandomRun(seed: 99)
        try first.go(hours: 3)
        try second.go(hours: 3)
        #expect(first.history == second.history)
    }
}

private struct RandomRun {
    private struct Plan {
        let at: WallTime
        let answer: SpendAnswer?
        let sentAt: WallTime
        let rate: RateHeaders
    }

    private var dice: SeededGenerator
    private(set) var server = CrudeServer()
    private var world = World([])
    private var plans: [AttemptID: Plan] = [:]
    private var isHangingUp = true
    private var logins = 0
    private var readers = 0
    private(set) var unanswered: Set<Int> = []
    private(set) var history: [World.Step] = []

    init(seed: UInt64) {
        dice = SeededGenerator(seed: seed)
        for _ in 0..<5 { login() }
    }

    mutating func go(hours: Int) throws {
        let end = world.now + .hours(hours)
        while world.now < end { try step() }
        // Nothing goes wrong any more: what is open must come to its end.
        isHangingUp = false
        let quiet = world.now + .minutes(20)
        while world.now < quiet || (world.isCalling && world.now < quiet + .hours(1)) { try tick() }
        let later = world.now + .hours(2)
        let census = world.scheduler.handle(.turn, now: later)
        #expect(census == [.census(.example, [.named("app")], limit: 1000)])
        // Nobody lays claim to the calls: where a condition of them is over, that is told first.
        let fetches = world.scheduler.handle(.contenders(.example, []), now: later).filter { action in
            if case .fetch = action { true } else { false }
        }
        #expect(fetches == [.fetch(.work)], "a flight or a claim was never given back")
    }

    private mutating func step() throws {
        switch Int.random(in: 0..<400, using: &dice) {
        case 0: world.fuse = Int.random(in: 0..<12, using: &dice)
        case 1: login()
        case 2: if let row = anyRow() { server.logout(row.key.session.rawValue) }
        case 3: if let row = anyRow() { try world.remove(row.key.session.rawValue) }
        case 4..<30: try read()
        case 30..<50: list()
        default: break
        }
        try tick()
    }

    private mutating func tick() throws {
        world.now = world.now + .milliseconds(Int64.random(in: 50...20_000, using: &dice))
        server.work(until: world.now)
        world.turn()
        if !world.hasCrashed { #expect(world.dueRows.isEmpty, "rows that are due again at once make the loop spin") }
        try send()
        try answer()
        look()
        check()
        if world.hasCrashed { restart() }
    }

    private mutating func login() {
        logins += 1
        let life = [Duration.minutes(20), .hours(1), .hours(1), .hours(3)].randomElement(using: &dice) ?? .hours(1)
        let user = "u\(Int.random(in: 0..<6, using: &dice))"
        server.login("s\(logins)", user: user, at: world.now, life: life)
        world.list(user, server.list(.named(user)), headers: .at(world.now + .milliseconds(500)))
    }

    private func rows() -> [SessionRow] { world.memory.rows() }

    private mutating func anyRow() -> SessionRow? { rows().randomElement(using: &dice) }

    private mutating func read() throws {
        guard let row = anyRow() else { return }
        readers += 1
        unanswered.insert(readers)
        let isWaiting = Bool.random(using: &dice)
        let valid = [Duration.seconds(60), .hours(9)].randomElement(using: &dice) ?? .zero
        try world.read(readers, row.key.session.rawValue, minValid: valid, waits: isWaiting)
    }

    private mutating func list() {
        let user = "u\(Int.random(in: 0..<6, using: &dice))"
        let wait = Duration.milliseconds(Int64.random(in: 0...400, using: &dice))
        world.list(user, server.list(.named(user)), headers: .at(world.now + .milliseconds(100) + wait))
    }

    /// PATCHes arrive as they are sent. Some answers come late, some never.
    private mutating func send() throws {
        for (attempt, row) in world.spends where plans[attempt] == nil {
            let name = row.key.session.rawValue
            let draw = isHangingUp ? Int.random(in: 0..<12, using: &dice) : 11
            let fate: CrudeServer.Fate = draw == 0 ? .hangs : draw == 1 ? .refused : .good
            let lasting: Duration =
                fate == .hangs
                ? .seconds(Int.random(in: 31...590, using: &dice))
                : .milliseconds(Int64.random(in: 50...9000, using: &dice))
            let refusal = server.receive(name, at: world.now, fate, lasting: lasting)
            let isLost = fate == .hangs || draw == 2
            let plain: SpendAnswer? = fate == .refused ? .refused(.providerFailed) : nil
            let answered = world.now + (fate == .hangs ? .seconds(30) : lasting)
            plans[attempt] = Plan(
                at: answered, answer: isLost ? .lost(.timedOut) : refusal ?? plain, sentAt: world.now, rate: server.rate
            )
        }
    }

    private mutating func answer() throws {
        for (attempt, row) in world.spends {
            guard let plan = plans[attempt], plan.at <= world.now else { continue }
            world.drop(attempt)
            let facts = server.sessions[row.key.session.rawValue].map { SpendAnswer.session($0) }
            let answer = plan.answer ?? facts ?? .refused(.loginRefused)
            if case .lost = answer {
                world.take(.answered(attempt, answer, nil, row: world.memory.row(row.key)))
            } else {
                let headers = AnswerHeaders(
                    date: world.now.onServer, rate: plan.rate, sentAt: plan.sentAt, receivedAt: world.now)
                world.take(.answered(attempt, answer, headers, row: world.memory.row(row.key)))
            }
        }
    }

    private mutating func look() {
        for (attempt, row) in world.looks {
            if Bool.random(using: &dice) { continue }
            world.drop(attempt)
            let isLost = isHangingUp && Int.random(in: 0..<10, using: &dice) == 0
            let look: Look = isLost ? .failed(.silent(.unreachable(.refused))) : .list(server.list(row.user))
            let headers = AnswerHeaders(
                date: world.now.onServer, sentAt: world.now - .milliseconds(20), receivedAt: world.now)
            world.take(.looked(attempt, look, headers, rows: world.rows(of: row.user.rawValue)))
        }
    }

    /// Readers of the old process are gone with it.
    private mutating func restart() {
        unanswered = []
        plans = [:]
        world.restart(after: .milliseconds(Int64.random(in: 100...60_000, using: &dice)))
    }

    private mutating func check() {
        let news = world.news()
        history += news
        for case .reply(let reader) in news {
            #expect(unanswered.remove(reader) != nil, "answered twice")
        }
        for row in rows() {
            #expect((row.want != nil) == (row.standing == .due))
            #expect(row.standing == .ended || row.wakeAt != nil)
            guard let token = row.servable(at: world.now, by: .app()) else { continue }
            #expect(server.ends[token.value].map { world.now < $0 + .seconds(2) } == true, "law 3: past its end")
        }
    }
}
