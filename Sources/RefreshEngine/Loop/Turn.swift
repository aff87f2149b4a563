// One turn's writes. Events of a turn are handled one after another before anything is on disk: a later one must see
// the rows as an earlier one left them.

import RefreshPolicy

struct Turn {
    /// What a later change of the turn overwrites is left out: all are written at once.
    var changes: [Change] { written.compactMap(\.self) }

    private var written: [Change?] = []
    /// Where in `written` the last change of each subject stands.
    private var last: [Subject: Int] = [:]
    private var rows: [SessionKey: SessionRow?] = [:]
    /// By how much this turn moves all rows, those among them that were brought before.
    private var shift = Duration.zero

    /// What a change sets as a whole.
    private enum Subject: Hashable {
        case row(SessionKey)
        case budget(HostName)
        case attempts

        init?(_ change: Change) {
            switch change {
            case .put(let row): self = .row(row.key)
            case .remove(let key): self = .row(key)
            case .budget(let record): self = .budget(record.host)
            // Numbers of attempts only grow.
            case .attempts: self = .attempts
            case .discovery, .read, .condition, .conditionOver, .shift, .seen: return nil
            }
        }
    }

    mutating func add(_ new: [Change]) {
        for change in new {
            write(change)
            switch change {
            case .put(let row): rows[row.key] = .some(row)
            case .remove(let key): rows[key] = .some(nil)
            case .shift(let step):
                rows = rows.mapValues { $0?.shiftedWithGrant(by: step) }
                shift += step
            case .budget, .attempts, .discovery, .read, .condition, .conditionOver, .seen: break
            }
        }
    }

    private mutating func write(_ change: Change) {
        if let subject = Subject(change) {
            if let before = last[subject] { written[before] = nil }
            last[subject] = written.count
        } else {
            switch change {
            // These build on what was written before them.
            case .read, .shift: last = [:]
            case .put, .remove, .budget, .attempts, .discovery, .condition, .conditionOver, .seen: break
            }
        }
        written.append(change)
    }

    /// The event with the rows it brings as they are by now; nil where its one row is gone.
    func current(_ event: Event) -> Event? {
        guard !rows.isEmpty || shift != .zero else { return event }
        switch event {
        case .woke(let stored): return .woke(current(stored))
        case .candidates(let stored, let errand): return .candidates(current(stored), errand)
        case .roused(let lane, let stored, let isLast): return .roused(lane, current(stored), isLast: isLast)
        case .regrouped(let stored): return .regrouped(group(stored))
        case .looked(let attempt, let look, let headers, let stored):
            return .looked(attempt, look, headers, rows: group(stored))
        case .answered(let attempt, let answer, let headers, let stored):
            return .answered(attempt, answer, headers, row: stored.flatMap(current))
        case .read(let reader, let wish, let stored):
            return current(stored).map { .read(reader, wish, $0) }
        case .listed(let project, let user, let facts, let headers, let stored):
            return .listed(project, user, facts, headers, rows: group(stored, of: user, in: project))
        case .registered(let project, let secret, let facts, let headers, let stored):
            return .registered(project, secret, facts, headers, rows: group(stored, of: facts.user, in: project))
        case .removed(let key, let stored): return .removed(key, rows: group(stored))
        case .forgotten(let project, let stored): return .forgotten(project, rows: group(stored))
        case .witness(let stored): return .witness(current(stored))
        case .started, .turn, .contenders, .heard, .searched, .readerLeft, .stored, .reloaded, .stepped, .stopping:
            return event
        }
    }

    private func current(_ row: SessionRow) -> SessionRow? {
        let moved = row.shiftedWithGrant(by: shift)
        guard let written = rows[row.key] else { return moved }
        return written.map { carrying(moved, $0) }
    }

    private func current(_ stored: [SessionRow]) -> [SessionRow] {
        stored.compactMap(current)
    }

    private func group(_ stored: [SessionRow]) -> [SessionRow] {
        guard let first = stored.first else { return [] }
        return group(stored, of: first.user, in: first.key.project)
    }

    /// The rows of a user, those among them that this turn has made.
    private func group(_ stored: [SessionRow], of user: UserID, in project: ProjectAlias) -> [SessionRow] {
        let known = stored.map(\.key)
        let new = rows.values.compactMap { $0 }.filter {
            $0.user == user && $0.key.project == project && !known.contains($0.key)
        }
        return current(stored) + new.sorted { $0.key < $1.key }
    }

    /// What belongs to the grant is not in what was written.
    private func carrying(_ stored: SessionRow, _ written: SessionRow) -> SessionRow {
        var row = written
        row.lastReadAt = written.lastReadAt ?? stored.lastReadAt
        row.heat = written.heat ?? stored.heat
        return row
    }
}
