// The first entries of many sorted lists, each read little further than it must be: with a hundred lanes, most of what
// a lane has first is not first among all.

import RefreshPolicy

/// What an index holds of a session, and where that puts it.
struct Ranked<Value: Sendable>: Sendable {
    let rank: Int64
    let project: ProjectAlias
    let session: String
    let value: Value
}

/// By rank, and by key among equals; or all of this backwards.
enum RankOrder: Hashable, Sendable {
    case rising
    case falling

    func isBefore<Value>(_ left: Ranked<Value>, _ right: Ranked<Value>) -> Bool {
        switch self {
        case .rising: Self.isLower(left, right)
        case .falling: Self.isLower(right, left)
        }
    }

    private static func isLower<Value>(_ left: Ranked<Value>, _ right: Ranked<Value>) -> Bool {
        if left.rank != right.rank { return left.rank < right.rank }
        return (left.project, left.session) < (right.project, right.session)
    }
}

struct RankedMerge {
    let order: RankOrder
    let limit: Int

    /// `read` gives the first entries of a source in this order, so many at most, none of a rank beyond that of `last`.
    func first<Source, Value>(
        of sources: [Source], read: (Source, _ limit: Int, _ last: Int64?) throws -> [Ranked<Value>]
    ) rethrows -> [Ranked<Value>] {
        guard limit > 0, !sources.isEmpty else { return [] }
        var lists = [[Ranked<Value>]](repeating: [], count: sources.count)
        var unfinished = Array(sources.indices)
        var share = min(limit, 2 * limit / sources.count + 2)
        var last: Ranked<Value>?
        while true {
            for index in unfinished { lists[index] = try read(sources[index], share, last?.rank) }
            let merged = lists.joined().sorted(by: order.isBefore)
            last = merged.count < limit ? nil : merged[limit - 1]
            // One that gave all it was asked for, and whose last would still be among the first, may have more of them.
            unfinished = unfinished.filter { index in
                guard share < limit, lists[index].count == share, let end = lists[index].last else { return false }
                return last.map { order.isBefore(end, $0) } ?? true
            }
            guard !unfinished.isEmpty else { return Array(merged.prefix(limit)) }
            share = min(limit, 4 * share)
        }
    }
}
