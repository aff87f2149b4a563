// What came back from a call, already decoded and still unjudged.

/// What an answer says beside its body. Nil where the header was absent or made no sense.
package struct AnswerHeaders: Hashable, Sendable {
    /// `Date`.
    package var date: ServerTime?
    package var rate: RateHeaders?
    /// `Retry-After` in seconds. Appwrite never sends it; a proxy in front may.
    package var retryAfter: Duration?
    /// When the call was sent and its answer received.
    package var sentAt: WallTime
    package var receivedAt: WallTime

    package init(
        date: ServerTime? = nil, rate: RateHeaders? = nil, retryAfter: Duration? = nil, sentAt: WallTime,
        receivedAt: WallTime
    ) {
        self.date = date
        self.rate = rate
        self.retryAfter = retryAfter
        self.sentAt = sentAt
        self.receivedAt = receivedAt
    }
}

/// `X-RateLimit-Limit`, `-Remaining` and `-Reset`: all three, or none are believed.
package struct RateHeaders: Hashable, Sendable {
    package var limit: Int
    package var remaining: Int
    package var reset: ServerTime

    package init(limit: Int, remaining: Int, reset: ServerTime) {
        self.limit = limit
        self.remaining = remaining
        self.reset = reset
    }
}

/// Why a call did not give what it was made for. The credential and the call are already taken into account, since
/// the same status and `type` mean different things for a key, a JWT and a secret.
package enum Refusal: Hashable, Sendable {
    /// Appwrite's own limit of session updates, 429 `general_rate_limit_exceeded`.
    case rateLimited
    /// The provider said 400: it refuses this grant (`invalid_grant`) or this request.
    case providerRefused(OAuthErrorCode?)
    /// The provider said 401: the project's client id or secret is wrong.
    case providerClientRefused
    /// The provider said 429: its own limit, which is obeyed.
    case providerThrottled
    /// The provider said something else, is down, or answered what Appwrite does not understand.
    case providerFailed
    /// This Appwrite does not know the provider.
    case providerUnsupported
    /// A session's own credential is no longer taken: logged out, expired, user deleted; a 401 does not say which.
    case loginRefused
    /// The session does not exist, said under a login that works.
    case sessionUnknown
    /// The user does not exist.
    case userUnknown
    case userBlocked
    /// The API key is wrong, expired or lacks a scope.
    case keyRefused
    case projectUnknown
    case serviceDisabled
    /// Appwrite refused the call itself: our own mistake, or a rule of a version we do not know.
    case callRefused(status: Int)
    /// Appwrite failed (5xx of its own), or somebody before it limits calls (429).
    case serverFailed(status: Int)
}

/// Why nothing that makes sense came back.
package enum Silence: Hashable, Sendable {
    /// No connection was made, or the network has no way any more: whether the call may have left stands beside it.
    case unreachable(Obstacle)
    /// The time for the call ran out.
    case timedOut
    /// The connection broke before the answer was whole.
    case cut
    /// An answer came, of no form that Appwrite uses: a proxy's page, a captive portal, half a body, one too large.
    case notUnderstood
    /// The call was cancelled, as refreshd stops.
    case cancelled
}

/// How a refresh (PATCH) ended.
package enum SpendAnswer: Hashable, Sendable {
    /// 200 with a session in its body.
    case session(SessionFacts)
    case refused(Refusal)
    /// The PATCH provably did not leave: no connection, or no JWT could be had for it.
    case notSent(CallFailure)
    /// It left, and how it ended is not known.
    case lost(Silence)
}

/// Why a free call gave nothing.
package enum CallFailure: Error, Hashable, Sendable {
    case refused(Refusal)
    case silent(Silence)
}

/// How a look (a free read) ended.
package enum Look: Hashable, Sendable {
    /// The user's whole session list, read with the API key: a session that is not in it has ended.
    case list([SessionFacts])
    /// The session itself, read with its own secret.
    case session(SessionFacts)
    case failed(CallFailure)
}
