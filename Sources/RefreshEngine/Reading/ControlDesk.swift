// What operators ask for. Everything that changes something goes through the loop, and is answered when it is on disk.

package import RefreshPolicy

package struct ControlDesk: Controlling {
    private let inForce: InForce<Rules>
    private let store: any SessionStore
    private let calls: any AppwriteCalls
    private let journal: any Journal
    private let clock: any WallClock
    private let loop: RefreshLoop
    private let inbox: Inbox
    private let room: WaitingRoom
    private let health: StoreHealth
    private let startedAt: WallTime

    init(
        rules: InForce<Rules>, store: any SessionStore, calls: any AppwriteCalls, journal: any Journal,
        clock: any WallClock, loop: RefreshLoop, inbox: Inbox, room: WaitingRoom, health: StoreHealth
    ) {
        inForce = rules
        self.store = store
        self.calls = calls
        self.journal = journal
        self.clock = clock
        self.loop = loop
        self.inbox = inbox
        self.room = room
        self.health = health
        startedAt = clock.now()
    }

    private var rules: Rules { inForce.now }

    package func register(secret: Secret, in project: ProjectAlias) async throws(ControlError) -> SessionRow {
        guard rules.project(project) != nil else { throw unknownProject }
        if let failure = health.failure { throw .store(failure) }
        let facts: SessionFacts
        let headers: AnswerHeaders
        do throws(CallFailure) {
            (facts, headers) = try await calls.identify(secret: secret, in: project)
        } catch {
            throw .appwrite(error)
        }
        guard facts.token != nil || facts.hasRefreshToken else { throw .notRefreshable(Reason(.noProviderTokens)) }
        try await deliver(.registered(project, secret, facts, headers))
        return try await session(SessionKey(project: project, session: facts.session))
    }

    package func sessions(
        matching filter: SessionFilter, after: SessionKey?, limit: Int
    ) async throws(ControlError) -> [SessionRow] {
        let rows: [SessionRow]
        do throws(StoreError) {
            rows = try await store.sessions(matching: filter, after: after, limit: limit)
        } catch {
            throw .store(error)
        }
        // A project that the settings do not name any more may have sessions still.
        if rows.isEmpty, let project = filter.project, rules.project(project) == nil { throw unknownProject }
        return rows
    }

    package func story(of key: SessionKey) async throws(ControlError) -> SessionStory {
        let row = try await session(key)
        let (project, now) = (rules.project(key.project), clock.now())
        let budgets = await loop.budgets()
        let budget = budgets.first { $0.host == project?.host }
        return SessionStory(
            row: row, next: await step(after: row, budgets), keeping: project?.keeping(of: row),
            readsPerHour: row.heat.map { $0.expectedReads(in: .seconds(3600), at: now) },
            host: budget.map(EngineStatus.Host.init),
            conditions: await loop.conditions().filter { condition in
                switch condition.scope {
                case .host(let host): host == project?.host
                case .project(let alias): alias == key.project
                case .lane(let lane): lane == row.lane
                }
            })
    }

    private func step(after row: SessionRow, _ budgets: [BudgetView]) async -> NextStep {
        let project = rules.project(row.key.project)
        return NextStep(
            row, keeping: project?.keeping(of: row), dueAt: await loop.dueAt(of: row),
            nextCallAt: budgets.first { $0.host == project?.host }?.nextCallAt,
            forgetAt: row.forgetAt(by: rules.waits))
    }

    /// What wakes only to be looked after (spares, what rests, what is over) is not work: it is passed over.
    package func outlook(limit: Int) async throws(ControlError) -> Outlook {
        let (aliases, now) = (rules.projects.map(\.alias), clock.now())
        let work: [SessionRow]
        do throws(StoreError) {
            let wanting = try await store.rows(
                for: Errand(projects: aliases, order: .kept(from: nil), held: [], limit: limit))
            let end = now + rules.waits.longestSleep
            let waking = try await store.due(at: end, latest: end, in: aliases, limit: 4 * limit)
            work = wanting + waking.filter { $0.want == nil && $0.standing.isWorkedOn }
        } catch {
            throw .store(error)
        }
        let budgets = await loop.budgets()
        var next: [Outlook.Upcoming] = []
        for row in work.prefix(limit) {
            next.append(Outlook.Upcoming(row: row, step: await step(after: row, budgets)))
        }
        return Outlook(next: next, latest: journal.latest)
    }

    private func session(_ key: SessionKey) async throws(ControlError) -> SessionRow {
        let row: SessionRow?
        do throws(StoreError) {
            row = try await store.session(key)
        } catch {
            throw .store(error)
        }
        guard let row else { throw rules.project(key.project) == nil ? unknownProject : .unknownSession }
        return row
    }

    package func remove(_ key: SessionKey) async throws(ControlError) {
        let row = try await session(key)
        try await deliver(.removed(key, row.user))
    }

    /// In all projects, those that have left the settings are among them: their rows are stored still.
    package func forget(
        _ user: UserID, in project: ProjectAlias?
    ) async throws(ControlError) -> [ForgottenUser] {
        var forgotten: [ForgottenUser] = []
        for alias in try await projects(project) {
            let rows: [SessionRow]
            do throws(StoreError) {
                rows = try await store.sessions(of: user, in: alias)
            } catch {
                throw .store(error)
            }
            guard !rows.isEmpty else { continue }
            try await deliver(.forgotten(alias, user))
            let isSearched = rules.project(alias)?.hasAPIKey ?? false
            forgotten.append(ForgottenUser(project: alias, sessions: rows.count, isSearched: isSearched))
        }
        guard !forgotten.isEmpty else { throw .unknownUser }
        return forgotten
    }

    /// All that are known, or the one that is asked for.
    private func projects(_ project: ProjectAlias?) async throws(ControlError) -> [ProjectAlias] {
        let stored: [StandingCount]
        do throws(StoreError) {
            stored = try await store.counts()
        } catch {
            throw .store(error)
        }
        let known = Set(rules.projects.map(\.alias) + stored.map(\.project)).sorted()
        guard let project else { return known }
        guard known.contains(project) else { throw .unknownProject(known: rules.projects.map(\.alias)) }
        return [project]
    }

    package func refresh(_ key: SessionKey, maxWait: Duration) async throws(ControlError) -> RefreshReport {
        let before = try await session(key)
        // What a store that fails keeps the loop from is not asked for: nobody would come to it.
        if let failure = health.failure { throw .store(failure) }
        let wish = Wish(asker: .operator, minValid: .zero, waits: true)
        let wait = await room.wait(for: key, wish, upTo: maxWait)
        let after = try await session(key)
        let isFailed = after.verdict != before.verdict || after.attempt != nil
        let ending: RefreshReport.Ending
        if (after.next ?? after.token) != (before.next ?? before.token) {
            ending = .renewed
        } else {
            switch wait {
            case .left: ending = .underWay
            case .withdrawn(let failure): throw .store(failure)
            case .called: ending = isFailed ? .failed : .notNow
            case .refused: ending = .notNow
            }
        }
        return RefreshReport(ending: ending, row: after)
    }

    package func status() async throws(ControlError) -> EngineStatus {
        let hosts = await loop.budgets().map(EngineStatus.Host.init)
        let aliases = rules.projects.map(\.alias)
        do throws(StoreError) {
            return EngineStatus(
                now: clock.now(), startedAt: startedAt, projects: aliases, counts: try await store.counts(),
                hosts: hosts, conditions: await loop.conditions(), storeFailure: health.failure,
                nextWakeAt: try await store.nextWake(in: aliases))
        } catch {
            throw .store(error)
        }
    }

    private var unknownProject: ControlError { .unknownProject(known: rules.projects.map(\.alias)) }

    /// What was asked for is not acknowledged before it is on disk (law 8); and nobody waits for a disk that is full.
    private func deliver(_ input: Input) async throws(ControlError) {
        if let failure = health.failure { throw .store(failure) }
        switch await inbox.deliver(input, unlessFailing: health) {
        case .stored: return
        case .refused:
            throw .store(.unavailable("refreshd is stopping and may not have stored this; ask again when it runs"))
        case .failing(let failure, isWithdrawn: true): throw .store(failure)
        case .failing(let failure, isWithdrawn: false): throw .delayed(failure)
        }
    }
}

extension EngineStatus.Host {
    fileprivate init(_ budget: BudgetView) {
        self.init(
            name: budget.host, metering: budget.metering, limit: budget.limit, remaining: budget.remaining,
            resetAt: budget.resetAt, shortage: budget.shortage)
    }
}

extension Standing {
    fileprivate var isWorkedOn: Bool {
        switch self {
        case .fresh, .due, .refreshing, .inDoubt, .backingOff, .needsLogin: true
        case .unexpiring, .unrefreshable, .idle, .spare, .ended: false
        }
    }
}
