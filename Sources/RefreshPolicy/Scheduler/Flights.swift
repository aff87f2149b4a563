// Calls under way. All of it may be lost: what must not be is in the store.

/// Calls under way, by attempt and by session. A session has one at most.
struct Flights: Sendable {
    /// In the order of their numbers, in which they began.
    private var all: [Flight] = []
    private var attemptOf: [SessionKey: AttemptID] = [:]

    subscript(attempt: AttemptID) -> Flight? {
        get {
            let place = place(of: attempt)
            return place < all.count && all[place].attempt == attempt ? all[place] : nil
        }
        set {
            let place = place(of: attempt)
            if place < all.count, all[place].attempt == attempt {
                attemptOf[all[place].row.key] = nil
                all.remove(at: place)
            }
            if let newValue {
                attemptOf[newValue.row.key] = attempt
                all.insert(newValue, at: place)
            }
        }
    }

    subscript(session: SessionKey) -> Flight? {
        guard let attempt = attemptOf[session] else { return nil }
        return self[attempt]
    }

    func of(_ project: ProjectAlias) -> [Flight] { all.filter { $0.row.key.project == project } }

    func sessions(of projects: [ProjectAlias]) -> Set<SessionKey> {
        Set(all.lazy.map(\.row.key).filter { projects.contains($0.project) })
    }

    func contains(calling host: HostName) -> Bool { all.contains { $0.host == host } }

    mutating func stepped(by step: Duration) {
        for index in all.indices { all[index].stepped(by: step) }
    }

    /// Where it is, or would be.
    private func place(of attempt: AttemptID) -> Int {
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle].attempt.number < attempt.number { low = middle + 1 } else { high = middle }
        }
        return low
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
