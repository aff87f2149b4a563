// Other settings in the middle of a trial: margins, reserves, keep rules and metering, and a project that leaves and
// comes back.

import AppwriteModel
import RefreshPolicy

extension Trial {
    /// A third of the time they are again as they were at first.
    mutating func changeSettings() {
        guard stage.isRunning else { return }
        var rules = world.rules
        if chance(67, &dice) {
            var (projects, waits) = (rules.projects, rules.waits)
            waits.margin = .seconds(Int.random(in: 30...900, using: &dice))
            waits.marginWhenTight = min(waits.marginWhenTight, waits.margin)
            var budget = BudgetRules()
            budget.reserve = Int.random(in: 0...4, using: &dice)
            for index in projects.indices {
                projects[index].budget = budget
                projects[index].pace.maxPerSecond = Int.random(in: 1...40, using: &dice)
                if chance(30, &dice) { projects[index].keepRules = [] }
                if chance(20, &dice) {
                    let rule = KeepRule(user: NamePattern("*u1"), provider: nil, keeping: .always)
                    projects[index].keepRules.insert(rule, at: 0)
                }
                if chance(15, &dice) { projects[index].metering = Bool.random(using: &dice) ? .metered : .unmetered }
            }
            if projects.count > 1 && chance(40, &dice) { projects.remove(at: Int.random(in: 0..<2, using: &dice)) }
            rules = Rules(projects: projects, waits: waits)
        }
        note("settings change; projects: \(rules.projects.map(\.alias.rawValue).joined(separator: ", "))")
        for project in rules.projects
        where project.metering == .unmetered && stage.machine.rules.project(project.alias)?.metering != .unmetered {
            stage.book.takenAtItsWord(project.alias)
        }
        stage.take(.reloaded(rules))
    }

    /// Whether the settings name the project now.
    func isServed(_ project: ProjectAlias) -> Bool { stage.machine.rules.project(project) != nil }
}
