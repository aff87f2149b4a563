// What several projects must not say of one thing: Appwrite counts by host name, so projects on one host share its
// budget and must agree on it, and one project is not set up twice.

import RefreshPolicy
import Vocabulary

enum ProjectAgreement {
    /// Tells each project that contradicts one before it, in the order of the file.
    static func check(_ projects: [(settings: ProjectSettings, section: SettingsSection)]) {
        for (index, later) in projects.enumerated() {
            let earlier = projects[..<index]
            if let twin = earlier.first(where: { $0.settings.isSameProject(as: later.settings) }) {
                let sentence = """
                    This is the same Appwrite project as \(twin.settings.alias): its sessions would be refreshed \
                    twice. Keep one of the two.
                    """
                later.section.tell(.refused(sentence), at: "project")
            }
            if let neighbour = earlier.first(where: { $0.settings.rules.host == later.settings.rules.host }) {
                compare(later.settings, with: neighbour.settings, telling: later.section)
            }
        }
    }

    private static func compare(
        _ later: ProjectSettings, with neighbour: ProjectSettings, telling section: SettingsSection
    ) {
        let host = later.rules.host.rawValue.shown(limit: 80)
        if later.rules.budget != neighbour.rules.budget {
            let sentence = """
                \(neighbour.alias) is on the same host, \(host), and Appwrite counts by host name: both need the same \
                budget. Here it is \(words(later.rules.budget)); there \(words(neighbour.rules.budget)).
                """
            section.tell(.refused(sentence), at: "budget")
        }
        if later.rules.pace != neighbour.rules.pace {
            let sentence = """
                \(neighbour.alias) is on the same host, \(host): both need the same pace. Here it is \
                \(words(later.rules.pace)); there \(words(neighbour.rules.pace)).
                """
            section.tell(.refused(sentence), at: "pace")
        }
        compareRoutes(later, with: neighbour, telling: section, host: host)
    }

    /// Appwrite counts by the caller's address too, and there is one budget for a host.
    private static func compareRoutes(
        _ later: ProjectSettings, with neighbour: ProjectSettings, telling section: SettingsSection, host: String
    ) {
        guard later.route.proxy != neighbour.route.proxy || later.route.ipVersion != neighbour.route.ipVersion else {
            return
        }
        let sentence = """
            \(neighbour.alias) is on the same host, \(host), and Appwrite counts by the address that calls come from: \
            both need the same way there. Here it is \(words(later.route)); there \(words(neighbour.route)).
            """
        section.tell(.refused(sentence), at: "proxy", "ipVersion")
    }

    private static func words(_ route: RouteSettings) -> String {
        route.proxy.map { "proxy \($0)" } ?? "ipVersion \(route.ipVersion.rawValue), without a proxy"
    }

    private static func words(_ budget: BudgetRules) -> String {
        "limit \(budget.limit), window \(DurationText.text(budget.window)), reserve \(budget.reserve), "
            + "openingDelay \(DurationText.text(budget.openingDelay))"
    }

    private static func words(_ pace: Pace) -> String {
        "maxPerSecond \(pace.maxPerSecond), maxInFlight \(pace.maxInFlight)"
    }
}

extension ProjectSettings {
    fileprivate func isSameProject(as other: ProjectSettings) -> Bool {
        endpoint == other.endpoint && project == other.project
    }
}
