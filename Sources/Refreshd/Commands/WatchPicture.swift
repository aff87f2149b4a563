// One picture of the daemon at work, made to fit the terminal: what does not is left away from the bottom up, and no line
// is broken.

import RefreshPolicy
import TokenAPI
import Vocabulary

struct WatchPicture {
    let outlook: OutlookBody
    /// Why there is nothing newer.
    let trouble: String?

    /// Sessions in the table of what is next, and conditions, where there is room for more.
    private static let mostNext = 8
    private static let mostConditions = 6

    private var status: StatusBody { outlook.status }

    func lines(on screen: Screen) -> [String] {
        var lines = [cut(heading, screen)]
        lines.append(cut(Self.counts(of: status), screen))
        add(StatusText.hosts(of: status).text(on: screen), to: &lines)
        if let shortages = StatusText.shortages(of: status) {
            lines += shortages.split(separator: "\n").map { cut(String($0), screen) }
        }
        if let conditions = StatusText.conditions(of: status) {
            add(conditions.text(on: screen), to: &lines, most: Self.mostConditions)
        }
        add(next(screen), to: &lines, most: Self.mostNext)
        addEvents(to: &lines, screen)
        return Array(lines.prefix(screen.rows))
    }

    private var heading: String {
        let time = TimeWords.moment(status.now)
        guard let trouble else {
            let age = TimeWords.short(status.now.time, since: status.startedAt.time)
            return "refreshd, for \(age)   \(time)   Ctrl-C ends"
        }
        return "as of \(time): \(trouble)"
    }

    /// All that a change of is worth a line: standings, what is wrong, calls.
    static func summary(of status: StatusBody) -> String {
        var parts = [counts(of: status)]
        parts += status.conditions.map { "\($0.words) at \($0.scope.name)".shown() }
        parts += status.hosts.filter { $0.metering == "metered" }.map {
            "\($0.name.shown()): \($0.remaining) of \($0.limit) calls left"
        }
        return parts.joined(separator: "; ")
    }

    private static func counts(of status: StatusBody) -> String {
        let stands = Standing.allCases.compactMap { standing -> String? in
            let count = status.counts.filter { $0.standing == standing.rawValue }.map(\.count).reduce(0, +)
            return count == 0 ? nil : "\(count) \(standing.rawValue)"
        }
        return stands.isEmpty ? "no sessions yet" : stands.joined(separator: ", ")
    }

    private func next(_ screen: Screen) -> String {
        let columns = [
            Table.Column("NEXT"), Table.Column("SESSION", least: 12), Table.Column("USER", least: 8),
            Table.Column("PROVIDER", least: 6), Table.Column("STANDING", tone: Tone.ofStanding),
            Table.Column("WHAT", least: 7),
        ]
        guard !outlook.next.isEmpty else { return "" }
        return Table(
            columns,
            rows: outlook.next.map { upcoming in
                let wait = upcoming.at?.seconds(from: status.now.time)
                return [
                    wait.map { $0 > 0 ? "in \(TimeWords.short($0))" : "now" } ?? "-",
                    "\(upcoming.project)/\(upcoming.sessionID)", upcoming.userID, upcoming.provider,
                    upcoming.standing, upcoming.what,
                ]
            }
        ).text(on: screen)
    }

    /// As many of the last as there is room for, and not more than are remembered.
    private func addEvents(to lines: inout [String], _ screen: Screen) {
        let room = screen.rows - lines.count - 1
        guard room > 0, !outlook.events.isEmpty else { return }
        lines.append("")
        for event in outlook.events.suffix(room) {
            let line = cut("\(TimeWords.timeOfDay(event.at.time)) \(event.text)", screen)
            lines.append(event.level == "warning" && screen.hasColours ? Tone.warning.painted(line) : line)
        }
    }

    /// A table, behind an empty line; `most` lines below its heading.
    private func add(_ table: String, to lines: inout [String], most: Int = .max) {
        let rows = table.split(separator: "\n").map(String.init)
        guard !rows.isEmpty else { return }
        lines.append("")
        lines += rows.prefix(most == .max ? rows.count : most + 1)
        if rows.count - 1 > most { lines.append("and \(rows.count - 1 - most) more") }
    }

    private func cut(_ text: String, _ screen: Screen) -> String {
        let line = text.shown(limit: 2000)
        return line.count > screen.columns ? line.prefix(max(0, screen.columns - 1)) + "…" : line
    }
}
