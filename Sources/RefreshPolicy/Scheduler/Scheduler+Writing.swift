// The one way that rows are assessed, written and told of, and how the scheduler finds its own state.

extension Scheduler {
    /// The row as it stands now. One whose PATCH is under way is `refreshing`, not in doubt: its doubt has not begun.
    func assess(_ row: SessionRow, now: WallTime) -> SessionRow {
        guard let project = state(of: row.key.project) else { return row }
        let rules = rules(of: project)
        guard let sent = row.attempt, flights[row.key]?.attempt == sent.id else {
            return row.assessed(at: now, by: rules, waits: waits)
        }
        var sending = row
        sending.attempt = SentAttempt(id: sent.id, sentAt: now)
        var assessed = sending.assessed(at: now, by: rules, waits: waits)
        assessed.attempt = sent
        if assessed.standing == .inDoubt {
            assessed.standing = .refreshing
            assessed.wakeAt = max(sent.sentAt + waits.doubtFor, now + waits.lookFor)
        }
        return assessed
    }

    /// Writes a row if it changed, and tells what an operator should know of the change; then answers who waits for it.
    /// Returns the row as it was written, before anybody who waits has it refreshed.
    @discardableResult
    mutating func write(
        _ assessed: SessionRow, over stored: SessionRow?, regroups: Bool = false, now: WallTime
    ) -> SessionRow {
        var row = assessed
        // Whether a block is lifted, is looked up of a row that has ended.
        if row.standing == .ended, let flight = flights[row.key], !flight.isSent,
            !(row.isBlocked && flight.purpose == .watch)
        {
            ground(flight)
            row.attempt = nil
        }
        row.noteOutcome(after: stored, at: now)
        defer { answerReaders(of: row, after: stored, now: now) }
        guard !row.isSame(as: stored, at: now) else { return row }
        actions.append(.store([.put(row)], attempt: nil))
        if let notice = notice(of: row, after: stored) { actions.append(.tell(notice)) }
        guard regroups, let stored, stored.standing != row.standing else { return row }
        if row.standing == .ended || row.standing == .needsLogin || row.standing == .unrefreshable {
            actions.append(.regroup(row.key.project, row.user))
        }
        return row
    }

    private func notice(of row: SessionRow, after stored: SessionRow?) -> Notice? {
        guard let stored else { return row.secret != nil ? .registered(row) : .found(row) }
        if row.standing != stored.standing {
            switch row.standing {
            case .needsLogin: if !stored.verdict.isNeedsLogin { return .needsLogin(row) }
            case .ended: return .ended(row)
            case .inDoubt: return .inDoubt(row)
            case .fresh where stored.standing == .needsLogin || stored.standing == .ended: return .recovered(row)
            case .fresh, .due, .refreshing, .backingOff, .unexpiring, .unrefreshable, .idle, .spare: break
            }
        }
        if row.reason.code == .adopted && row.holdsNewerToken(than: stored) { return .adopted(row) }
        if row.reason.code == .settled && row.attempt == nil && stored.attempt != nil { return .settled(row) }
        // What a condition has told of is not told of each session.
        if row.failures > stored.failures && !isHeld(row) { return .failed(row) }
        return nil
    }

    /// Whoever waits for a session with nothing under way any more is answered; but where it is due, as after a doubt or a
    /// block that held the refresh that is waited for, that begins now, as far as a call is left for it. (How long a token
    /// each of them wishes is not kept: who waits for one that is due, waits for the next. Of a user who was blocked only
    /// an operator waits.)
    private mutating func answerReaders(of row: SessionRow, after stored: SessionRow?, now: WallTime) {
        guard flights[row.key] == nil, readers.waits(for: row.key), isStopping || row.standing != .inDoubt
        else { return }
        let asker: Wish.Asker = stored?.isBlocked ?? false ? .operator : .app
        let isHeldBack = row.standing == .due || asker == .operator
        if isHeldBack, isWanted(row, by: .refresh(.asked(by: asker)), now: now),
            begin(row, for: .refresh(.asked(by: asker)), waits: true, now: now)
        {
            return
        }
        dismissReaders(of: row.key)
    }

    mutating func dismissReaders(of key: SessionKey) {
        for reader in readers.dismiss(key) { actions.append(.reply(reader, retryAt: nil)) }
    }

    func evidence(_ headers: AnswerHeaders?, of project: ProjectAlias, sentAt: WallTime, now: WallTime) -> Evidence {
        Evidence(
            clock: clock(of: project), sentAt: headers?.sentAt ?? sentAt, receivedAt: headers?.receivedAt ?? now)
    }

    var waits: Waits { rules.waits }

    func index(of project: ProjectAlias) -> Int? {
        projects.firstIndex { $0.rules.alias == project }
    }

    func state(of project: ProjectAlias) -> ProjectState? {
        projects.first { $0.rules.alias == project }
    }

    /// The rules as they hold now: by what its calls have shown, and by how scarce calls are.
    func rules(of project: ProjectState) -> ProjectRules {
        var rules = project.rules
        rules.metering = project.metering
        rules.isTight = host(of: rules.alias)?.admission?.isTight ?? false
        return rules
    }

    func host(of project: ProjectAlias) -> HostState? {
        hostIndex(of: project).map { hosts[$0] }
    }

    func hostIndex(of project: ProjectAlias) -> Int? {
        state(of: project).flatMap { project in hosts.firstIndex { $0.name == project.rules.host } }
    }

    /// The host that it calls, which its project may have left meanwhile (law 6).
    func hostIndex(of flight: Flight) -> Int? {
        hosts.firstIndex { $0.name == flight.host }
    }
}

extension SessionRow {
    /// Whether writing this row would change nothing but to wake it later. A row that wakes too soon is woken once for
    /// nothing; to move it each time it is read would cost a write each time.
    fileprivate func isSame(as stored: SessionRow?, at now: WallTime) -> Bool {
        guard let stored else { return false }
        guard let wakes = wakeAt, let was = stored.wakeAt, now < was, was <= wakes else { return self == stored }
        var row = self
        row.wakeAt = was
        return row == stored
    }
}
