// The port to Appwrite: every call that refreshd makes, and no other.

package import RefreshPolicy

/// The calls to the Appwrite projects of the settings. No call is repeated within: retrying is the scheduler's.
/// Answers are stamped by one reading of the clock: `sentAt` is `receivedAt` less the steady time between the two, since
/// the clock may be stepped while a call is under way (law 9).
package protocol AppwriteCalls: Sendable {
    /// Reads a session for free: `GET /v1/users/{user}/sessions` with the API key, or `GET /v1/account/sessions/{id}`
    /// with the session's secret or a JWT minted for this call.
    func look(at target: CallTarget) async -> (Look, AnswerHeaders?)

    /// Refreshes a session: `PATCH /v1/account/sessions/{id}`, with its secret or with a JWT minted for this call.
    func spend(on target: CallTarget) async -> (SpendAnswer, AnswerHeaders?)

    /// The users whose identities were written at or after `since`, oldest first, a page at a time.
    func identities(
        of project: ProjectAlias, since: ServerTime, after cursor: String?
    ) async throws(CallFailure) -> IdentityPage

    /// All users of a project, a page at a time.
    func users(of project: ProjectAlias, after cursor: String?) async throws(CallFailure) -> UserPage

    /// The sessions of one user, read with the API key.
    func sessions(of user: UserID, in project: ProjectAlias) async throws(CallFailure) -> UserListing

    /// The session that a secret belongs to: `GET /v1/account/sessions/current`.
    func identify(secret: Secret, in project: ProjectAlias) async throws(CallFailure) -> (SessionFacts, AnswerHeaders)
}

/// The session that a call is about, and the credential to use.
package struct CallTarget: Hashable, Sendable {
    package let key: SessionKey
    package let user: UserID
    package let credential: Credential

    package init(key: SessionKey, user: UserID, credential: Credential) {
        self.key = key
        self.user = user
        self.credential = credential
    }

    /// One only: Appwrite refuses two, or lets the wrong one win.
    package enum Credential: Hashable, Sendable {
        case apiKey
        case secret(Secret)
        /// A JWT, minted by the API key for this one call: as the user, who may be blocked, which the key is not told.
        case mintedToken
    }
}

/// One page of identities: who logged in, never with what token (identities go stale).
package struct IdentityPage: Sendable {
    package struct Entry: Hashable, Sendable {
        package let user: UserID
        package let updatedAt: ServerTime

        package init(user: UserID, updatedAt: ServerTime) {
            self.user = user
            self.updatedAt = updatedAt
        }
    }

    package let entries: [Entry]
    /// The cursor of the next page; nil on the last.
    package let next: String?
    package let headers: AnswerHeaders

    package init(entries: [Entry], next: String?, headers: AnswerHeaders) {
        self.entries = entries
        self.next = next
        self.headers = headers
    }
}

/// One page of users.
package struct UserPage: Sendable {
    package let users: [UserID]
    /// The cursor of the next page; nil on the last.
    package let next: String?

    package init(users: [UserID], next: String?) {
        self.users = users
        self.next = next
    }
}

/// All sessions of one user, as the API key sees them: proof of what is there, and of what is not.
package struct UserListing: Sendable {
    package let sessions: [SessionFacts]
    package let headers: AnswerHeaders

    package init(sessions: [SessionFacts], headers: AnswerHeaders) {
        self.sessions = sessions
        self.headers = headers
    }
}
