// What RecentRows remembers, and how it forgets.

import RefreshPolicy

/// Bounded by bytes. What makes room is found by the clock algorithm: a hand goes round, passes once by what was asked for
/// since it came there last, and takes away what was not.
struct Shelf: Sendable {
    private struct Entry: Sendable {
        let rows: [SessionRow]
        let size: Int
        /// Where it stands in the round.
        var place: Int
        var wasAsked = false
    }

    private let capacity: Int
    private var entries: [Lookup: Entry] = [:]
    private var round: [Lookup] = []
    private var hand = 0
    /// In whose sessions a session is remembered: a removal does not say whose it was.
    private var owners: [SessionKey: Lookup] = [:]
    /// Bytes, as far as they can be reckoned.
    private(set) var size = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func rows(of lookup: Lookup) -> [SessionRow]? {
        guard let index = entries.index(forKey: lookup) else { return nil }
        entries.values[index].wasAsked = true
        return entries.values[index].rows
    }

    /// Nothing is kept of nothing: a session that is unknown now may come any moment.
    mutating func put(_ rows: [SessionRow], of lookup: Lookup) {
        drop(lookup)
        let rows = rows.map(\.asReadersNeedIt)
        let needed = Self.size(of: rows)
        guard !rows.isEmpty, needed <= capacity else { return }
        while size + needed > capacity { makeRoom() }
        entries[lookup] = Entry(rows: rows, size: needed, place: round.count)
        round.append(lookup)
        size += needed
        if case .user = lookup {
            for row in rows { owners[row.key] = lookup }
        }
    }

    mutating func drop(whatIsChangedBy change: Change) {
        switch change {
        case .put(let row):
            drop(.session(row.key))
            drop(.user(row.user, row.key.project))
        case .remove(let key):
            drop(.session(key))
            if let owner = owners[key] { drop(owner) }
        case .shift: self = Shelf(capacity: capacity)
        // How much a grant is read is nothing that a reader is told.
        case .read, .budget, .attempts, .discovery, .condition, .conditionOver, .seen: break
        }
    }

    private mutating func makeRoom() {
        if hand >= round.count { hand = 0 }
        let lookup = round[hand]
        if entries[lookup]?.wasAsked == true {
            entries[lookup]?.wasAsked = false
            hand += 1
        } else {
            drop(lookup)
        }
    }

    private mutating func drop(_ lookup: Lookup) {
        guard let gone = entries.removeValue(forKey: lookup) else { return }
        size -= gone.size
        if case .user = lookup {
            for row in gone.rows { owners[row.key] = nil }
        }
        // The last takes its place.
        let last = round.removeLast()
        if last != lookup {
            round[gone.place] = last
            entries[last]?.place = gone.place
        }
    }

    /// With what dictionaries, arrays and long strings need beside the rows themselves.
    private static func size(of rows: [SessionRow]) -> Int {
        rows.reduce(160) { size, row in
            let tokens = [row.token, row.next].reduce(0) { $0 + ($1.map { $0.value.reveal().utf8.count + 32 } ?? 0) }
            return size + MemoryLayout<SessionRow>.stride + 128 + tokens + row.providerUID.utf8.count
        }
    }
}

extension SessionRow {
    /// Without what no answer to a reader is made from.
    fileprivate var asReadersNeedIt: SessionRow {
        var row = self
        row.secret = nil
        row.episodes = []
        return row
    }
}
