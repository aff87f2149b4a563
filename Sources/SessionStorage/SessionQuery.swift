// The questions that the store answers, as SQL. Those that the loop asks all the time walk an index and nothing else;
// a test asks SQLite for its plans.

import GRDB
import RefreshEngine
import RefreshPolicy

/// One SELECT of sessions and its arguments.
struct SessionQuery {
    let sql: String
    let arguments: StatementArguments

    private init(_ rest: String, _ arguments: [(any DatabaseValueConvertible)?]) {
        sql = "\(Self.selection) \(rest)"
        self.arguments = StatementArguments(arguments)
    }

    private static let selection = """
        SELECT \(SessionColumn.allCases.map { "session.\($0.name)" }.joined(separator: ", ")),
            demand.last_read_at, demand.heat
        FROM session LEFT JOIN demand USING (project, user_id, provider, provider_uid)
        """

    static func one(_ key: SessionKey) -> SessionQuery {
        SessionQuery(
            "WHERE session.project = ? AND session.session_id = ?", [key.project.rawValue, key.session.rawValue])
    }

    /// The row at a place in the table, as an index names it.
    static func at(_ id: Int64) -> SessionQuery {
        SessionQuery("WHERE session.id = ?", [id])
    }

    static func awake(in project: ProjectAlias, upTo now: WallTime, limit: Int) -> SessionQuery {
        SessionQuery(
            "WHERE session.project = ? AND session.wake_at <= ? ORDER BY session.wake_at, session.session_id LIMIT ?",
            [project.rawValue, now.milliseconds, limit])
    }

    static func asleep(in project: ProjectAlias, beyond latest: WallTime, limit: Int) -> SessionQuery {
        SessionQuery(
            "WHERE session.project = ? AND session.wake_at > ? ORDER BY session.wake_at, session.session_id LIMIT ?",
            [project.rawValue, latest.milliseconds, limit])
    }

    static func of(_ user: UserID, in project: ProjectAlias) -> SessionQuery {
        SessionQuery(
            "WHERE session.project = ? AND session.user_id = ? ORDER BY session.session_id",
            [project.rawValue, user.rawValue])
    }

    static func listing(_ filter: SessionFilter, after: SessionKey?, limit: Int) -> SessionQuery {
        var conditions: [String] = []
        var arguments: [(any DatabaseValueConvertible)?] = []
        func require(_ condition: String, _ values: String...) {
            conditions.append(condition)
            arguments.append(contentsOf: values)
        }
        if let ending = filter.ending {
            conditions.append("session.standing <> 'ended' AND session.expires_at BETWEEN ? AND ?")
            arguments += [ending.begin.milliseconds, ending.end.milliseconds]
            if let after {
                conditions.append("(session.expires_at, session.project, session.session_id) > (?, ?, ?)")
                arguments += [ending.begin.milliseconds, after.project.rawValue, after.session.rawValue]
            }
        } else if let after {
            require(
                "(session.project, session.session_id) > (?, ?)", after.project.rawValue, after.session.rawValue)
            if after.project == filter.project {
                // Follows from the line above, and lets SQLite go straight to the page.
                require("session.session_id > ?", after.session.rawValue)
            }
        }
        if let project = filter.project { require("session.project = ?", project.rawValue) }
        if let user = filter.user { require("session.user_id = ?", user.rawValue) }
        if let provider = filter.provider { require("session.provider = ?", provider.rawValue) }
        if let standing = filter.standing { require("session.standing = ?", standing.rawValue) }
        if filter.isFailing { conditions.append("session.verdict IN ('failing', 'suspected', 'needs login')") }
        let condition = conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND "))"
        return SessionQuery(
            "\(condition) ORDER BY \(filter.ending == nil ? "" : "session.expires_at, ")session.project, session.session_id LIMIT ?",
            arguments + [limit])
    }

    /// A line is there only while its value is made of it.
    func rows<Value>(from database: Database, _ value: (StoredRow) throws -> Value) throws -> [Value] {
        let lines = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: arguments)
        var values: [Value] = []
        while let line = try lines.next() { values.append(try value(StoredRow(line))) }
        return values
    }
}

extension Lookup {
    func rows(from database: Database, _ row: (StoredRow) throws -> SessionRow) throws -> [SessionRow] {
        switch self {
        case .session(let key): try SessionQuery.one(key).rows(from: database, row)
        case .user(let user, let project): try SessionQuery.of(user, in: project).rows(from: database, row)
        case .due(let now, let latest, let projects, let limit):
            try Self.due(at: now, latest: latest, in: projects, limit: limit, from: database).map(row)
        case .errand(let errand): try Picking(database: database).rows(for: errand, row)
        }
    }

    /// Each project's rows are read in order and merged, since no index orders the rows of several. Only those that come
    /// first are opened.
    private static func due(
        at now: WallTime, latest: WallTime, in projects: [ProjectAlias], limit: Int, from database: Database
    ) throws -> [StoredRow] {
        func first(_ limit: Int, of query: (ProjectAlias) -> SessionQuery) throws -> [StoredRow] {
            let rows = try projects.flatMap { try query($0).rows(from: database) { try $0.kept() } }
            return Array(rows.sorted(by: StoredRow.wakesEarlier).prefix(limit))
        }
        let awake = try first(limit) { .awake(in: $0, upTo: now, limit: limit) }
        let left = limit - awake.count
        guard left > 0 else { return awake }
        return try awake + first(left) { .asleep(in: $0, beyond: max(now, latest), limit: left) }
    }
}

extension SessionFilter {
    /// Whether an index leads to the rows, in their order, so that none is walked that is not listed.
    var isByIndex: Bool {
        guard provider == nil && ending == nil && !isFailing else { return false }
        return user == nil || (project != nil && standing == nil)
    }
}

enum Listing {
    /// As many rows as asked for unless there are no more. In a list by the tokens' ends a row whose token does not unseal
    /// has no place, as it has no token that could end: it is passed over.
    static func rows(
        matching filter: SessionFilter, after: SessionKey?, limit: Int, from database: Database,
        _ row: (StoredRow) throws -> SessionRow
    ) throws -> [SessionRow] {
        var (filter, after) = (filter, after)
        var found: [SessionRow] = []
        while found.count < limit {
            let missing = limit - found.count
            let page = try SessionQuery.listing(filter, after: after, limit: missing).rows(from: database) {
                (tokenEnd: $0.tokenEnd, row: try row($0))
            }
            guard let ending = filter.ending else { return page.map(\.row) }
            found += page.map(\.row).filter { $0.token?.expiresAt != nil }
            guard page.count == missing, let last = page.last, let end = last.tokenEnd else { break }
            filter.ending = SessionFilter.Span(from: end, to: ending.end)
            after = last.row.key
        }
        return found
    }
}

/// The earliest time that a row of a project wakes; one index entry is read.
enum WakeQuery {
    static let sql = "SELECT min(wake_at) FROM session WHERE project = ? AND wake_at IS NOT NULL"

    static func earliest(in project: ProjectAlias, from database: Database) throws -> WallTime? {
        try Int64.fetchOne(database.cachedStatement(sql: sql), arguments: [project.rawValue])
            .map(WallTime.init(milliseconds:))
    }
}
