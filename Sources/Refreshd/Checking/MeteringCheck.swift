// Checks whether Appwrite counts a project's calls, and what the running daemon found wrong. A check spends nothing, so
// whether a dev key is taken only the daemon's own refreshes tell: Appwrite ignores a wrong or expired one in silence,
// and shows it by nothing else.

import RefreshPolicy
import TokenAPI
import Vocabulary

/// A condition, as the daemon tells it or as its store has it.
struct NotedCondition: Hashable, Sendable {
    let cause: Condition.Cause
    /// Nil for a word of another version, too.
    let obstacle: Obstacle?
    let since: WireTime
    /// A host's name, a project's, or `project/provider`.
    let place: String

    init(_ condition: Condition) {
        cause = condition.cause
        obstacle = condition.obstacle
        since = WireTime(condition.since)
        place = condition.scope.description
    }

    /// Nil for a word of another version.
    init?(_ body: ConditionBody) {
        guard let cause = Condition.Cause(rawValue: body.cause) else { return nil }
        self.cause = cause
        obstacle = body.obstacle.flatMap(Obstacle.init(rawValue:))
        since = body.since
        place = body.scope.name
    }
}

struct MeteringCheck {
    let project: ProjectSettings
    let noted: [NotedCondition]
    let status: StatusBody?
    let waits: Waits
    let now: WallTime

    func run() -> Finding {
        let alias = project.alias.rawValue
        let term = DevKeyTerm(project)
        let isOver = term?.stage(at: now) == .over
        // A key that is over is why its calls are counted.
        if !isOver, let refuted = noted.first(where: { $0.cause == .meteredAfterAll && $0.place == alias }) {
            let what = project.devKey == nil ? "unmetered: true in the settings" : "the dev key"
            let found =
                "metered in spite of \(what): since \(TimeWords.moment(refuted.since)) Appwrite counts the calls"
            return .warning(.metering, found, refuted.cause.remedy)
        }
        if let words = term?.words(at: now) { return .warning(.metering, words, DevKeyTerm.remedy) }
        let rules = project.rules(at: now)
        switch rules.metering {
        case .metered:
            return .hint(.metering, "metered: \(capacity(of: rules.budget))", "get a dev key")
        case .unmetered where project.devKey == nil:
            return .fine(.metering, "by the settings, the server limits no calls (unmetered: true)")
        case .unmetered where status != nil:
            return .fine(.metering, "unmetered by a dev key: refreshd saw no call counted in spite of it")
        case .unmetered:
            let advice = "start refreshd: its first refreshes show it, and it tells"
            return .unseen(.metering, "whether Appwrite takes the dev key shows in refreshes only", advice)
        }
    }

    private func capacity(of budget: BudgetRules) -> String {
        let most = budget.mostKept(ofLife: .seconds(3600), waits: waits)
        guard most > 0 else { return "\(budget.limit) calls in \(DurationText.text(budget.window))" }
        return "at most \(most) one-hour \(most == 1 ? "token" : "tokens") fresh at once"
    }
}

/// What the daemon found wrong with more than one session, but for what other checks tell.
struct ConditionCheck {
    let noted: [NotedCondition]
    let projects: [ProjectAlias]

    func run() -> [Finding] {
        noted.filter { $0.cause != .meteredAfterAll && $0.cause != .budgetShort }.map { condition in
            let words =
                "\(Condition.words(condition.cause, condition.obstacle)) at \(condition.place.shown(limit: 200))"
            let found = "since \(TimeWords.moment(condition.since)), by what refreshd saw: \(words)"
            let remedy = condition.obstacle?.remedy ?? condition.cause.remedy
            let finding = Finding.warning(
                .conditions, found, remedy.isEmpty ? "it passes by itself, or is for the provider to mend" : remedy)
            let alias = condition.place.split(separator: "/").first.map(String.init)
            return projects.first { $0.rawValue == alias }.map(finding.of) ?? finding
        }
    }
}
