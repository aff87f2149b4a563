// The daemon's work as it goes, as operators watch it.

package import RefreshEngine

/// The body of `GET /v1/outlook`.
package struct OutlookBody: Codable, Hashable, Sendable {
    package let status: StatusBody
    /// First those that want a call now, then those whose time comes next.
    package let next: [Upcoming]
    /// The last lines of the log, the oldest first.
    package let events: [Event]

    package struct Upcoming: Codable, Hashable, Sendable {
        package let project: String
        package let sessionID: String
        package let userID: String
        package let provider: String
        package let standing: String
        /// The words of `NextStep.Kind`.
        package let what: String
        /// Absent where no time is known.
        package let at: WireTime?

        private enum CodingKeys: String, CodingKey {
            case project
            case sessionID = "session_id"
            case userID = "user_id"
            case provider
            case standing
            case what
            case at
        }
    }

    package struct Event: Codable, Hashable, Sendable {
        package let at: WireTime
        /// "notice" or "warning".
        package let level: String
        package let text: String
    }

    package init(_ outlook: Outlook, _ status: EngineStatus) {
        self.status = StatusBody(status)
        next = outlook.next.map {
            Upcoming(
                project: $0.row.key.project.rawValue, sessionID: $0.row.key.session.rawValue,
                userID: $0.row.user.rawValue, provider: $0.row.provider.rawValue,
                standing: $0.row.standing.rawValue, what: $0.step.kind.rawValue, at: WireTime($0.step.at))
        }
        events = outlook.latest.map {
            Event(at: WireTime($0.at), level: $0.isWarning ? "warning" : "notice", text: $0.text)
        }
    }
}
