// The synchronous interpreter of the scheduler's actions: the real scheduler over a memory for a store, on time that it
// is told. It does what the engine's loop does, in the same order: all writes of a turn first, then the rest. Calls leave
// it as values; whoever holds the other end answers them. It may be made to crash between any two actions.

package import RefreshPolicy

package struct Machine: Sendable {
    /// A call that was sent.
    package enum Call: Sendable {
        case look(AttemptID, SessionRow)
        case spend(AttemptID, SessionRow)
    }

    /// A reader was answered.
    package struct Reply: Sendable {
        let reader: ReaderID
        /// The last one stored by then: what stands as refreshing by a later one began after the answer.
        let lastAttempt: AttemptID
    }

    /// The process died: what was stored is all that is left.
    package struct Crash: Error {}

    package private(set) var rules: Rules
    package private(set) var memory: RowMemory
    package private(set) var scheduler: Scheduler
    /// Calls sent and readers answered since the last look at them, in the order of their going.
    package var calls: [Call] = []
    package var replies: [Reply] = []
    package var notices: [Notice] = []
    /// When there may be work that no row wakes for.
    package private(set) var wakeBy: WallTime?
    /// Actions until the crash; nil for none.
    package var fuse: Int?

    /// Rows taken up at once when their time has come.
    private static let batch = 256

    package init(rules: Rules, memory: RowMemory = RowMemory(), now: WallTime) {
        self.rules = rules
        self.memory = memory
        scheduler = Scheduler(rules: rules, now: now)
    }

    private var aliases: [ProjectAlias] { rules.projects.map(\.alias) }

    /// Puts something into the store before the start.
    mutating func prepare(_ change: Change) { memory.apply(change) }

    /// Starts, or starts again after a crash, over what the memory holds.
    package mutating func start(seed: UInt64, now: WallTime) throws(Crash) {
        scheduler = Scheduler(rules: rules, now: now)
        calls = []
        replies = []
        var recalled = memory.recalled
        // A clock that went backwards while nobody looked: as if no time had passed.
        if let seen = recalled.lastSeenAt, now + .seconds(1) < seen {
            memory.apply(.shift(by: now - seen))
            recalled = memory.recalled
        }
        try take([.started(recalled, seed: seed)], now: now)
        try take([.woke(memory.rows { $0.standing == .refreshing })], now: now)
    }

    /// One round of the loop: rows whose time has come, and then work. Returns when the next one is due.
    package mutating func turn(now: WallTime) throws(Crash) -> WallTime {
        wakeBy = nil
        let latest = now + rules.waits.longestSleep + .seconds(3600)
        let due = memory.due(at: now, latest: latest, in: aliases, limit: Self.batch)
        try take(due.isEmpty ? [.turn] : [.woke(due), .turn], now: now)
        if due.count == Self.batch { return now }
        return [memory.nextWake(in: aliases), wakeBy].compactMap { $0 }.min() ?? now + rules.waits.longestSleep
    }

    package mutating func take(_ input: Input, now: WallTime) throws(Crash) {
        if let event = resolve(input) { try take([event], now: now) }
        guard case .reloaded = input else { return }
        // Rows were planned by the rules before.
        let aliases = aliases
        try take([.woke(memory.rows { aliases.contains($0.key.project) })], now: now)
    }

    /// The machine's clock was stepped, which is heard of before anything else.
    package mutating func follow(step: Duration, now: WallTime) throws(Crash) {
        try take([.stepped(step)], now: now)
    }

    private mutating func resolve(_ input: Input) -> Event? {
        switch input {
        case .looked(let attempt, let key, let user, let look, let headers):
            return .looked(attempt, look, headers, rows: memory.rows(of: user, in: key.project))
        case .answered(let attempt, let key, let answer, let headers):
            return .answered(attempt, answer, headers, row: memory.row(key))
        case .read(let reader, let wish, let key):
            if let row = memory.row(key) { return .read(reader, wish, row) }
            answer(reader)
            return nil
        case .readerLeft(let reader, let key): return .readerLeft(reader, key)
        case .listed(let project, let user, let facts, let headers):
            return .listed(project, user, facts, headers, rows: memory.rows(of: user, in: project))
        case .heard(let project, let headers): return .heard(project, headers)
        case .searched(let project, let failure): return .searched(project, failure)
        case .registered(let project, let secret, let facts, let headers):
            return .registered(project, secret, facts, headers, rows: memory.rows(of: facts.user, in: project))
        case .removed(let key, let user): return .removed(key, rows: memory.rows(of: user, in: key.project))
        case .forgotten(let project, let user): return .forgotten(project, rows: memory.rows(of: user, in: project))
        case .reloaded(let new):
            rules = new
            return .reloaded(new, memory.recalled)
        case .noted(let change):
            memory.apply(change)
            return nil
        case .stopping: return .stopping
        }
    }

    /// Handles events and all that they lead to.
    private mutating func take(_ first: [Event], now: WallTime) throws(Crash) {
        var events = first[...]
        while let event = events.popFirst() {
            let actions = scheduler.handle(event, now: now)
            try burn()
            var stored: [AttemptID] = []
            for case .store(let changes, let attempt) in actions {
                for change in changes { memory.apply(change) }
                if let attempt { stored.append(attempt) }
            }
            try burn()
            if !stored.isEmpty { events.append(.stored(stored)) }
            for action in actions { events += try perform(action) }
        }
    }

    private mutating func perform(_ action: Action) throws(Crash) -> [Event] {
        switch action {
        case .store: break
        case .look(let attempt, let row):
            try burn()
            calls.append(.look(attempt, row))
        case .spend(let attempt, let row):
            try burn()
            calls.append(.spend(attempt, row))
        case .fetch(let errand): return [.candidates(memory.rows(for: errand), errand)]
        case .census(let host, let projects, let limit):
            return [.contenders(host, memory.contenders(in: projects, limit: limit))]
        case .rouse(let lane):
            return [.roused(lane, memory.rows { $0.lane == lane && $0.standing == .needsLogin }, isLast: true)]
        case .witness(let project):
            let fresh = memory.rows { $0.key.project == project && $0.standing == .fresh }
            return [.witness(Array(fresh.prefix(1)))]
        case .regroup(let project, let user): return [.regrouped(memory.rows(of: user, in: project))]
        case .reply(let reader, _): answer(reader)
        case .tell(let notice): notices.append(notice)
        case .wakeBy(let time): wakeBy = min(wakeBy ?? time, time)
        }
        return []
    }

    private mutating func answer(_ reader: ReaderID) {
        replies.append(Reply(reader: reader, lastAttempt: memory.lastAttempt))
    }

    private mutating func burn() throws(Crash) {
        guard let left = fuse else { return }
        if left == 0 { throw Crash() }
        fuse = left - 1
    }
}
