// What is stored of a host: its budget, so that a restart neither overspends a window nor forgets what was lost; and
// its clock, so that the next run can tell how long this machine was away.

/// One host name's window, as it is charged before each call (law 6).
package struct BudgetRecord: Hashable, Sendable {
    package let host: HostName
    /// When the window ends, by this machine's clock.
    package var resetAt: WallTime
    /// Calls that the window allows.
    package var limit: Int
    /// Calls known or feared to be counted in it, others' and our own, answered or not.
    package var spent: Int
    /// How many of these have not been answered.
    package var inFlight: Int
    /// What to add to this machine's time to get the host's; nil before its clock was first heard.
    package var clockOffset: Duration?

    package init(
        host: HostName, resetAt: WallTime, limit: Int, spent: Int, inFlight: Int, clockOffset: Duration? = nil
    ) {
        self.host = host
        self.resetAt = resetAt
        self.limit = limit
        self.spent = spent
        self.inFlight = inFlight
        self.clockOffset = clockOffset
    }

    /// Our clock was stepped: the window ends when it would have ended, and the host's clock is what it was. One that
    /// was never heard is taken to have been in step with ours.
    package func stepped(by step: Duration) -> BudgetRecord {
        var record = self
        record.resetAt = resetAt + step
        record.clockOffset = (clockOffset ?? .zero) - step
        return record
    }
}

/// The host name of an endpoint, lower case, without port: Appwrite counts by it.
package struct HostName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue.lowercased()
    }

    package var description: String { rawValue }
    package static func < (left: HostName, right: HostName) -> Bool { left.rawValue < right.rawValue }
}
