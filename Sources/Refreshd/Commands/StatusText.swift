// The daemon in a glance, in tables.

import TokenAPI
import Vocabulary

enum StatusText {
    static func text(of status: StatusBody, screen: Screen?) -> String {
        let age = TimeWords.short(status.now.time, since: status.startedAt.time)
        var parts = ["refreshd runs since \(TimeWords.moment(status.startedAt)), for \(age).\n"]
        if let failure = status.storeFailure {
            parts.append("The store fails: tokens are served on, nothing is refreshed. \(failure.shown(limit: 1000))\n")
        }
        parts.append(hosts(of: status).text(on: screen))
        if let shortages = shortages(of: status) { parts.append(shortages) }
        if let conditions = conditions(of: status) { parts.append(conditions.text(on: screen)) }
        parts.append(sessions(of: status).text(on: screen))
        if let next = status.nextWakeAt {
            let wait = TimeWords.short(next.time, since: status.now.time)
            parts.append("The next session is looked at in \(wait).\n")
        }
        return parts.joined(separator: "\n")
    }

    static func hosts(of status: StatusBody) -> Table {
        let columns = [Table.Column("HOST", least: 16), Table.Column("CALLS LEFT"), Table.Column("NEXT WINDOW")]
        return Table(
            columns,
            rows: status.hosts.map { host in
                guard host.metering == "metered" else { return [host.name, "not limited", "-"] }
                return [
                    host.name, "\(host.remaining) of \(host.limit)",
                    host.resetIn > 0 ? "in \(TimeWords.short(host.resetIn))" : "now",
                ]
            })
    }

    /// A line for each host whose calls do not suffice for all.
    static func shortages(of status: StatusBody) -> String? {
        let lines = status.hosts.compactMap { host in
            host.shortage.flatMap(ShortageWords.line).map { "\(host.name.shown()): \($0).\n" }
        }
        return lines.isEmpty ? nil : lines.joined()
    }

    static func conditions(of status: StatusBody) -> Table? {
        guard !status.conditions.isEmpty else { return nil }
        let columns = [
            Table.Column("SINCE"), Table.Column("WHERE", least: 12),
            Table.Column("WHAT", least: 16, tone: { _ in .warning }),
            Table.Column("NEXT TRY"),
        ]
        return Table(
            columns,
            rows: status.conditions.map { condition in
                let wait = condition.probeAt?.seconds(from: status.now.time)
                return [
                    TimeWords.moment(condition.since), condition.scope.name, condition.words,
                    wait.map { $0 > 0 ? "in \(TimeWords.short($0))" : "now" } ?? "-",
                ]
            })
    }

    /// A project without sessions is shown too: that there are none is news.
    static func sessions(of status: StatusBody) -> Table {
        let columns = [
            Table.Column("PROJECT", least: 12), Table.Column("STANDING", tone: Tone.ofStanding),
            Table.Column("SESSIONS"),
        ]
        let rows = status.projects.flatMap { project in
            let counts = status.counts.filter { $0.project == project && $0.count > 0 }
            return counts.isEmpty
                ? [[project, "-", "0"]] : counts.map { [project, $0.standing, "\($0.count)"] }
        }
        return Table(columns, rows: rows)
    }
}
