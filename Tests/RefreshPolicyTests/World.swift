// A synchronous interpreter of the scheduler's actions over rows in memory: it commits the writes of a turn first, and
// then does the rest. Calls wait until the test answers them. Every `spend` is held against the laws as it comes.

import RefreshPolicy
import RefreshSimulation
import Testing

struct World {
    /// What an outsider sees the scheduler do, in the order of its doing.
    enum Step: Hashable {
        case look(String)
        /// A row was written with this standing.
        case put(String, Standing)
        case spend(String)
        case reply(Int)
        case removed(String)
        case shift(Duration)
    }

    /// The process dies: before or after a commit, or before a call.
    private struct Crash: Error {}

    let rules: Rules
    var scheduler: Scheduler
    var now: WallTime
    private(set) var memory = RowMemory()
    private(set) var looks: [(attempt: AttemptID, row: SessionRow)] = []
    private(set) var spends: [(attempt: AttemptID, row: SessionRow)] = []
    private(set) var steps: [Step] = []
    private(set) var notices: [Notice] = []
    private(set) var wakeBy: WallTime?
    /// When a reader that was answered may ask again, where it was told.
    private(set) var retries: [Int: WallTime] = [:]
    /// Boundaries until the crash; nil for none.
    var fuse: Int?
    private(set) var hasCrashed = false
    private var sentAttempts: Set<AttemptID> = []

    init(_ rows: [SessionRow], rules: Rules = .app, now: WallTime = .start, seed: UInt64 = 1) {
        self.rules = rules
        self.now = now
        scheduler = Scheduler(rules: rules, now: now)
        memory = RowMemory(
            rows: rows.map { row in
                var row = row
                // A grant that was read has been read once, unless the test says more.
                row.heat = row.heat ?? row.lastReadAt.map { Heat(asOneReadAt: $0) }
                return rules.project(row.key.project).map { row.assessed(now, $0, waits: rules.waits) } ?? row
            })
        take(.started(stored, seed: seed))
    }

    var stored: StoredState { memory.recalled }

