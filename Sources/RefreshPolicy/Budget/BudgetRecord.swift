// What is stored of a budget, so that a restart neither overspends a window nor forgets what was lost.

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

    package init(host: HostName, resetAt: WallTime, limit: Int, spent: Int, inFlight: Int) {
        self.host = host
        self.resetAt = resetAt
        self.limit = limit
        self.spent = spent
        self.inFlight = inFlight
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
