// One walk through a lane by one index, which holds all that the walk needs: the order, what is asked for, and the
// place of the row. Each names its index, so that SQLite takes that one or says that it cannot.

import GRDB
import RefreshPolicy

enum LaneWalk {
    /// What wants a call, by its deadline; where there is a floor, only from that priority up.
    case wanting(from: Heat?)
    /// The same in no order, at what it costs to walk those from the floor up and no others.
    case wantingFew(from: Heat)
    /// What wants a call and has a lower priority, the greatest first.
    case wantingBelow(Heat)
    /// What is fresh and lays claim to calls, by the time it wakes; where there is a floor, only from that priority up.
    case fresh(from: Heat?, before: WallTime)

    var order: RankOrder {
        switch self {
        case .wanting, .wantingFew, .fresh: .rising
        case .wantingBelow: .falling
        }
    }

    /// The lanes of a project in which this walk may find something: one step of the index for each.
    var lanesQuery: String {
        let source = "FROM session INDEXED BY \(index) WHERE project = :project AND \(content)"
        return """
            WITH RECURSIVE lane (provider) AS (
                SELECT min(provider) \(source)
                UNION ALL
                SELECT (SELECT min(provider) \(source) AND provider > lane.provider)
                FROM lane WHERE lane.provider IS NOT NULL)
            SELECT provider FROM lane WHERE provider IS NOT NULL
            """
    }

    /// The rank, session id and place of each entry.
    var query: String {
        let source = "session_id, id FROM session INDEXED BY \(index) WHERE project = ? AND provider = ? AND \(content)"
        return switch self {
        case .wanting(nil): "SELECT want, \(source) AND want <= ? ORDER BY want, session_id LIMIT ?"
        case .wanting(_?): "SELECT want, \(source) AND priority >= ? AND want <= ? ORDER BY want, session_id LIMIT ?"
        case .wantingFew: "SELECT want, \(source) AND priority >= ? LIMIT ?"
        case .wantingBelow:
            """
            SELECT priority, \(source) AND priority < ? AND priority >= ?
            ORDER BY priority DESC, session_id DESC LIMIT ?
            """
        case .fresh:
            "SELECT wake_at, \(source) AND priority >= ? AND wake_at < ? ORDER BY wake_at, session_id LIMIT ?"
        }
    }

    /// How many entries there are, counted no further than so many: to count costs less than to read.
    var countQuery: String { "SELECT count(*) FROM (\(query))" }

    /// For a walk that may end behind entries of the rank `last`.
    func arguments(in lane: Lane, upTo last: Int64?, limit: Int) -> StatementArguments {
        let (project, provider) = (lane.project.rawValue, lane.provider.rawValue)
        return switch self {
        case .wanting(nil): [project, provider, last ?? .max, limit]
        case .wanting(let floor?): [project, provider, floor.asOneReadAt.milliseconds, last ?? .max, limit]
        case .wantingFew(let floor): [project, provider, floor.asOneReadAt.milliseconds, limit]
        case .wantingBelow(let floor): [project, provider, floor.asOneReadAt.milliseconds, last ?? .min, limit]
        case .fresh(let floor, let before):
            [
                project, provider, floor?.asOneReadAt.milliseconds ?? .min, last.map { $0 + 1 } ?? before.milliseconds,
                limit,
            ]
        }
    }

    private var index: String {
        switch self {
        case .wanting: "session_wanting_by_want"
        case .wantingFew, .wantingBelow: "session_wanting_by_priority"
        case .fresh: "session_fresh_by_wake"
        }
    }

    /// What the index holds, in the words in which it was made: so SQLite knows that it has all that is asked for.
    private var content: String {
        switch self {
        case .wanting: "want IS NOT NULL"
        case .wantingFew, .wantingBelow: "want IS NOT NULL AND priority IS NOT NULL"
        case .fresh: "standing = 'fresh' AND priority IS NOT NULL"
        }
    }
}

/// Walks through all of a project that lay claim to calls, whatever their lane.
enum ClaimWalk {
    private static let source = "FROM session INDEXED BY session_by_priority WHERE project = ? AND priority >= ?"

    /// The greatest first.
    static let contenders = """
        SELECT priority, session_id, period, want, wake_at \(source)
        ORDER BY priority DESC, session_id DESC LIMIT ?
        """

    /// How many there are from a priority up, counted no further than so many.
    static let count = "SELECT count(*) FROM (SELECT 1 \(source) LIMIT ?)"

    /// Those of them that are fresh and wake before a time, in no order.
    static let fresh = """
        SELECT wake_at, session_id, id, provider \(source) AND standing = 'fresh' AND wake_at < ?
        """
}
