// What is wrong with more than one session, as operators see it.

package import RefreshPolicy

/// One condition: it stands in the status from its begin to its end.
package struct ConditionBody: Codable, Hashable, Sendable {
    package let scope: Scope
    /// The words of `Condition.Cause`, such as "provider failing".
    package let cause: String
    /// Of "Appwrite not reached", what is in the way: the words of `Obstacle`, such as "connection refused".
    package let obstacle: String?
    /// When the first of its failures was; where it had another cause before, when the cause changed.
    package let since: WireTime
    /// Of "calls do not suffice", the grants that are not kept; of "others use the same limit", the calls of others in
    /// this window; of "answers without rate limit headers", those answers in a row; of "calls are counted after all",
    /// always 1; of all others, the calls that failed so far.
    package let count: Int
    /// When one call finds out whether it still holds; absent where it holds no calls back.
    package let probeAt: WireTime?

    /// What it belongs to.
    package struct Scope: Codable, Hashable, Sendable {
        /// "host", "project" or "lane", which is one provider of a project.
        package let kind: String
        /// The host's name, the settings' name of the project, or `project/provider`.
        package let name: String

        package init(_ scope: Condition.Scope) {
            kind =
                switch scope {
                case .host: "host"
                case .project: "project"
                case .lane: "lane"
                }
            name = scope.description
        }
    }

    /// Such as `Appwrite not reached (connection refused)`.
    package var words: String {
        cause + (obstacle.map { " (\($0))" } ?? "")
    }

    package init(_ condition: Condition) {
        scope = Scope(condition.scope)
        cause = condition.cause.rawValue
        obstacle = condition.obstacle?.rawValue
        since = WireTime(condition.since)
        count = condition.count
        probeAt = WireTime(condition.probeAt)
    }

    private enum CodingKeys: String, CodingKey {
        case scope
        case cause
        case obstacle
        case since
        case count
        case probeAt = "probe_at"
    }
}
