// A session and all that its fate hangs on, for an operator who asks why it stands as it does.

package import RefreshPolicy

package struct SessionStory: Hashable, Sendable {
    package let row: SessionRow
    package let next: NextStep
    /// Until when it is kept fresh, by the settings or by its own word; nil where its project has left the settings.
    package let keeping: Keeping?
    /// Reads an hour, in thousandths, if they go on as they have been; nil where nobody read it.
    package let readsPerHour: Int?
    /// The budget of its host; nil where its project has left the settings.
    package let host: EngineStatus.Host?
    /// What is wrong with its host, its project or its provider.
    package let conditions: [Condition]

    package init(
        row: SessionRow, next: NextStep, keeping: Keeping? = nil, readsPerHour: Int? = nil,
        host: EngineStatus.Host? = nil, conditions: [Condition] = []
    ) {
        self.row = row
        self.next = next
        self.keeping = keeping
        self.readsPerHour = readsPerHour
        self.host = host
        self.conditions = conditions
    }
}

/// What refreshd does next with a session, if nothing comes in between.
package struct NextStep: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case refresh
        /// A refresh is wanted, and waits for a call that may be made.
        case refreshWhenAllowed = "refresh when a call is left"
        case retry
        /// A free look: whether a lost refresh was done, a refused credential is taken again, a user logged in.
        case look
        case awaitAnswer = "wait for the answer"
        case awaitRead = "wait for a reader"
        case awaitTime = "wait for its time of day"
        case serve = "serve the token only"
        case standBy = "stand by for another session"
        case erase
        /// Its project is not in the settings.
        case nothing
    }

    package let kind: Kind
    /// Nil where no time is known.
    package let at: WallTime?

    package init(_ kind: Kind, at: WallTime? = nil) {
        self.kind = kind
        self.at = at
    }

    /// - Parameters:
    ///   - dueAt: when the margin before its token's end begins.
    ///   - nextCallAt: when its host's next call may be made.
    init(
        _ row: SessionRow, keeping: Keeping?, dueAt: WallTime?, nextCallAt: WallTime?, forgetAt: WallTime?
    ) {
        guard let keeping else {
            self.init(.nothing)
            return
        }
        switch (row.standing, keeping) {
        case (.fresh, .daily): self.init(.refresh, at: row.wakeAt)
        // A row wakes once a day at least: that is no refresh yet.
        case (.fresh, _): self.init(.refresh, at: [row.wakeAt, dueAt].compactMap { $0 }.max())
        case (.due, _): self.init(.refreshWhenAllowed, at: nextCallAt)
        case (.refreshing, _): self.init(.awaitAnswer)
        case (.inDoubt, _), (.needsLogin, _): self.init(.look, at: row.wakeAt)
        case (.backingOff, _):
            if case .suspected = row.verdict {
                self.init(.look, at: row.wakeAt)
            } else {
                self.init(.retry, at: row.wakeAt)
            }
        case (.unexpiring, _), (.unrefreshable, _): self.init(.serve)
        case (.idle, .daily): self.init(.awaitTime, at: row.wakeAt)
        case (.idle, _): self.init(.awaitRead)
        case (.spare, _): self.init(.standBy)
        case (.ended, _): self.init(.erase, at: forgetAt)
        }
    }
}
