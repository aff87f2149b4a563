// The one idea: a session is a row, and the row says when it must next be looked at and whether it wants a call.
// Nothing is scheduled in memory, so a crash loses nothing.

/// A session as refreshd stores it. All times are this machine's.
package struct SessionRow: Hashable, Sendable {
    package let key: SessionKey
    package var user: UserID
    package var provider: ProviderName
    package var providerUID: String
    /// Which credential speaks for it.
    package var source: Source
    package var keep: Keep
    /// The session secret it was registered with, if it was.
    package var secret: Secret?

    package var token: Token?
    /// A newer token whose lifetime is unknown, served after `token` ends (law 2).
    package var next: Token?
    package var hasRefreshToken: Bool
    package var sessionExpiresAt: WallTime
    package var createdAt: WallTime
    /// When refreshd first saw it.
    package var foundAt: WallTime
    /// The last time that Appwrite showed it.
    package var lookedAt: WallTime
    /// When its grant was last read by an app. Kept with the grant, not with the row: a write of the row leaves it be.
    package var lastReadAt: WallTime?
    /// How much its grant is read; nil before the first read. Kept with the grant too.
    package var heat: Heat?

    package var verdict: Verdict
    package var isElected: Bool
    /// The PATCH that is on its way or whose answer is not known: intent, claim and doubt in one (law 4).
    package var attempt: SentAttempt?

    package var standing: Standing
    package var reason: Reason
    /// When to look at the row again; nil when only a call can change it.
    package var wakeAt: WallTime?
    /// The deadline of a wanted call; nil when none is wanted.
    package var want: WallTime?
    /// Its claim on calls; nil when it is not to be kept fresh now.
    package var claim: Claim?
    /// What became of it lately, the oldest first.
    package var episodes: [Episode]

    package init(
        key: SessionKey, user: UserID, provider: ProviderName, providerUID: String, source: Source, keep: Keep,
        secret: Secret? = nil, token: Token? = nil, next: Token? = nil, hasRefreshToken: Bool,
        sessionExpiresAt: WallTime, createdAt: WallTime, foundAt: WallTime, lookedAt: WallTime,
        lastReadAt: WallTime? = nil, heat: Heat? = nil, verdict: Verdict = .sound, isElected: Bool = true,
        attempt: SentAttempt? = nil, standing: Standing = .fresh, reason: Reason, wakeAt: WallTime? = nil,
        want: WallTime? = nil, claim: Claim? = nil, episodes: [Episode] = []
    ) {
        self.key = key
        self.user = user
        self.provider = provider
        self.providerUID = providerUID
        self.source = source
        self.keep = keep
        self.secret = secret
        self.token = token
        self.next = next
        self.hasRefreshToken = hasRefreshToken
        self.sessionExpiresAt = sessionExpiresAt
        self.createdAt = createdAt
        self.foundAt = foundAt
        self.lookedAt = lookedAt
        self.lastReadAt = lastReadAt
        self.heat = heat
        self.verdict = verdict
        self.isElected = isElected
        self.attempt = attempt
        self.standing = standing
        self.reason = reason
        self.wakeAt = wakeAt
        self.want = want
        self.claim = claim
        self.episodes = episodes
    }

    /// Whether Appwrite blocks its user, as far as is known.
    package var isBlocked: Bool {
        if case .ended = verdict { reason.code == .userBlocked } else { false }
    }

    package var lane: Lane { Lane(project: key.project, provider: provider) }

    package var grant: Grant {
        Grant(project: key.project, user: user, provider: provider, providerUID: providerUID)
    }
}

/// Which credential speaks for a session.
package enum Source: String, Hashable, CaseIterable, Sendable {
    /// Found by discovery; called with a JWT that the project's API key mints per call.
    case apiKey
    /// Registered with its session secret.
    case secret
}

/// What a row that is to be kept fresh asks of the budget.
package struct Claim: Hashable, Sendable {
    /// Where calls do not suffice for all, the greater goes first: what is declared before what is read, and by heat
    /// among equals.
    package var priority: Heat
    /// How long a refresh suffices: the token's life less the margin.
    package var period: Duration

    package init(priority: Heat, period: Duration) {
        self.priority = priority
        self.period = period
    }

    /// Reads that one refresh serves, in thousandths, up to a thousand reads; so many where the need is declared.
    func expectedReads(at now: WallTime) -> Int { min(1_000_000, priority.expectedReads(in: period, at: now)) }

    /// Its grant was read: the priority grows by as much as the heat did.
    package mutating func warm(from old: Heat, to new: Heat) {
        priority = priority.stepped(by: new.asOneReadAt - old.asOneReadAt)
    }
}

/// An access token and what is known of its life.
package struct Token: Hashable, Sendable {
    package var value: Secret
    /// When it was issued, as near as is known.
    package var issuedAt: WallTime
    /// Nil where Appwrite states no end: it stored the moment of issue, since the provider sent no `expires_in`.
    package var expiresAt: WallTime?

    package init(value: Secret, issuedAt: WallTime, expiresAt: WallTime?) {
        self.value = value
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }
}

/// What the outcomes so far say of a session.
package enum Verdict: Hashable, Sendable {
    case sound
    /// The last refreshes failed for passing causes.
    case failing(failures: Int, retryAt: WallTime)
    /// Its credential was refused once; believed when a second look confirms it (law 12).
    case suspected(since: WallTime, lookAt: WallTime)
    /// The provider refused the refresh token; a free look now and then tells when the user logged in again.
    case needsLogin(since: WallTime, lookAt: WallTime)
    case ended(at: WallTime)

    var isNeedsLogin: Bool {
        if case .needsLogin = self { true } else { false }
    }
}

/// The number of an attempt: never reused, not even after its session is removed.
package struct AttemptID: Hashable, Comparable, Sendable {
    package let number: Int64

    package init(_ number: Int64) {
        self.number = number
    }

    package static func < (left: AttemptID, right: AttemptID) -> Bool { left.number < right.number }
}

/// A PATCH that was stored before it was sent.
package struct SentAttempt: Hashable, Sendable {
    package let id: AttemptID
    package let sentAt: WallTime

    package init(id: AttemptID, sentAt: WallTime) {
        self.id = id
        self.sentAt = sentAt
    }
}
