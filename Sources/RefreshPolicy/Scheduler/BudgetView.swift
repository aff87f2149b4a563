// A host's budget, and whom it suffices for, as an operator sees it.

package struct BudgetView: Hashable, Sendable {
    package let host: HostName
    package let metering: Metering
    package let limit: Int
    package let remaining: Int
    package let resetAt: WallTime
    /// When a call may next be begun that no reader waits for.
    package let nextCallAt: WallTime
    /// Nil where calls are not counted, or before anybody was looked at.
    package let shortage: Shortage?
}

/// What all who are to be kept ask of a host, and what it gives. Where calls suffice, nobody is left out.
package struct Shortage: Hashable, Sendable {
    /// Grants that are kept, and that are not; those beyond the first thousand are not counted.
    package let kept: Int
    package let notKept: Int
    /// Calls an hour that all of them need, in thousandths, and that there are.
    package let neededPerHour: Int
    package let availablePerHour: Int

    init(_ admission: Admission, budget: RateBudget) {
        kept = admission.kept
        notKept = admission.notKept
        neededPerHour = budget.rules.perHour(admission.neededPerWindow)
        availablePerHour = budget.rules.perHour(1000 * max(1, budget.limit - admission.reserve))
    }
}
