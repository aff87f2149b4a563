// Checks whether a host's calls suffice for the grants that are to be kept fresh: as the running daemon counts them; and
// where none runs, by its scheduler, run ahead over the sessions that were found.

import RefreshPolicy
import RefreshSimulation
import TokenAPI

struct ForecastCheck {
    let rules: Rules
    let rows: [SessionRow]
    let status: StatusBody?
    let now: WallTime

    func run() -> [Finding] {
        rules.hosts.compactMap { host in
            let projects = rules.projects.filter { $0.host == host }
            guard projects.contains(where: { $0.metering == .metered }), let shortage = shortage(of: host) else {
                return nil
            }
            let finding = Self.finding(for: shortage, at: host)
            return projects.count == 1 ? finding.of(projects[0].alias) : finding
        }
    }

    private func shortage(of host: HostName) -> ShortageBody? {
        // A daemon that has just started has counted nobody yet.
        if let told = status?.hosts.first(where: { $0.name == host.rawValue })?.shortage, told.kept + told.notKept > 0 {
            return told
        }
        let aliases = rules.projects.filter { $0.host == host }.map(\.alias)
        let own = rows.filter { aliases.contains($0.key.project) }
        guard !own.isEmpty else { return nil }
        let forecast = Forecast(Forecast.Present(rules: rules, rows: own, budgets: [], now: now), hours: 1)
        return forecast.budgets.first { $0.host == host }?.shortage.map { ShortageBody($0) }
    }

    private static func finding(for shortage: ShortageBody, at host: HostName) -> Finding {
        if let line = ShortageWords.line(of: shortage) {
            let advice = "or say by keep rules in the settings who goes first; \"refreshd plan\" names who goes without"
            return .warning(.forecast, "\(host): \(line)", advice)
        }
        return .fine(.forecast, "\(host): \(ShortageWords.plenty(of: shortage))")
    }
}
