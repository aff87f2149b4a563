// A forecast as people read it: the hours, who goes without, and what would help.

import RefreshPolicy
import RefreshSimulation
import TokenAPI

struct PlanText {
    let forecast: Forecast
    let screen: Screen?

    /// More who go without are counted, not listed.
    private static let listed = 20

    var text: String {
        [heading, hours, misses, help].compactMap { $0 }.joined(separator: "\n")
    }

    private var heading: String {
        "Until \(TimeWords.moment(WireTime(forecast.end))), where nothing unforeseen happens and nobody comes or goes:\n"
    }

    private var hours: String? {
        guard !forecast.hours.isEmpty else { return nil }
        let columns = [
            Table.Column("HOUR FROM"), Table.Column("HOST", least: 12), Table.Column("CALLS"), Table.Column("NEEDED"),
            Table.Column("AVAILABLE"),
        ]
        return Table(
            columns,
            rows: forecast.hours.map { hour in
                [
                    TimeWords.moment(WireTime(hour.begin)), hour.host.rawValue, "\(hour.calls)", "\(hour.needed)",
                    hour.available.map(String.init) ?? "not limited",
                ]
            }
        ).text(on: screen)
    }

    private var misses: String? {
        guard !forecast.misses.isEmpty else { return "Every session that is kept has a token all the time.\n" }
        let columns = [
            Table.Column("NO TOKEN FROM"), Table.Column("FOR"), Table.Column("SESSION", least: 12),
            Table.Column("USER", least: 8), Table.Column("PROVIDER", least: 8), Table.Column("WHY"),
        ]
        let table = Table(
            columns,
            rows: forecast.misses.prefix(Self.listed).map { miss in
                [
                    TimeWords.moment(WireTime(miss.from)), TimeWords.short(Int(miss.lasts.wholeMilliseconds / 1000)),
                    miss.row.key.description, miss.row.user.rawValue, miss.row.provider.rawValue, miss.cause.rawValue,
                ]
            })
        let rest = forecast.misses.count - Self.listed
        return table.text(on: screen) + (rest > 0 ? "and \(rest) more, see --json\n" : "")
    }

    /// What would help, the most first.
    private var help: String? {
        var lines = forecast.budgets.compactMap { budget in
            budget.shortage.flatMap { ShortageWords.line(of: ShortageBody($0)) }.map { "\(budget.host): \($0).\n" }
        }
        if forecast.misses.contains(where: { $0.cause == .noCallLeft }) {
            lines.append("Without a dev key: keep fewer sessions, or say in `keep` rules when they are needed.\n")
        }
        let logins = forecast.misses.count { $0.cause == .needsLogin }
        if logins > 0 { lines.append("\(logins) of them come back when their users log in again.\n") }
        return lines.isEmpty ? nil : lines.joined()
    }
}
