// The port that operators act through. The engine answers it; the control API speaks it over HTTP.

package import RefreshPolicy

package protocol Controlling: Sendable {
    /// Registers a session by its secret: Appwrite is asked once whose it is. Returns when it is on disk.
    func register(secret: Secret, in project: ProjectAlias) async throws(ControlError) -> SessionRow

    /// A page of sessions in the filter's order, after `after`.
    func sessions(matching filter: SessionFilter, after: SessionKey?, limit: Int) async throws(ControlError)
        -> [SessionRow]

    func story(of key: SessionKey) async throws(ControlError) -> SessionStory

    /// Forgets a session and its tokens. One that the API key finds comes back with the next walk.
    func remove(_ key: SessionKey) async throws(ControlError)

    /// Erases everything of a user, in one project or in all; what is under way for it changes nothing any more.
    /// Sessions that an API key finds come back while the user is logged in.
    func forget(_ user: UserID, in project: ProjectAlias?) async throws(ControlError) -> [ForgottenUser]

    /// Refreshes a session now, if law and budget allow, and waits up to `maxWait` for the outcome.
    /// Cancelling the task ends the wait, not the refresh.
    func refresh(_ key: SessionKey, maxWait: Duration) async throws(ControlError) -> RefreshReport

    func status() async throws(ControlError) -> EngineStatus

    /// What is next, for at most so many sessions, and what was last.
    func outlook(limit: Int) async throws(ControlError) -> Outlook
}

/// Why a request of an operator was not done.
package enum ControlError: Error, Hashable, Sendable {
    case unknownProject(known: [ProjectAlias])
    case unknownSession
    /// Nothing is known of the user.
    case unknownUser
    /// Appwrite did not take the secret, or did not answer.
    case appwrite(CallFailure)
    /// The secret's session holds no provider tokens: it was not made by an OAuth 2 login that keeps them.
    case notRefreshable(Reason)
    /// Nothing was done.
    case store(StoreError)
    /// The loop has it, and the store fails: it is done when the store works again, or not at all if that does not come
    /// before the end of this run.
    case delayed(StoreError)
}

/// What was erased of a user in one project.
package struct ForgottenUser: Hashable, Sendable {
    package let project: ProjectAlias
    package let sessions: Int
    /// Whether the project's API key finds the sessions again, if they live on at Appwrite.
    package let isSearched: Bool

    package init(project: ProjectAlias, sessions: Int, isSearched: Bool) {
        self.project = project
        self.sessions = sessions
        self.isSearched = isSearched
    }
}

package struct RefreshReport: Hashable, Sendable {
    package enum Ending: String, Hashable, Sendable {
        /// A new token came.
        case renewed
        /// No call was made: it would break a law or the budget, as the row's reason says.
        case notNow = "not now"
        /// The call failed, as the row's reason says.
        case failed
        /// It goes on after the wait.
        case underWay = "under way"
    }

    package let ending: Ending
    package let row: SessionRow

    package init(ending: Ending, row: SessionRow) {
        self.ending = ending
        self.row = row
    }
}

/// The daemon in a glance.
package struct EngineStatus: Hashable, Sendable {
    package struct Host: Hashable, Sendable {
        package let name: HostName
        package let metering: Metering
        package let limit: Int
        /// Calls that may still be made in the window.
        package let remaining: Int
        package let resetAt: WallTime
        /// Whom its calls suffice for; nil where they are not counted.
        package let shortage: Shortage?

        package init(
            name: HostName, metering: Metering, limit: Int, remaining: Int, resetAt: WallTime,
            shortage: Shortage? = nil
        ) {
            self.name = name
            self.metering = metering
            self.limit = limit
            self.remaining = remaining
            self.resetAt = resetAt
            self.shortage = shortage
        }
    }

    package let now: WallTime
    package let startedAt: WallTime
    package let projects: [ProjectAlias]
    package let counts: [StandingCount]
    package let hosts: [Host]
    /// What is wrong with more than one session.
    package let conditions: [Condition]
    /// Why the store takes no writes; nil while it does.
    package let storeFailure: StoreError?
    /// When the next row is due to be looked at; nil when none is.
    package let nextWakeAt: WallTime?

    package init(
        now: WallTime, startedAt: WallTime, projects: [ProjectAlias], counts: [StandingCount], hosts: [Host],
        conditions: [Condition] = [], storeFailure: StoreError? = nil, nextWakeAt: WallTime?
    ) {
        self.now = now
        self.startedAt = startedAt
        self.projects = projects
        self.counts = counts
        self.hosts = hosts
        self.conditions = conditions
        self.storeFailure = storeFailure
        self.nextWakeAt = nextWakeAt
    }
}
