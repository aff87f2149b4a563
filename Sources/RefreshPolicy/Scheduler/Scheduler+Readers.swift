// Readers whose token does not suffice. They may start a refresh, but never drain the budget (law 13), and a reader
// who cannot be helped now is answered now.

extension Scheduler {
    mutating func read(_ reader: ReaderID, _ wish: Wish, _ stored: SessionRow, now: WallTime) {
        // The read itself is recorded with the grant, not here: a read costs no write of the row.
        var asked = stored
        asked.lastReadAt = now
        let row = write(assess(asked, now: now), over: asked, now: now)
        guard isUnderWay(row, wish, now: now) && wish.waits && readers.join(reader, of: row.key) else {
            actions.append(.reply(reader, retryAt: retryAt(of: row, now: now)))
            return
        }
    }

    /// Whether something is under way that may help the reader; begins it where it may begin.
    private mutating func isUnderWay(_ row: SessionRow, _ wish: Wish, now: WallTime) -> Bool {
        if flights[row.key] != nil { return true }
        if row.standing == .inDoubt {
            if row.lookedAt + .seconds(2) <= now { begin(row, for: .watch, now: now) }
            return !isStopping
        }
        // Whether the user is let in again, an operator need not wait to be told; if so, the refresh follows.
        if row.isBlocked, case .operator = wish.asker { return begin(row, for: .watch, now: now) }
        guard mayRefresh(row, wish, now: now) else { return false }
        return begin(row, for: .refresh(.asked(by: wish.asker)), waits: wish.waits, now: now)
    }

    private func mayRefresh(_ row: SessionRow, _ wish: Wish, now: WallTime) -> Bool {
        guard let project = state(of: row.key.project) else { return false }
        let rules = rules(of: project)
        guard row.mayBeSpentOn(at: now, by: rules) else { return false }
        switch row.verdict {
        case .ended, .suspected: return false
        case .needsLogin: return wish.asker == .operator
        case .failing(_, let retryAt): if wish.asker == .app && now < retryAt { return false }
        case .sound: break
        }
        switch wish.asker {
        case .operator: return true
        case .app: return row.restsUntil(by: rules).map { $0 <= now } ?? true
        }
    }
}
