// When each project's next call may be made, for readers that do not come to the loop.

import RefreshPolicy
import Synchronization

final class CallBoard: Sendable {
    private let nextCallAt = Mutex<[ProjectAlias: WallTime]>([:])

    func post(_ budgets: [BudgetView], of rules: Rules) {
        var times: [ProjectAlias: WallTime] = [:]
        for project in rules.projects {
            times[project.alias] = budgets.first { $0.host == project.host }?.nextCallAt
        }
        nextCallAt.withLock { $0 = times }
    }

    /// Nil before the loop has begun.
    func nextCall(for project: ProjectAlias) -> WallTime? {
        nextCallAt.withLock { $0[project] }
    }
}
