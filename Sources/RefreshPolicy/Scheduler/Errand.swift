// What the scheduler asks of the store: which rows could be worked on now. The store answers by walking an index; it
// decides nothing.

/// A request for rows that lay claim to calls.
package struct Errand: Hashable, Sendable {
    package enum Order: Hashable, Sendable {
        /// Rows that want a call, the earliest deadline first; where calls do not suffice for all, only those whose
        /// priority is at the floor or above it.
        case kept(from: Heat?)
        /// Rows that want a call and are not kept, the greatest priority first.
        case rest(below: Heat)
        /// Rows among the kept that will be due before then, the first first: for a window that will be short.
        case early(from: Heat?, before: WallTime)
    }

    /// Of one host.
    package let projects: [ProjectAlias]
    package let order: Order
    /// Lanes that a breaker holds.
    package let held: [Lane]
    /// Sessions that are passed over: being worked on, they want their call still.
    package let underWay: Set<SessionKey>
    package let limit: Int

    package init(
        projects: [ProjectAlias], order: Order, held: [Lane], underWay: Set<SessionKey> = [], limit: Int
    ) {
        self.projects = projects
        self.order = order
        self.held = held
        self.underWay = underWay
        self.limit = limit
    }
}

/// A row that lays claim to calls, as the store can tell without opening it.
package struct Contender: Hashable, Sendable {
    package let claim: Claim
    /// The deadline of a call that is wanted now; nil where none is.
    package let want: WallTime?
    /// When it wakes, and will want one.
    package let wakeAt: WallTime?

    package init(claim: Claim, want: WallTime?, wakeAt: WallTime?) {
        self.claim = claim
        self.want = want
        self.wakeAt = wakeAt
    }
}
