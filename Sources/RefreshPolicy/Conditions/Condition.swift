// Law 12: many failures alike are one condition. It belongs to a host, a project, or a lane; it is said when it begins,
// when its cause changes and when it ends; and while it lasts, one call at a time finds out whether it still does.

/// What is wrong with more than one session.
package struct Condition: Hashable, Sendable {
    package enum Scope: Hashable, Sendable, CustomStringConvertible {
        case host(HostName)
        case project(ProjectAlias)
        case lane(Lane)

        package var description: String {
            switch self {
            case .host(let host): host.description
            case .project(let project): project.description
            case .lane(let lane): lane.description
            }
        }
    }

    package enum Cause: String, Hashable, CaseIterable, Sendable {
        // Of a lane.
        case providerFailing = "provider failing"
        case providerThrottling = "provider's own limit reached"
        case emptyAnswers = "provider answers with empty tokens"
        case clientRefused = "provider refuses the project's client id or secret"
        case grantsRefused = "provider refuses every refresh token"
        case providerUnsupported = "provider not supported by this Appwrite"
        // Of a project.
        case unreachable = "Appwrite not reached"
        case serverFailing = "Appwrite failing"
        case notUnderstood = "answers are not Appwrite's"
        case keyRefused = "API key refused"
        case keyMayNotMint = "API key may not make JWTs"
        case projectUnknown = "project unknown"
        case serviceDisabled = "service switched off in the project"
        case loginsRefused = "every session secret refused"
        /// Taken for unmetered by the settings, and metered all the same.
        case meteredAfterAll = "calls are counted after all"
        // Of a host.
        case budgetShort = "calls do not suffice"
        case callsOfOthers = "others use the same limit"
        case noRateHeaders = "answers without rate limit headers"
    }

    package let scope: Scope
    package let cause: Cause
    /// What is in the way, where Appwrite is not reached.
    package let obstacle: Obstacle?
    package let since: WallTime
    /// How many failures, grants or calls it is about, as its cause has it.
    package var count: Int
    /// When one call will find out; nil where no call is held.
    package var probeAt: WallTime?

    package init(
        scope: Scope, cause: Cause, since: WallTime, count: Int, probeAt: WallTime? = nil, obstacle: Obstacle? = nil
    ) {
        self.scope = scope
        self.cause = cause
        self.obstacle = obstacle
        self.since = since
        self.count = count
        self.probeAt = probeAt
    }

    /// Such as `Appwrite not reached (connection refused)`.
    package var words: String { Self.words(cause, obstacle) }

    package static func words(_ cause: Cause, _ obstacle: Obstacle?) -> String {
        cause.rawValue + (obstacle.map { " (\($0.rawValue))" } ?? "")
    }

    package func stepped(by step: Duration) -> Condition {
        Condition(
            scope: scope, cause: cause, since: since + step, count: count, probeAt: probeAt.map { $0 + step },
            obstacle: obstacle)
    }
}

/// What there is to say of a condition.
package enum ConditionNews: Hashable, Sendable {
    case began(Condition)
    /// It has another cause now, or another obstacle.
    case changed(Condition, from: Condition)
    case ended(Condition)
}
