// What Appwrite says of one of its sessions, decoded and not yet believed: all times are still the server's.

/// One session as a look or a PATCH's answer shows it.
package struct SessionFacts: Hashable, Sendable {
    package var session: SessionID
    package var user: UserID
    package var provider: ProviderName
    /// Empty for token-flow sessions.
    package var providerUID: String
    package var createdAt: ServerTime
    package var updatedAt: ServerTime
    /// When Appwrite's session ends (`expire`).
    package var sessionExpiresAt: ServerTime
    /// Nil where `providerAccessToken` is empty.
    package var token: Secret?
    /// `providerAccessTokenExpiry`; nil where it is empty.
    package var tokenExpiresAt: ServerTime?
    /// Whether a refresh token is there. The refresh token itself is dropped when the answer is decoded.
    package var hasRefreshToken: Bool

    package init(
        session: SessionID, user: UserID, provider: ProviderName, providerUID: String, createdAt: ServerTime,
        updatedAt: ServerTime, sessionExpiresAt: ServerTime, token: Secret?, tokenExpiresAt: ServerTime?,
        hasRefreshToken: Bool
    ) {
        self.session = session
        self.user = user
        self.provider = provider
        self.providerUID = providerUID
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.sessionExpiresAt = sessionExpiresAt
        self.token = token
        self.tokenExpiresAt = tokenExpiresAt
        self.hasRefreshToken = hasRefreshToken
    }
}
