// Hands tokens to readers. What is valid is served at once, without the loop and without any call; only
// a reader whose token does not suffice meets the scheduler.

package import RefreshPolicy

package struct TokenDesk: TokenReading {
    private let inForce: InForce<Rules>
    private let rows: RecentRows
    private let clock: any WallClock
    private let inbox: Inbox
    private let room: WaitingRoom
    private let demand: Demand
    private let board: CallBoard

    init(
        rules: InForce<Rules>, rows: RecentRows, clock: any WallClock, inbox: Inbox, room: WaitingRoom, demand: Demand,
        board: CallBoard
    ) {
        inForce = rules
        self.rows = rows
        self.clock = clock
        self.inbox = inbox
        self.room = room
        self.demand = demand
        self.board = board
    }

    package func token(for request: TokenRequest) async -> TokenReply {
        do throws(StoreError) {
            let first = try await find(request)
            guard case .found(let row, let renewing, let project) = first else { return first.reply }
            let reply = serve(row, project, minValid: request.minValid, retryAt: nil)
            demand.record(row.grant, at: clock.steady())
            guard reply.needsRefresh else { return reply }
            let wish = Wish(asker: .app, minValid: request.minValid, waits: request.maxWait > .zero)
            guard wish.waits else {
                inbox.glance(at: renewing, wish)
                return reply
            }
            // However the wait ended, the store holds the answer.
            var retryAt: WallTime?
            if case .called(let time) = await room.wait(for: renewing, wish, upTo: request.maxWait) { retryAt = time }
            let second = try await find(request)
            guard case .found(let row, _, let project) = second else { return second.reply }
            return serve(row, project, minValid: request.minValid, retryAt: retryAt)
        } catch {
            return .notNow(error.words)
        }
    }

    package var projects: [ProjectAlias] { rules.projects.map(\.alias) }

    package func grant(of key: SessionKey) async throws(StoreError) -> Grant? {
        try await rows.session(key)?.grant
    }

    private var rules: Rules { inForce.now }

    private enum Finding {
        /// The row to serve from; and the session to refresh, which is the elected one even while a spare serves.
        case found(SessionRow, renewing: SessionKey, ProjectRules)
        case nothing(TokenReply)

        var reply: TokenReply {
            switch self {
            case .found: .unknownSession
            case .nothing(let reply): reply
            }
        }
    }

    private func find(_ request: TokenRequest) async throws(StoreError) -> Finding {
        switch request.subject {
        case .session(let key):
            guard let project = rules.project(key.project) else { return .nothing(.unknownProject(known: projects)) }
            guard let row = try await rows.session(key) else { return .nothing(.unknownSession) }
            return .found(row, renewing: row.key, project)
        case .grant(let alias, let user, let provider, let providerUID):
            guard let alias = alias ?? (projects.count == 1 ? projects[0] : nil) else {
                return .nothing(.projectNeeded(known: projects))
            }
            guard let project = rules.project(alias) else { return .nothing(.unknownProject(known: projects)) }
            let rows = try await rows.sessions(of: user, in: alias).filter { row in
                row.provider == provider && (providerUID.map { $0.utf8.elementsEqual(row.providerUID.utf8) } ?? true)
            }
            switch GrantView(rows, at: clock.now(), by: project, minValid: request.minValid) {
            case .none: return .nothing(.unknownSession)
            case .one(let rows):
                guard let row = rows.first else { return .nothing(.unknownSession) }
                return .found(row, renewing: (rows.first(where: \.isElected) ?? row).key, project)
            case .several(let grants): return .nothing(.severalGrants(grants))
            }
        }
    }

    private func serve(
        _ row: SessionRow, _ project: ProjectRules, minValid: Duration, retryAt: WallTime?
    ) -> TokenReply {
        let now = clock.now()
        if let token = row.servable(at: now, by: project), let life = row.remainingLife(at: now, by: project) {
            let served = ServedToken(
                key: row.key, grant: row.grant, value: token.value, issuedAt: token.issuedAt,
                expiresAt: row.end(of: token, by: project), standing: row.standing)
            return .token(served, minValidMet: life >= minValid)
        }
        if case .ended = row.verdict { return .ended(row.key, row.reason) }
        if row.sessionExpiresAt <= now { return .ended(row.key, Reason(.sessionExpired)) }
        return .unavailable(
            Unavailability(
                key: row.key, standing: row.standing, reason: row.explanation,
                retryAt: retryAt ?? self.retryAt(of: row)))
    }

    /// When it may be better: as the next call may be made, for a row that wants one.
    private func retryAt(of row: SessionRow) -> WallTime? {
        switch row.standing {
        case .needsLogin, .unrefreshable: nil
        case .due: board.nextCall(for: row.key.project)
        case .fresh, .refreshing, .inDoubt, .backingOff, .unexpiring, .idle, .spare, .ended: row.wakeAt
        }
    }
}

extension TokenReply {
    /// Whether a refresh could make it better.
    fileprivate var needsRefresh: Bool {
        switch self {
        case .token(_, let minValidMet): !minValidMet
        case .unavailable: true
        case .ended, .severalGrants, .unknownSession, .unknownProject, .projectNeeded, .notNow: false
        }
    }
}
