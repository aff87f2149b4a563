// Calls under way. All of it may be lost: what must not be is in the store.

/// Calls under way, by attempt and by session: as few as `maxInFlight` of each project, so a list will do. They are
/// sought by index, since to go through them would copy each.
struct Flights: Sendable {
    private var all: [Flight] = []

    subscript(attempt: AttemptID) -> Flight? {
        get { all.indices.first { all[$0].attempt == attempt }.map { all[$0] } }
        set {
            let place = all.indices.first { all[$0].attempt == attempt }
            switch (place, newValue) {
            case (let place?, let flight?): all[place] = flight
            case (let place?, nil): all.remove(at: place)
            case (nil, let flight?): all.append(flight)
            case (nil, nil): break
            }
        }
    }

    subscript(session: SessionKey) -> Flight? { all.indices.first { all[$0].row.key == session }.map { all[$0] } }

    func of(_ project: ProjectAlias) -> [Flight] { all.filter { $0.row.key.project == project } }

    func sessions(of projects: [ProjectAlias]) -> Set<SessionKey> {
        Set(all.lazy.map(\.row.key).filter { projects.contains($0.project) })
    }

    func contains(calling host: HostName) -> Bool { all.contains { $0.host == host } }

    mutating func stepped(by step: Duration) {
        for index in all.indices { all[index].stepped(by: step) }
    }
}

/// One session's look or refresh, from its first call to its last.
struct Flight: Sendable {
    let attempt: AttemptID
    let purpose: Purpose
    /// Whom it calls: other settings may put its project on another host meanwhile.
    let host: HostName
    var phase: Phase
    /// The row as it was when the phase began: whom to call, with what credential. Decisions take the stored one.
    var row: SessionRow
    /// Whose share of the window the refresh draws on; nil where it is not metered.
    let draws: Share?
    var holdsClaim: Bool

    enum Purpose: Hashable, Sendable {
        /// To learn how the session stands.
        case watch
        case refresh(Motive)
    }

    /// Why a token is renewed.
    enum Motive: Hashable, Sendable {
        /// Its margin has begun.
        case due
        /// It will be due in a window that is short, and this one has a call to spare.
        case early
        case asked(by: Wish.Asker)
    }

    enum Phase: Hashable, Sendable {
        case looking
        case storing
        case spending(since: WallTime)
        /// The PATCH proved nothing: a look tells before the answer is believed (law 5).
        case confirming(Outcome)
    }

    /// A share of what a window has left.
    enum Share: Hashable, Sendable {
        /// A row that is kept, as time comes.
        case kept
        /// A row that the calls do not suffice for, from what the kept leave.
        case rest
        /// A reader that waits, for a row that is kept: all there is.
        case keptReader
        /// A reader that waits, for any other row: the reserve, and what the kept leave.
        case reader
    }

    mutating func stepped(by step: Duration) {
        row = row.shifted(by: step)
        if case .spending(let since) = phase { phase = .spending(since: since + step) }
    }
}
