// What is worth telling an operator: one event, one notice. Floor 3 gives each its words, priority and fields.

package enum Notice: Hashable, Sendable {
    case found(SessionRow)
    case registered(SessionRow)
    /// With what is left of the window, where calls are counted.
    case renewed(SessionRow, CallsLeft?)
    /// A look showed a newer token while a refresh of ours was in doubt: it was done.
    case settled(SessionRow)
    /// A look showed a newer token that no call of ours explains: another caller refreshes this session too.
    case adopted(SessionRow)
    case failed(SessionRow)
    case needsLogin(SessionRow)
    /// A session that needed a login, failed or was over works again.
    case recovered(SessionRow)
    case ended(SessionRow)
    case inDoubt(SessionRow)
    /// A refresh moved the Appwrite session's own end to an earlier moment.
    case sessionShortened(SessionRow, from: WallTime)
    case removed(SessionKey)
    /// All rows of a user were erased. It does not say whose: what is erased is not to live on in a log.
    case forgotten(ProjectAlias, sessions: Int, Forgetting)
    case budgetSpent(HostName, until: WallTime)
    /// A project without a dev key is not metered, since its server has no limit; and is metered again.
    case unmetered(ProjectAlias)
    case metered(ProjectAlias)
    case condition(ConditionNews)
    case clockStepped(Duration)
    /// So much time has passed that this machine's clock did not count: it stood still, or was off.
    case timePassed(Duration)
}

/// What is left of a window of calls.
package struct CallsLeft: Hashable, Sendable {
    package let remaining: Int
    /// When the next window opens.
    package let resetAt: WallTime

    package init(remaining: Int, resetAt: WallTime) {
        self.remaining = remaining
        self.resetAt = resetAt
    }
}

/// Why a user was forgotten.
package enum Forgetting: Hashable, Sendable {
    /// An operator wished it.
    case wished
    /// The API key sees that the user is gone from the project.
    case userGone
}
