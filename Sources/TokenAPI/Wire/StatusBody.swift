// The daemon in a glance, as operators see it.

package import RefreshEngine
import RefreshPolicy

/// The body of `GET /v1/status`.
package struct StatusBody: Codable, Hashable, Sendable {
    package let now: WireTime
    package let startedAt: WireTime
    package let projects: [String]
    package let counts: [Count]
    package let hosts: [Host]
    /// What is wrong with more than one session, hosts first; empty when all is well.
    package let conditions: [ConditionBody]
    /// Why nothing can be stored, in words; absent while the store works.
    package let storeFailure: String?
    /// When the next session is due to be looked at; absent when none is.
    package let nextWakeAt: WireTime?

    /// How many sessions of a project stand so.
    package struct Count: Codable, Hashable, Sendable {
        package let project: String
        package let standing: String
        package let count: Int
    }

    /// The budget of one Appwrite host.
    package struct Host: Codable, Hashable, Sendable {
        package let name: String
        /// The words of `Metering`: "metered" or "unmetered".
        package let metering: String
        package let limit: Int
        /// Calls that may still be made in the window.
        package let remaining: Int
        package let resetAt: WireTime
        /// Whole seconds until then; zero when it has passed.
        package let resetIn: Int
        /// Whom its calls suffice for; absent where calls are not counted, and in the first moments of a run.
        package let shortage: ShortageBody?

        init(_ host: EngineStatus.Host, now: WallTime) {
            name = host.name.rawValue
            metering = host.metering.rawValue
            limit = host.limit
            remaining = host.remaining
            resetAt = WireTime(host.resetAt)
            resetIn = resetAt.seconds(from: now)
            shortage = host.shortage.map(ShortageBody.init)
        }

        private enum CodingKeys: String, CodingKey {
            case name
            case metering
            case limit
            case remaining
            case resetAt = "reset_at"
            case resetIn = "reset_in"
            case shortage
        }
    }

    package init(_ status: EngineStatus) {
        now = WireTime(status.now)
        startedAt = WireTime(status.startedAt)
        projects = status.projects.map(\.rawValue)
        counts = status.counts.map {
            Count(project: $0.project.rawValue, standing: $0.standing.rawValue, count: $0.count)
        }
        hosts = status.hosts.map { Host($0, now: status.now) }
        conditions = status.conditions.map(ConditionBody.init)
        storeFailure = status.storeFailure?.words
        nextWakeAt = WireTime(status.nextWakeAt)
    }

    private enum CodingKeys: String, CodingKey {
        case now
        case startedAt = "started_at"
        case projects
        case counts
        case hosts
        case conditions
        case storeFailure = "store_failure"
        case nextWakeAt = "next_wake_at"
    }
}
