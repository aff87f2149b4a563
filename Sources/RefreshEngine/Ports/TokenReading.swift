// The port that apps read tokens through. The engine answers it; the token API speaks it over HTTP.

package import RefreshPolicy

package protocol TokenReading: Sendable {
    /// The token of a grant or session. Answers at once what is valid for `minValid`, without any call; else waits
    /// up to `maxWait` for a refresh. Never throws: each way of having no token is a reply. Cancelling the task ends the
    /// wait, and the reply is what there is then.
    func token(for request: TokenRequest) async -> TokenReply

    /// The projects of the settings.
    var projects: [ProjectAlias] { get }

    /// Whose a session is; nil where none is known. Looks it up and does nothing else: it is no read.
    func grant(of key: SessionKey) async throws(StoreError) -> Grant?
}

package struct TokenRequest: Hashable, Sendable {
    package enum Subject: Hashable, Sendable {
        /// `project` may be left out where the settings have one project; `providerUID` where the user has one
        /// account at the provider.
        case grant(project: ProjectAlias?, user: UserID, provider: ProviderName, providerUID: String?)
        case session(SessionKey)
    }

    package var subject: Subject
    /// How long the token must live on.
    package var minValid: Duration
    /// How long the reader waits for a refresh; zero for not at all.
    package var maxWait: Duration

    package init(subject: Subject, minValid: Duration = .seconds(60), maxWait: Duration = .zero) {
        self.subject = subject
        self.minValid = minValid
        self.maxWait = maxWait
    }
}

package enum TokenReply: Hashable, Sendable {
    /// `minValidMet` is false where it will end sooner than was wished, and this is all there is.
    case token(ServedToken, minValidMet: Bool)
    /// The session is known and has no token that works.
    case unavailable(Unavailability)
    /// The grant is over: its sessions ended.
    case ended(SessionKey, Reason)
    /// The user has several accounts at the provider: `providerUID` must name one.
    case severalGrants([Grant])
    case unknownSession
    case unknownProject(known: [ProjectAlias])
    /// The settings have several projects: one must be named.
    case projectNeeded(known: [ProjectAlias])
    /// The store cannot be read, or too many readers wait.
    case notNow(String)
}

/// A token as it is handed out.
package struct ServedToken: Hashable, Sendable {
    package let key: SessionKey
    package let grant: Grant
    package let value: Secret
    package let issuedAt: WallTime
    /// Nil where no end is known.
    package let expiresAt: WallTime?
    package let standing: Standing

    package init(
        key: SessionKey, grant: Grant, value: Secret, issuedAt: WallTime, expiresAt: WallTime?, standing: Standing
    ) {
        self.key = key
        self.grant = grant
        self.value = value
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.standing = standing
    }
}

package struct Unavailability: Hashable, Sendable {
    package let key: SessionKey
    package let standing: Standing
    package let reason: Reason
    /// When refreshd tries again; nil where only the user's login helps.
    package let retryAt: WallTime?

    package init(key: SessionKey, standing: Standing, reason: Reason, retryAt: WallTime?) {
        self.key = key
        self.standing = standing
        self.reason = reason
        self.retryAt = retryAt
    }
}