    subscript(_ session: String) -> SessionRow {
        get throws { try #require(memory.row(.app(session))) }
    }

    func rows(of user: String) -> [SessionRow] {
        memory.rows { $0.user == .named(user) }
    }

    /// The steps since the last call of this.
    mutating func news() -> [Step] {
        defer { steps = [] }
        return steps
    }

    mutating func newNotices() -> [Notice] {
        defer { notices = [] }
        return notices
    }

    // What happens.

    mutating func take(_ event: Event) {
        guard !hasCrashed else { return }
        do { try interpret(event) } catch { hasCrashed = true }
    }

    private mutating func interpret(_ event: Event) throws(Crash) {
        var events = [event]
        while !events.isEmpty {
            let actions = scheduler.handle(events.removeFirst(), now: now)
            var attempts: [AttemptID] = []
            try burn()
            for case .store(let changes, let attempt) in actions {
                for change in changes { commit(change) }
                if let attempt { attempts.append(attempt) }
            }
            try burn()
            if !attempts.isEmpty { events.append(.stored(attempts)) }
            for action in actions {
                if let event = try perform(action) { events.append(event) }
            }
        }
    }

    /// The loop's round: rows whose time has come, and then work.
    mutating func turn() {
        let due = dueRows
        if !due.isEmpty { take(.woke(due)) }
        take(.turn)
    }

    var dueRows: [SessionRow] {
        let latest = now + rules.waits.longestSleep + .hours(1)
        return memory.due(at: now, latest: latest, in: rules.projects.map(\.alias), limit: 1000)
    }

    mutating func sleep(until time: WallTime) {
        now = time
        turn()
    }

    mutating func read(_ reader: Int, _ session: String, minValid: Duration = .hours(24), waits: Bool = true) throws {
        let wish = Wish(asker: .app, minValid: minValid, waits: waits)
        take(.read(ReaderID(reader), wish, try self[session]))
    }

    mutating func order(_ reader: Int, _ session: String) throws {
        let wish = Wish(asker: .operator, minValid: .zero, waits: true)
        take(.read(ReaderID(reader), wish, try self[session]))
    }

    /// Answers the oldest look of the session; half a second passed since it was asked.
    mutating func see(_ session: String, _ look: Look, after wait: Duration = .milliseconds(500)) throws {
        let index = try #require(looks.firstIndex { $0.row.key == .app(session) })
        let (attempt, row) = looks.remove(at: index)
        let sentAt = now
        now = now + wait
        let headers = AnswerHeaders(date: now.onServer, sentAt: sentAt, receivedAt: now)
        take(.looked(attempt, look, headers, rows: rows(of: row.user.rawValue)))
    }

    mutating func see(_ session: String, _ facts: [SessionFacts]) throws { try see(session, .list(facts)) }

    /// Answers the PATCH of the session; half a second passed since it was sent.
    mutating func answer(
        _ session: String, _ answer: SpendAnswer, remaining: Int? = nil, reset: WallTime = at(3600),
        after wait: Duration = .milliseconds(500)
    ) throws {
        let index = try #require(spends.firstIndex { $0.row.key == .app(session) })
        let (attempt, row) = spends.remove(at: index)
        let sentAt = now
        now = now + wait
        let rate = remaining.map { RateHeaders(limit: 10, remaining: $0, reset: reset.onServer) }
        let headers = AnswerHeaders(date: now.onServer, rate: rate, sentAt: sentAt, receivedAt: now)
        if case .lost = answer {
            take(.answered(attempt, answer, nil, row: memory.row(row.key)))
        } else {
            take(.answered(attempt, answer, headers, row: memory.row(row.key)))
        }
    }

    /// Answers all looks by what is stored: Appwrite shows nothing new.
    mutating func seeNothingNew() throws {
        while let row = looks.first?.row {
            let shown = rows(of: row.user.rawValue).map(SessionFacts.unchanged)
            try see(row.key.session.rawValue, .list(shown), after: .milliseconds(10))
        }
    }

    /// Answers the PATCH of the session by a refusal, and the look that follows by nothing new.
    mutating func refuse(_ session: String, _ refusal: Refusal, remaining: Int? = 9) throws {
        try answer(session, .refused(refusal), remaining: remaining)
        try seeNothingNew()
    }

    /// Answers the PATCH of the session by a new token.
    mutating func renew(
        _ session: String, remaining: Int? = nil, reset: WallTime = at(3600), life: Duration = .days(1)
    ) throws {
        let facts = SessionFacts.unchanged(try self[session]).renewed("new-\(session)", at: now, life: life)
        try answer(session, .session(facts), remaining: remaining, reset: reset)
    }

    var isCalling: Bool { !looks.isEmpty || !spends.isEmpty }

    /// The sessions whose PATCHes are under way, in the order of their sending.
    var spending: [String] { spends.map(\.row.key.session.rawValue) }
    var looking: [String] { looks.map(\.row.key.session.rawValue) }

    /// What was told of conditions since the notices were last taken.
    mutating func newConditions() -> [ConditionNews] {
        newNotices().compactMap { notice in
            guard case .condition(let news) = notice else { return nil }
            return news
        }
    }

    /// Takes a call off the list of those that wait for an answer, which the test gives itself.
    mutating func drop(_ attempt: AttemptID) {
        looks.removeAll { $0.attempt == attempt }
        spends.removeAll { $0.attempt == attempt }
    }

    mutating func list(_ user: String, _ facts: [SessionFacts]?, headers: AnswerHeaders?) {
        take(.listed(.named("app"), .named(user), facts, headers, rows: rows(of: user)))
    }

    mutating func remove(_ session: String) throws {
        take(.removed(.app(session), rows: rows(of: try self[session].user.rawValue)))
    }

    mutating func register(_ facts: SessionFacts) {
        let headers = AnswerHeaders.at(now)
        let rows = rows(of: facts.user.rawValue)
        take(.registered(.named("app"), .named("secret"), facts, headers, rows: rows))
    }

    mutating func step(by step: Duration) {
        now = now + step
        take(.stepped(step))
    }

    /// The process dies and starts again: what was stored is all that is left.
    mutating func restart(after wait: Duration = .seconds(3), seed: UInt64 = 2) {
        now = now + wait
        fuse = nil
        hasCrashed = false
        looks = []
        spends = []
        wakeBy = nil
        scheduler = Scheduler(rules: rules, now: now)
        take(.started(stored, seed: seed))
        take(.woke(memory.rows { $0.standing == .refreshing }))
    }

    // What it leads to.

    private mutating func commit(_ change: Change) {
        memory.apply(change)
        switch change {
        case .put(let row): steps.append(.put(row.key.session.rawValue, row.standing))
        case .remove(let key): steps.append(.removed(key.session.rawValue))
        case .shift(let step): steps.append(.shift(step))
        case .budget, .attempts, .discovery, .read, .condition, .conditionOver, .seen: break
        }
    }

    private mutating func perform(_ action: Action) throws(Crash) -> Event? {
        switch action {
        case .store: return nil
        case .look(let attempt, let row):
            try burn()
            looks.append((attempt, row))
            steps.append(.look(row.key.session.rawValue))
        case .spend(let attempt, let row):
            try burn()
            check(attempt, row)
            spends.append((attempt, row))
            steps.append(.spend(row.key.session.rawValue))
        case .fetch(let errand):
            #expect(errand.limit > 0)
            let wanting = memory.rows(for: errand)
            return wanting.isEmpty ? nil : .candidates(wanting, errand)
        case .census(let host, let projects, let limit):
            return .contenders(host, memory.contenders(in: projects, limit: limit))
        case .rouse(let lane):
            return .roused(lane, memory.rows { $0.lane == lane && $0.standing == .needsLogin }, isLast: true)
        case .witness(let project):
            return .witness(Array(memory.rows { $0.key.project == project && $0.standing == .fresh }.prefix(1)))
        case .regroup(let project, let user):
            return .regrouped(memory.rows(of: user, in: project))
        case .reply(let reader, let retryAt):
            steps.append(.reply(reader.number))
            retries[reader.number] = retryAt
        case .tell(let notice): notices.append(notice)
        case .wakeBy(let time):
            #expect(time > now, "a wake in the past makes the loop spin")
            wakeBy = min(wakeBy ?? time, time)
        }
        return nil
    }

    /// Laws 1, 4, 5, 6 and 8, as a PATCH is about to be sent.
    private mutating func check(_ attempt: AttemptID, _ row: SessionRow) {
        guard let stored = memory.row(row.key), let project = rules.project(row.key.project) else {
            Issue.record("law 14: spent on what is not stored")
            return
        }
        #expect(stored.attempt == SentAttempt(id: attempt, sentAt: now), "law 4: the intent is not stored")
        #expect(stored.standing == .refreshing)
        #expect(stored.mayBeSpentOn(at: now, by: project), "law 1")
        #expect(stored.lookedAt <= now && now < stored.lookedAt + .seconds(30), "law 5: not looked at")
        #expect(sentAttempts.insert(attempt).inserted, "an attempt was used twice")
        #expect(self.stored.lastAttempt >= attempt)
        #expect(!spends.contains { $0.row.key == row.key }, "law 4: two at once")
        let charged = self.stored.budgets.contains { $0.host == project.host && $0.inFlight > 0 }
        let metering = scheduler.metering(of: row.key.project)
        #expect(charged || metering == .unmetered, "law 6: the charge is not stored")
    }

    private mutating func burn() throws(Crash) {
        guard let left = fuse else { return }
        if left == 0 { throw Crash() }
        fuse = left - 1
    }
}
