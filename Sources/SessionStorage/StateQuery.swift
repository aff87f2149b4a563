// What is kept beside the sessions, read back.

import GRDB
import RefreshEngine
import RefreshPolicy

enum StateQuery {
    static func counts(from database: Database) throws -> [StandingCount] {
        let lines = try Row.fetchAll(
            database,
            sql: "SELECT project, standing, count FROM standing_count WHERE count > 0 ORDER BY project, standing")
        return try lines.map { line in
            guard let project = String.fromDatabaseValue(line[0]).flatMap({ ProjectAlias($0) }),
                let standing = String.fromDatabaseValue(line[1]).flatMap(Standing.init(rawValue:)),
                let count = Int.fromDatabaseValue(line[2])
            else { throw UnreadableRow(key: nil, column: "standing_count") }
            return StandingCount(project: project, standing: standing, count: count)
        }
    }

    static func recall(from database: Database) throws -> StoredState {
        let meta = try Row.fetchOne(database, sql: "SELECT last_attempt, last_seen_at FROM meta")
        guard let meta, let lastAttempt = Int64.fromDatabaseValue(meta[0]) else {
            throw UnreadableRow(key: nil, column: "last_attempt")
        }
        return StoredState(
            budgets: try budgets(from: database), conditions: try conditions(from: database),
            lastAttempt: AttemptID(lastAttempt), marks: try marks(from: database), lastSeenAt: time(meta[1]))
    }

    private static func budgets(from database: Database) throws -> [BudgetRecord] {
        let lines = try Row.fetchAll(
            database,
            sql: "SELECT host, reset_at, spent_limit, spent, in_flight, clock_offset FROM budget ORDER BY host")
        return try lines.map { line in
            guard let host = String.fromDatabaseValue(line[0]), let resetAt = time(line[1]),
                let limit = Int.fromDatabaseValue(line[2]), let spent = Int.fromDatabaseValue(line[3]),
                let inFlight = Int.fromDatabaseValue(line[4])
            else { throw UnreadableRow(key: nil, column: "budget") }
            return BudgetRecord(
                host: HostName(host), resetAt: resetAt, limit: limit, spent: spent, inFlight: inFlight,
                clockOffset: Int64.fromDatabaseValue(line[5]).map(Duration.milliseconds))
        }
    }

    /// In the order in which they were stored.
    private static func conditions(from database: Database) throws -> [Condition] {
        let lines = try Row.fetchAll(
            database,
            sql: """
                SELECT scope, host, project, provider, cause, since_at, count, probe_at, obstacle FROM condition
                ORDER BY id
                """)
        return try lines.map { line in
            guard let scope = Condition.Scope(storedAs: line),
                let cause = String.fromDatabaseValue(line[4]).flatMap(Condition.Cause.init(rawValue:)),
                let since = time(line[5]), let count = Int.fromDatabaseValue(line[6])
            else { throw UnreadableRow(key: nil, column: "condition") }
            let word = String.fromDatabaseValue(line[8])
            let obstacle = word.flatMap(Obstacle.init(rawValue:))
            guard word == nil || obstacle != nil else { throw UnreadableRow(key: nil, column: "obstacle") }
            return Condition(
                scope: scope, cause: cause, since: since, count: count, probeAt: time(line[7]), obstacle: obstacle)
        }
    }

    private static func marks(from database: Database) throws -> [ProjectAlias: DiscoveryMark] {
        let lines = try Row.fetchAll(database, sql: "SELECT project, identities_up_to, walked_at FROM discovery")
        return try lines.reduce(into: [:]) { marks, line in
            guard let project = String.fromDatabaseValue(line[0]).flatMap({ ProjectAlias($0) }) else {
                throw UnreadableRow(key: nil, column: "discovery")
            }
            marks[project] = DiscoveryMark(
                identitiesUpTo: Int64.fromDatabaseValue(line[1]).map(ServerTime.init(milliseconds:)),
                walkedAt: time(line[2]))
        }
    }

    private static func time(_ value: DatabaseValue) -> WallTime? {
        Int64.fromDatabaseValue(value).map(WallTime.init(milliseconds:))
    }
}
