// What each change does to the tables. All statements bind what they are given: no value, ours or foreign, is ever
// part of one's text.

import Foundation
import GRDB
import RefreshPolicy

struct ChangeWriter {
    let database: Database
    let sealer: Sealer
    let known: KnownRows

    func write(_ change: Change) throws {
        switch change {
        case .put(let row): try write(row)
        case .remove(let key): try run(Self.remove, [key.project.rawValue, key.session.rawValue])
        case .budget(let record): try write(record)
        case .attempts(let attempt): try run(Self.attempts, [attempt.number])
        case .discovery(let project, let step): try write(step, in: project)
        case .read(let grant, let times, let time): try write(times, readsOf: grant, at: time)
        case .condition(let condition): try write(condition)
        case .conditionOver(let scope, let cause): try remove(cause, of: scope)
        case .shift(let step): try shift(by: step)
        case .seen(let time): try run(Self.seen, [time.milliseconds])
        }
        known.follow(change)
    }

    private func run(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    private func write(_ row: SessionRow) throws {
        guard let stored = known[row.key] else {
            return try run(Self.put, try arguments(SessionColumn.allCases, of: row))
        }
        let groups = ColumnGroups(from: stored, to: row)
        guard !groups.isEmpty else { return }
        let update = RowUpdate.of(groups)
        try run(update.sql, try arguments(update.columns, of: row))
    }

    private func arguments(_ columns: [SessionColumn], of row: SessionRow) throws -> StatementArguments {
        // As optionals: others are taken through a key path, which costs more than to bind them.
        let values: [(any DatabaseValueConvertible)?] = try row.values(of: columns, sealedBy: sealer)
        return StatementArguments(values)
    }

    /// All columns of a row that is there are replaced; it keeps its place in the file.
    private static let put: String = {
        let names = SessionColumn.allCases.map(\.name)
        let key = [SessionColumn.project, .sessionID].map(\.name)
        return """
            INSERT INTO session (\(names.joined(separator: ", ")))
            VALUES (\(names.map { _ in "?" }.joined(separator: ", ")))
            ON CONFLICT (project, session_id) DO UPDATE
            SET \(names.filter { !key.contains($0) }.map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
            """
    }()

    private static let remove = "DELETE FROM session WHERE project = ? AND session_id = ?"

    /// Never lower: a number that was given out is not given out again.
    private static let attempts = "UPDATE meta SET last_attempt = max(last_attempt, ?)"

    private static let seen = "UPDATE meta SET last_seen_at = ?"

    private func write(_ record: BudgetRecord) throws {
        try run(
            """
            INSERT INTO budget (host, reset_at, spent_limit, spent, in_flight, clock_offset) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (host) DO UPDATE SET reset_at = excluded.reset_at, spent_limit = excluded.spent_limit,
                spent = excluded.spent, in_flight = excluded.in_flight, clock_offset = excluded.clock_offset
            """,
            [
                record.host.rawValue, record.resetAt.milliseconds, record.limit, record.spent, record.inFlight,
                record.clockOffset?.wholeMilliseconds,
            ])
    }

    private func write(_ step: DiscoveryStep, in project: ProjectAlias) throws {
        switch step {
        case .identities(let upTo):
            try run(
                """
                INSERT INTO discovery (project, identities_up_to) VALUES (?, ?)
                ON CONFLICT (project) DO UPDATE SET identities_up_to = excluded.identities_up_to
                """,
                [project.rawValue, upTo.milliseconds])
        case .walked(let time):
            try run(
                """
                INSERT INTO discovery (project, walked_at) VALUES (?, ?)
                ON CONFLICT (project) DO UPDATE SET walked_at = excluded.walked_at
                """,
                [project.rawValue, time.milliseconds])
        }
    }

    /// The grant's heat grows, and the priorities of its rows with it. The sum is the policy's own: SQLite has none.
    private func write(_ times: Int, readsOf grant: Grant, at time: WallTime) throws {
        let place: StatementArguments = [
            grant.project.rawValue, grant.user.rawValue, grant.provider.rawValue, grant.providerUID.foreignBytes,
        ]
        let lines = try Row.fetchAll(database.cachedStatement(sql: Self.sessionsOfGrant), arguments: place)
        guard !lines.isEmpty else { return }
        let old = try Int64.fetchOne(database.cachedStatement(sql: Self.heatOfGrant), arguments: place).map(Heat.init)
        let heat = Heat(reads: times, at: time)
        let new = old.map { $0.adding(heat) } ?? heat
        try run(Self.heatUp, place + [new.asOneReadAt.milliseconds, time.milliseconds])
        for line in lines {
            guard let priority = Int64.fromDatabaseValue(line[1]) else { continue }
            guard let period = Int64.fromDatabaseValue(line[2]), let foundAt = Int64.fromDatabaseValue(line[3]) else {
                throw UnreadableRow(key: nil, column: SessionColumn.period.name)
            }
            var claim = Claim(priority: Heat(priority), period: .milliseconds(period))
            claim.warm(from: old ?? Heat(foundAt), to: new)
            try run(Self.warm, [claim.priority.asOneReadAt.milliseconds, line[0]])
        }
    }

    private static let sessionsOfGrant = """
        SELECT id, priority, period, found_at FROM session
        WHERE project = ? AND user_id = ? AND provider = ? AND provider_uid = ?
        """

    private static let heatOfGrant = """
        SELECT heat FROM demand WHERE project = ? AND user_id = ? AND provider = ? AND provider_uid = ?
        """

    private static let heatUp = """
        INSERT INTO demand (project, user_id, provider, provider_uid, heat, last_read_at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (project, user_id, provider, provider_uid) DO UPDATE
        SET heat = excluded.heat, last_read_at = excluded.last_read_at
        """

    private static let warm = "UPDATE session SET priority = ? WHERE id = ?"

    /// One that is stored again is the last again.
    private func write(_ condition: Condition) throws {
        try run(
            """
            INSERT OR REPLACE INTO condition
                (scope, host, project, provider, cause, since_at, count, probe_at, obstacle)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            StatementArguments(
                condition.scope.columnValues + [
                    condition.cause.rawValue.databaseValue, condition.since.milliseconds.databaseValue,
                    condition.count.databaseValue, condition.probeAt.databaseValue,
                    condition.obstacle?.rawValue.databaseValue ?? .null,
                ]))
    }

    private func remove(_ cause: Condition.Cause, of scope: Condition.Scope) throws {
        try run(
            "DELETE FROM condition WHERE scope = ? AND host = ? AND project = ? AND provider = ? AND cause = ?",
            StatementArguments(scope.columnValues + [cause.rawValue.databaseValue]))
    }

    /// Moves every time of ours. Rare (the clock was stepped), so that walking the whole table is no loss.
    private func shift(by step: Duration) throws {
        let sessionTimes = SessionColumn.allCases.filter(\.isTime).map(\.name)
        let tables = [
            ("session", sessionTimes), ("demand", ["last_read_at", "heat"]), ("budget", ["reset_at"]),
            ("condition", ["since_at", "probe_at"]), ("discovery", ["walked_at"]), ("meta", ["last_seen_at"]),
        ]
        for (table, times) in tables {
            let moved = times.map { "\($0) = \(Self.moved($0))" }.joined(separator: ", ")
            try run(
                "UPDATE \(table) SET \(moved)",
                ["step": step.wholeMilliseconds, "end": Self.end(of: step).milliseconds])
        }
        try run(
            "UPDATE session SET episodes = \(StoredEpisodes.moved.name)(episodes, ?) WHERE episodes IS NOT NULL",
            [step.wholeMilliseconds])
        // What a host's clock adds to ours goes the other way.
        try run("UPDATE budget SET clock_offset = coalesce(clock_offset, 0) - ?", [step.wholeMilliseconds])
    }

    /// SQLite turns an integer that overflows into a float: there, the end of time that `WallTime` stops at is taken.
    private static func moved(_ column: String) -> String {
        "CASE typeof(\(column) + :step) WHEN 'real' THEN :end ELSE \(column) + :step END"
    }

    private static func end(of step: Duration) -> WallTime {
        WallTime(milliseconds: step < .zero ? .min : .max) + step
    }
}

extension Heat {
    fileprivate init(_ milliseconds: Int64) {
        self.init(asOneReadAt: WallTime(milliseconds: milliseconds))
    }
}
