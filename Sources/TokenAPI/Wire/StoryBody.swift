// What a session's fate hangs on, as operators see it.

package import RefreshEngine
package import RefreshPolicy

/// The part of a session's body that tells why it stands as it does, and what comes next.
package struct StoryBody: Codable, Hashable, Sendable {
    /// By the daemon's clock.
    package let now: WireTime
    package let next: Next
    /// "used", "always", or a time of each day such as "03:00 for 45m", by the settings' rules; absent where the project
    /// is not in the settings.
    package let kept: String?
    /// Reads an hour, if they go on as they have been; absent where nobody read it.
    package let readsPerHour: Double?
    /// The budget of its host; absent where the project is not in the settings.
    package let host: StatusBody.Host?
    /// What is wrong with its host, its project or its provider.
    package let conditions: [ConditionBody]
    /// What became of it, the latest first; outcomes in a row that were alike are one.
    package let outcomes: [Outcome]

    /// What refreshd does next with it, if nothing comes in between.
    package struct Next: Codable, Hashable, Sendable {
        /// The words of `NextStep.Kind`, such as "refresh".
        package let what: String
        /// Absent where no time is known.
        package let at: WireTime?
    }

    package struct Outcome: Codable, Hashable, Sendable {
        /// The words of `Reason`.
        package let reason: String
        package let times: Int
        package let first: WireTime
        package let last: WireTime
    }

    package init(_ story: SessionStory, now: WallTime) {
        self.now = WireTime(now)
        next = Next(what: story.next.kind.rawValue, at: WireTime(story.next.at))
        kept = story.keeping.map(Self.words)
        readsPerHour = story.readsPerHour.map { Double($0) / 1000 }
        host = story.host.map { StatusBody.Host($0, now: now) }
        conditions = story.conditions.map(ConditionBody.init)
        outcomes = story.row.episodes.reversed().map {
            Outcome(
                reason: $0.reason.description, times: $0.times, first: WireTime($0.first), last: WireTime($0.last))
        }
    }

    /// In the form of the settings.
    private static func words(_ keeping: Keeping) -> String {
        switch keeping {
        case .used: return Keep.used.rawValue
        case .always: return Keep.always.rawValue
        case .daily(let span):
            let minutes = span.start.wholeMilliseconds / 60_000
            let (hour, minute) = (minutes / 60, minutes % 60)
            let length = span.length.wholeMilliseconds / 60_000
            return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute) for \(length)m"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case now
        case next
        case kept
        case readsPerHour = "reads_per_hour"
        case host
        case conditions
        case outcomes
    }
}
