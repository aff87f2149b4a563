// Whom the calls of one Appwrite host suffice for, as operators see it.

package import RefreshPolicy

/// What all grants that are to be kept fresh ask of a host, and what it gives.
package struct ShortageBody: Codable, Hashable, Sendable {
    /// Grants that are kept fresh.
    package let kept: Int
    /// Grants that the calls do not suffice for: they are renewed when they are read. Zero where calls suffice. No more
    /// than a thousand grants are counted, kept ones included.
    package let notKept: Int
    /// Calls an hour that all of them together need, with up to three decimals, such as 15.344.
    package let neededPerHour: Double
    /// Calls an hour that there are, with up to three decimals; where they do not suffice, less the reserve for readers
    /// that wait.
    package let availablePerHour: Double

    package init(_ shortage: Shortage) {
        kept = shortage.kept
        notKept = shortage.notKept
        neededPerHour = Double(shortage.neededPerHour) / 1000
        availablePerHour = Double(shortage.availablePerHour) / 1000
    }

    private enum CodingKeys: String, CodingKey {
        case kept
        case notKept = "not_kept"
        case neededPerHour = "needed_per_hour"
        case availablePerHour = "available_per_hour"
    }
}
