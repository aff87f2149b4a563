// What is written: the store's whole vocabulary. Everything that refreshd must not forget goes through here.

/// One write. A list of them is one transaction.
package enum Change: Hashable, Sendable {
    /// Inserts or replaces a row (all but `lastReadAt`, which belongs to its grant).
    case put(SessionRow)
    case remove(SessionKey)
    case budget(BudgetRecord)
    /// The highest attempt number given out.
    case attempts(AttemptID)
    /// How far discovery has come; each half by itself.
    case discovery(ProjectAlias, DiscoveryStep)
    /// A grant was read so many times. Says nothing where the grant has no session, and is forgotten with its last one.
    case read(Grant, times: Int, at: WallTime)
    /// A condition holds calls or was found, and must outlive a restart.
    case condition(Condition)
    case conditionOver(Condition.Scope, Condition.Cause)
    /// This machine's clock was stepped: every stored time of ours moves with it, so that no wait changes (law 9).
    case shift(by: Duration)
    /// The time of the last sign of life.
    case seen(WallTime)
}

/// One step of the search for sessions.
package enum DiscoveryStep: Hashable, Sendable {
    /// The newest `$updatedAt` of an identity that was seen.
    case identities(upTo: ServerTime)
    /// A whole walk over the users ended.
    case walked(at: WallTime)
}

/// How far the search for sessions has come in one project.
package struct DiscoveryMark: Hashable, Sendable {
    /// The newest `$updatedAt` of an identity that was seen; nil before the first.
    package var identitiesUpTo: ServerTime?
    /// When the last whole walk over the users ended; nil before the first.
    package var walkedAt: WallTime?

    package init(identitiesUpTo: ServerTime? = nil, walkedAt: WallTime? = nil) {
        self.identitiesUpTo = identitiesUpTo
        self.walkedAt = walkedAt
    }

    package mutating func take(_ step: DiscoveryStep) {
        switch step {
        case .identities(let upTo): identitiesUpTo = upTo
        case .walked(let at): walkedAt = at
        }
    }
}

/// What the last run left.
package struct StoredState: Hashable, Sendable {
    package var budgets: [BudgetRecord]
    /// What held when the last run ended.
    package var conditions: [Condition]
    package var lastAttempt: AttemptID
    package var marks: [ProjectAlias: DiscoveryMark]
    package var lastSeenAt: WallTime?

    package init(
        budgets: [BudgetRecord] = [], conditions: [Condition] = [], lastAttempt: AttemptID = AttemptID(0),
        marks: [ProjectAlias: DiscoveryMark] = [:],
        lastSeenAt: WallTime? = nil
    ) {
        self.budgets = budgets
        self.conditions = conditions
        self.lastAttempt = lastAttempt
        self.marks = marks
        self.lastSeenAt = lastSeenAt
    }
}
