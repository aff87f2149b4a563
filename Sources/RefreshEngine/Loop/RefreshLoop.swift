// The loop: takes in what happened, lets the scheduler decide, writes, and only then acts. It is the one writer of the
// store and the one that reads rows to decide on, so no decision rests on a row that somebody else is changing.

import RefreshPolicy

actor RefreshLoop {
    private let inForce: InForce<Rules>
    private let store: PatientStore
    private let calls: any AppwriteCalls
    private let journal: any Journal
    private let clock: SteadyWallClock
    private let inbox: Inbox
    private let room: WaitingRoom
    private let demand: Demand
    private let board: CallBoard
    private var scheduler: Scheduler
    private var inFlight = 0
    private var isStopping = false
    private var wakeBy: WallTime?
    /// How far all rows have been looked through by new rules; nil where there is no need.
    private var review: Review?
    /// Whose rows that need a login are to be seen to, since a wave is over.
    private var lanesToRouse: [Lane] = []
    private var lastFlush: Duration
    private let progress: Progress
    /// What calls run on; nil for what the loop runs on.
    private let callExecutor: (any TaskExecutor)?

    /// Naps are short, whatever anybody computed: then no mistake about time lasts longer (law 9).
    private static let longestNap: Duration = .seconds(30)
    /// A stop waits so long for answers under way; what comes later is in doubt.
    private static let grace: Duration = .seconds(1)
    /// Rows that are read at once where all of a kind are.
    private static let page = 256
    /// Rows taken up in a turn when their time has come: a turn is short, since answers and readers wait for its end.
    private static let batch = 48
    /// Naps are never shorter: others are let run, however many rows are due.
    private static let shortestNap: Duration = .milliseconds(5)
    /// A row that is due still, although it was just handled, is a mistake; it is not to make the loop spin.
    private static let napOverMistakes: Duration = .seconds(1)

    init(
        rules: InForce<Rules>, store: any SessionStore, calls: any AppwriteCalls, journal: any Journal,
        clock: SteadyWallClock, inbox: Inbox, room: WaitingRoom, demand: Demand, board: CallBoard, recent: RecentRows,
        progress: Progress, health: StoreHealth, callExecutor: (any TaskExecutor)?
    ) {
        inForce = rules
        self.store = PatientStore(
            store: store, recent: recent, journal: journal, clock: clock, progress: progress, inbox: inbox,
            health: health)
        self.calls = calls
        self.journal = journal
        self.clock = clock
        self.inbox = inbox
        self.room = room
        self.demand = demand
        self.board = board
        scheduler = Scheduler(rules: rules.now, now: clock.now())
        lastFlush = clock.steady()
        self.progress = progress
        self.callExecutor = callExecutor
    }

    /// Runs until stopped or cancelled. Calls under way are children of this one task.
    func run(from state: StoredState, seed: UInt64) async {
        await withDiscardingTaskGroup { group in
            do throws(CancellationError) {
                try await start(from: state, seed: seed, &group)
                while !isStopping { try await iterate(&group) }
                try await drain(&group)
            } catch {
                // Cancelled: what is under way is in doubt, and the next start knows.
            }
            group.cancelAll()
        }
        inbox.close()
        room.close()
    }

    private var rules: Rules { inForce.now }

    private var aliases: [ProjectAlias] { rules.projects.map(\.alias) }

    func budgets() -> [BudgetView] { scheduler.budgets(at: clock.now()) }

    func conditions() -> [Condition] { scheduler.conditions }

    func dueAt(of row: SessionRow) -> WallTime? { scheduler.dueAt(of: row) }

    func hostClock(of project: ProjectAlias) -> HostClock { scheduler.clock(of: project) }

    private func start(
        from stored: StoredState, seed: UInt64, _ group: inout DiscardingTaskGroup
    ) async throws(CancellationError) {
        var state = stored
        // A clock that went backwards while nobody looked: as if no time had passed. What is stored moves first, so that
        // the windows are taken up as they are by the new time.
        let now = clock.now()
        if let seen = stored.lastSeenAt, now + .seconds(1) < seen {
            try await store.commit([.shift(by: now - seen)])
            journal.tell(.decision(.clockStepped(now - seen)))
            state = try await store.recall()
        }
        try await take([.started(state, seed: seed)], &group)
        var after: SessionKey?
        repeat {
            let page = try await store.sessions(
                matching: SessionFilter(standing: .refreshing), after: after, limit: Self.page)
            try await take([.woke(page)], &group)
            after = page.count == Self.page ? page.last?.key : nil
        } while after != nil
    }

    private func iterate(_ group: inout DiscardingTaskGroup) async throws(CancellationError) {
        wakeBy = nil
        if let step = clock.step() { try await take([.stepped(step)], following: step, &group) }
        let now = clock.now()
        let latest = now + rules.waits.longestSleep + .seconds(3600)
        let isMoreDue = try await take(
            inbox.take(), andWhatIs: .due(at: now, latest: latest, in: aliases, limit: Self.batch), &group)
        try await rouse(&group)
        try await goOnReviewing(&group)
        if clock.steady() - lastFlush >= Self.longestNap { try await flush() }
        guard inbox.isEmpty, !isStopping else { return }
        await inbox.wait(upTo: isMoreDue || review != nil ? Self.shortestNap : try await nap(after: now), by: clock)
    }

    /// Before anything else is taken in, or the next wave might begin meanwhile; a page at a time, as there may be more
    /// rows of a lane than memory for them. What a stop leaves undone, the next start does: the wave is stored as open.
    private func rouse(_ group: inout DiscardingTaskGroup) async throws(CancellationError) {
        while !lanesToRouse.isEmpty, !inbox.isStopAsked {
            let lane = lanesToRouse.removeFirst()
            let filter = SessionFilter(project: lane.project, provider: lane.provider, standing: .needsLogin)
            var after: SessionKey?
            repeat {
                let page = try await store.sessions(matching: filter, after: after, limit: Self.page)
                after = page.count == Self.page ? page.last?.key : nil
                try await take([.roused(lane, page, isLast: after == nil)], &group)
            } while after != nil && !inbox.isStopAsked
        }
    }

    /// Rows were planned by the rules before: each is looked at once by the new ones, a page at a time.
    private func goOnReviewing(_ group: inout DiscardingTaskGroup) async throws(CancellationError) {
        guard let review else { return }
        let page = try await store.sessions(matching: SessionFilter(), after: review.after, limit: Self.page)
        try await take([.woke(page)], &group)
        self.review = page.count == Self.page ? Review(after: page.last?.key) : nil
    }

    private struct Review {
        let after: SessionKey?
    }

    /// Answers that come within a second are stored; readers are let go.
    private func drain(_ group: inout DiscardingTaskGroup) async throws(CancellationError) {
        let end = clock.steady() + Self.grace
        while inFlight > 0, clock.steady() < end {
            await inbox.wait(upTo: end - clock.steady(), by: clock)
            try await take(inbox.take(), andWhatIs: nil, &group)
        }
        try await flush()
    }

    /// How long nothing is to do, given that all was handled that was due at `now`.
    private func nap(after now: WallTime) async throws(CancellationError) -> Duration {
        let next = try await store.nextWake(in: aliases)
        if let next, next <= now { return Self.napOverMistakes }
        guard let until = [next, wakeBy].compactMap({ $0 }).min() else { return Self.longestNap }
        return max(Self.shortestNap, min(Self.longestNap, until - clock.now()))
    }

    /// Handles what came in, and what is due: one look into the store for all of it. Whether more may be due than one
    /// turn takes.
    @discardableResult
    private func take(
        _ deliveries: [Inbox.Delivery], andWhatIs due: Lookup?, _ group: inout DiscardingTaskGroup
    ) async throws(CancellationError) -> Bool {
        var isStored = false
        defer { for delivery in deliveries { delivery.receipt?.give(isStored ? .stored : .refused) } }
        if Task.isCancelled { throw CancellationError() }
        let inputs = deliveries.map { $0.input.stamped(cameAt: $0.cameAt, by: clock) }
        let lookups = inputs.map(\.lookup) + [due]
        var found = try await store.rows(of: lookups.compactMap(\.self))[...]
        var events: [Event] = []
        for input in inputs {
            let rows = input.lookup == nil ? [] : found.removeFirst()
            if let event = try await event(of: input, rows) { events.append(event) }
        }
        let dueRows = due == nil ? [] : found.removeFirst()
        if due != nil { events += [.woke(dueRows), .turn] }
        try await take(events, &group)
        isStored = true
        return dueRows.count == Self.batch
    }

    /// Handles events and all that they lead to: first the writes, in one transaction, then the rest. A step of the
    /// clock is followed when it is on disk: until then readers have the time that the rows go by.
    private func take(
        _ first: [Event], following step: Duration = .zero, _ group: inout DiscardingTaskGroup
    ) async throws(CancellationError) {
        var events = first
        var ahead = step
        while !events.isEmpty {
            var turn = Turn()
            var stored: [AttemptID] = []
            var effects: [Action] = []
            for event in events {
                for action in decide(event, in: turn, now: clock.now() + ahead) {
                    if case .store(let changes, let attempt) = action {
                        turn.add(changes)
                        if let attempt { stored.append(attempt) }
                    } else {
                        effects.append(action)
                    }
                }
            }
            try await store.commit(turn.changes)
            clock.follow(ahead)
            ahead = .zero
            events = stored.isEmpty ? [] : [.stored(stored)]
            for effect in effects { events += try await perform(effect, &group) }
            progress.mark()
        }
        board.post(scheduler.budgets(at: clock.now()), of: rules)
    }

    private func decide(_ event: Event, in turn: Turn, now: WallTime) -> [Action] {
        if let event = turn.current(event) { return scheduler.handle(event, now: now) }
        // The reader's row was removed in this very turn: it finds that out when it looks again.
        if case .read(let reader, _, _) = event { return [.reply(reader, retryAt: nil)] }
        return []
    }

    /// Does what needs no more writing; what comes of it at once is an event of the next round.
    private func perform(
        _ action: Action, _ group: inout DiscardingTaskGroup
    ) async throws(CancellationError) -> [Event] {
        switch action {
        case .store: return []
        case .look(let attempt, let row): look(attempt, row, &group)
        case .spend(let attempt, let row): spend(attempt, row, &group)
        case .reply(let reader, let retryAt): room.call(reader, retryAt: retryAt)
        case .tell(let notice): journal.tell(.decision(notice))
        case .wakeBy(let time): wakeBy = min(wakeBy ?? time, time)
        case .fetch(let errand): return [.candidates(try await store.rows(of: .errand(errand)), errand)]
        case .census(let host, let projects, let limit):
            return [.contenders(host, try await store.contenders(in: projects, limit: limit))]
        case .rouse(let lane): lanesToRouse.append(lane)
        case .witness(let project):
            let fresh = SessionFilter(project: project, standing: .fresh)
            return [.witness(try await store.sessions(matching: fresh, after: nil, limit: 1))]
        case .regroup(let project, let user):
            return [.regrouped(try await store.rows(of: .user(user, project)))]
        }
        return []
    }

    private func look(_ attempt: AttemptID, _ row: SessionRow, _ group: inout DiscardingTaskGroup) {
        inFlight += 1
        group.addTask(executorPreference: callExecutor) { [calls, inbox] in
            let (look, headers) = await calls.look(at: CallTarget(row))
            inbox.push(.looked(attempt, row.key, row.user, look, headers))
        }
    }

    private func spend(_ attempt: AttemptID, _ row: SessionRow, _ group: inout DiscardingTaskGroup) {
        inFlight += 1
        group.addTask(executorPreference: callExecutor) { [calls, inbox] in
            let (answer, headers) = await calls.spend(on: CallTarget(row))
            inbox.push(.answered(attempt, row.key, answer, headers))
        }
    }

    /// What an input is to the scheduler, with the rows it is about as they are on disk; nil where there is nothing to
    /// decide.
    private func event(of input: Input, _ rows: [SessionRow]) async throws(CancellationError) -> Event? {
        switch input {
        case .looked(let attempt, _, _, let look, let headers):
            inFlight -= 1
            return .looked(attempt, look, headers, rows: rows)
        case .answered(let attempt, _, let answer, let headers):
            inFlight -= 1
            return .answered(attempt, answer, headers, row: rows.first)
        case .read(let reader, let wish, _):
            if let row = rows.first { return .read(reader, wish, row) }
            room.call(reader, retryAt: nil)
        case .readerLeft(let reader, let key): return .readerLeft(reader, key)
        case .listed(let project, let user, let facts, let headers):
            return .listed(project, user, facts, headers, rows: rows)
        case .registered(let project, let secret, let facts, let headers):
            return .registered(project, secret, facts, headers, rows: rows)
        case .heard(let project, let headers): return .heard(project, headers)
        case .searched(let project, let failure): return .searched(project, failure)
        case .removed(let key, _): return .removed(key, rows: rows)
        case .forgotten(let project, _): return .forgotten(project, rows: rows)
        case .reloaded(let new):
            inForce.change(to: new)
            review = Review(after: nil)
            return .reloaded(new, try await store.recall())
        case .noted(let change): try await store.commit([change])
        case .stopping:
            isStopping = true
            return .stopping
        }
        return nil
    }

    /// Writes what readers left behind, and a sign of life.
    private func flush() async throws(CancellationError) {
        lastFlush = clock.steady()
        try await store.commit(demand.drain(by: clock) + [.seen(clock.now())])
    }
}

extension CallTarget {
    fileprivate init(_ row: SessionRow) {
        let credential: Credential =
            switch (row.source, row.secret) {
            case (.secret, .some(let secret)): .secret(secret)
            case (.secret, .none), (.apiKey, _): row.isBlocked ? .mintedToken : .apiKey
            }
        self.init(key: row.key, user: row.user, credential: credential)
    }
}

extension Input {
    /// The rows it is about.
    fileprivate var lookup: Lookup? {
        switch self {
        case .looked(_, let key, let user, _, _), .removed(let key, let user): .user(user, key.project)
        case .answered(_, let key, _, _), .read(_, _, let key): .session(key)
        case .listed(let project, let user, _, _), .forgotten(let project, let user): .user(user, project)
        case .registered(let project, _, let facts, _): .user(facts.user, project)
        case .readerLeft, .heard, .searched, .reloaded, .noted, .stopping: nil
        }
    }
}
