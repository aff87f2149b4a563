// What operators ask for. Everything that changes something goes through the loop, and is answered when it is on disk.

package import RefreshPolicy

package struct ControlDesk: Controlling {
    private let rules: Rules
    private let store: any SessionStore
    private let calls: any AppwriteCalls
    private let clock: any WallClock
    private let loop: RefreshLoop
    private let inbox: Inbox
    private let room: WaitingRoom
    private let startedAt: WallTime

    init(
        rules: Rules, store: any SessionStore, calls: any AppwriteCalls, clock: any WallClock, loop: RefreshLoop,
        inbox: Inbox, room: WaitingRoom
    ) {
        self.rules = rules
        self.store = store
        self.calls = calls
        self.clock = clock
        self.loop = loop
        self.inbox = inbox
        self.room = room
        startedAt = clock.now()
    }

    package func register(secret: Secret, in project: ProjectAlias) async throws(ControlError) -> SessionRow {
        guard rules.project(project) != nil else { throw .unknownProject(known: rules.projects.map(\.alias)) }
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
        do throws(StoreError) {
            return try await store.sessions(matching: filter, after: after, limit: limit)
        } catch {
            throw .store(error)
        }
    }

    package func session(_ key: SessionKey) async throws(ControlError) -> SessionRow {
        let row: SessionRow?
        do throws(StoreError) {
            row = try await store.session(key)
        } catch {
            throw .store(error)
        }
        guard let row else { throw .unknownSession }
        return row
    }

    package func remove(_ key: SessionKey) async throws(ControlError) {
        let row = try await session(key)
        try await deliver(.removed(key, row.user))
    }

    package func refresh(_ key: SessionKey, maxWait: Duration) async throws(ControlError) -> RefreshReport {
        let before = try await session(key)
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
            case .called: ending = isFailed ? .failed : .notNow
            case .refused: ending = .notNow
            }
        }
        return RefreshReport(ending: ending, row: after)
    }

    package func status() async throws(ControlError) -> EngineStatus {
        let hosts = await loop.budgets().map { budget in
            EngineStatus.Host(
                name: budget.host, metering: budget.metering, limit: budget.limit, remaining: budget.remaining,
                resetAt: budget.resetAt, shortage: budget.shortage)
        }
        let aliases = rules.projects.map(\.alias)
        do throws(StoreError) {
            return EngineStatus(
                now: clock.now(), startedAt: startedAt, projects: aliases, counts: try await store.counts(),
                hosts: hosts, conditions: await loop.conditions(), nextWakeAt: try await store.nextWake(in: aliases))
        } catch {
            throw .store(error)
        }
    }

    /// What was asked for is not acknowledged before it is on disk (law 8).
    private func deliver(_ input: Input) async throws(ControlError) {
        guard await inbox.deliver(input) else {
            throw .store(.unavailable("refreshd is stopping and may not have stored this; ask again when it runs"))
        }
    }
}
