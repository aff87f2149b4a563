// Law 9, time is told. Our clock may be stepped, which ends no wait; and time may pass that it does not count, while
// the machine stands still or is off, which only an Appwrite host's clock can tell.

extension Scheduler {
    /// At first no time is taken to have passed: the clock was wrong. A look at each host tells whether that is so.
    mutating func stepped(by step: Duration) {
        shift(by: step)
        actions.append(.tell(.clockStepped(step)))
        for project in projects where !project.isLeaving { actions.append(.witness(project.rules.alias)) }
    }

    /// What an answer says of the time comes before all else that it says: gives the event back, with its rows as they
    /// are by then.
    mutating func hear(_ event: Event, now: WallTime) -> Event {
        guard let (host, headers) = witness(event), let date = headers.date else { return event }
        let known = hosts[host].clock
        var clock = known
        let uncounted = clock.learn(date: date, sentAt: headers.sentAt, receivedAt: headers.receivedAt)
        if let uncounted {
            // All that was planned or noted before is older by so much than it seems.
            shift(by: .zero - uncounted)
            actions.append(.tell(.timePassed(uncounted)))
        }
        hosts[host].clock = clock
        enterWindows(now: now)
        if clock.offset != known.offset || !known.isMeasured {
            hosts[host].budget.reckonAnew(at: headers.receivedAt, clock: clock)
        }
        if clock.foretold != known.foretold { actions.append(.store([.budget(hosts[host].record)], attempt: nil)) }
        return uncounted.map { event.shifted(by: .zero - $0) } ?? event
    }

    mutating func enterWindows(now: WallTime) {
        for index in hosts.indices { hosts[index].budget.advance(to: now, clock: hosts[index].clock) }
        for index in hosts.indices { hosts[index].waiting.enter(hosts[index].budget) }
    }

    /// Moves every time of ours, stored or not, against the clock.
    private mutating func shift(by step: Duration) {
        for index in hosts.indices { hosts[index].stepped(by: step) }
        for index in projects.indices { projects[index].stepped(by: step) }
        lanes.stepped(by: step)
        healing = healing.map { $0.stepped(by: step) }
        flights.stepped(by: step)
        orphans.stepped(by: step)
        actions.append(.store([.shift(by: step)], attempt: nil))
    }

    /// Whose clock the event tells of.
    private func witness(_ event: Event) -> (host: Int, headers: AnswerHeaders)? {
        let (host, headers): (Int?, AnswerHeaders?) =
            switch event {
            case .looked(let attempt, _, let headers, _), .answered(let attempt, _, let headers, _):
                (flights[attempt].flatMap(hostIndex(of:)), headers)
            case .listed(let project, _, _, let headers, _): (hostIndex(of: project), headers)
            case .registered(let project, _, _, let headers, _), .heard(let project, let headers):
                (hostIndex(of: project), headers)
            case .started, .woke, .turn, .candidates, .contenders, .roused, .witness, .searched, .read, .readerLeft,
                .stored, .removed, .forgotten, .regrouped, .reloaded, .stepped, .stopping:
                (nil, nil)
            }
        guard let host, let headers else { return nil }
        return (host, headers)
    }
}

extension Event {
    /// An answer with the rows that it is about moved like all that is stored.
    fileprivate func shifted(by step: Duration) -> Event {
        func moved(_ rows: [SessionRow]) -> [SessionRow] { rows.map { $0.shiftedWithGrant(by: step) } }
        switch self {
        case .looked(let attempt, let look, let headers, let rows):
            return .looked(attempt, look, headers, rows: moved(rows))
        case .answered(let attempt, let answer, let headers, let row):
            return .answered(attempt, answer, headers, row: row?.shiftedWithGrant(by: step))
        case .listed(let project, let user, let facts, let headers, let rows):
            return .listed(project, user, facts, headers, rows: moved(rows))
        case .registered(let project, let secret, let facts, let headers, let rows):
            return .registered(project, secret, facts, headers, rows: moved(rows))
        case .started, .woke, .turn, .candidates, .contenders, .roused, .witness, .heard, .searched, .read, .readerLeft,
            .stored, .removed, .forgotten, .regrouped, .reloaded, .stepped, .stopping:
            return self
        }
    }
}
