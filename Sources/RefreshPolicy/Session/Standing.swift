// The words for how a session stands. They are the same in the store, the API, the journal and the documentation.

/// How a session stands.
package enum Standing: String, Hashable, CaseIterable, Sendable {
    /// Its token outlives the margin.
    case fresh
    /// Its token is within the margin or past it: a refresh is wanted.
    case due
    /// A PATCH is on its way.
    case refreshing
    /// A PATCH was sent and its answer is not known: only looks until the session changed or `doubtFor` passed (law 4).
    case inDoubt = "in doubt"
    /// The last refresh failed and the next waits.
    case backingOff = "backing off"
    /// The provider refuses the refresh token: only the user can help. The token is served to its end.
    case needsLogin = "needs login"
    /// No end of the token is stated and there is no refresh token: it is served while the session lives.
    case unexpiring
    /// It cannot be refreshed, or a law forbids it.
    case unrefreshable
    /// Nobody read it for `stopAfter`: refreshed again when it is read.
    case idle
    /// Another session of the same grant is kept instead.
    case spare
    /// Over: logged out, removed, expired. Its token is not served.
    case ended
}

/// Why a session stands as it does: the last thing that was learnt of it.
package struct Reason: Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, CaseIterable, Sendable {
        case found = "found"
        case registered = "registered"
        case renewed = "renewed"
        /// A look showed a newer token while a refresh of ours was in doubt.
        case settled = "renewed, as a look showed"
        case adopted = "renewed by somebody else"
        case confirmed = "looked at"
        case lifetimeUnknown = "renewed, lifetime unknown"
        case sending = "refresh sent"
        case answerLost = "answer lost"
        case noChangeSeen = "no change seen"
        case emptyToken = "answered with an empty token"
        case otherSession = "answered for another session"
        case providerRefused = "provider refused the refresh"
        case providerClientRefused = "provider refused the project's client id or secret"
        case providerThrottled = "provider's own limit reached"
        case providerFailed = "provider failed"
        case providerUnsupported = "provider not supported by this Appwrite"
        case rateLimited = "rate limited"
        case unreachable = "Appwrite not reached"
        case serverFailed = "Appwrite failed"
        case notUnderstood = "answer not understood"
        case keyRefused = "API key refused"
        case serviceDisabled = "service switched off in the project"
        case projectUnknown = "project unknown"
        case userBlocked = "user blocked"
        case loginRefused = "credential refused"
        case loggedOut = "session gone"
        case userGone = "user gone"
        case sessionExpired = "session expired"
        case tooOld = "session older than maxSessionAge"
        case noRefreshToken = "no refresh token"
        case noProviderTokens = "no provider tokens"
        case unread = "not wanted at this time"
        case anotherKept = "another session of the grant is kept"
    }

    package var code: Code
    /// The OAuth error code of RFC 6749 5.2 or a provider's own, where one was given and its grammar was right.
    package var oauthError: OAuthErrorCode?

    package init(_ code: Code, oauthError: OAuthErrorCode? = nil) {
        self.code = code
        self.oauthError = oauthError
    }

    package var description: String {
        guard let oauthError else { return code.rawValue }
        return "\(code.rawValue) (\(oauthError.rawValue))"
    }
}

/// An error code as RFC 6749 writes it, held to lower-case words: a provider's message may hold anything, even a
/// token, so nothing of another shape passes (law 7).
package struct OAuthErrorCode: Hashable, Sendable {
    package let rawValue: String

    package static let invalidGrant = OAuthErrorCode(unchecked: "invalid_grant")

    /// Nil unless 3 to 40 characters of `[a-z_]`, starting and ending with a letter.
    package init?(_ string: String) {
        let bytes = string.utf8
        guard (3...40).contains(bytes.count), bytes.allSatisfy({ $0 == 0x5F || (0x61...0x7A).contains($0) }),
            bytes.first != 0x5F, bytes.last != 0x5F
        else { return nil }
        rawValue = string
    }

    private init(unchecked: String) {
        rawValue = unchecked
    }
}
