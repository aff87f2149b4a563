// What an app gets that reads a token.

package import RefreshEngine
package import RefreshPolicy

/// The body of a 200 on the token socket. The first three names are those of RFC 6749, 5.1, so that OAuth libraries
/// read it.
package struct TokenBody: Codable, Hashable, Sendable {
    package let accessToken: WireSecret
    /// Always "Bearer".
    package let tokenType: String
    /// Whole seconds until the token ends, rounded down; absent where no end is known.
    package let expiresIn: Int?
    package let expiresAt: WireTime?
    package let issuedAt: WireTime
    /// False where the token ends sooner than `min_valid` wished and is all there is.
    package let minValidMet: Bool
    package let project: String
    package let sessionID: String
    package let userID: String
    package let provider: String
    package let providerUID: String
    /// How the session stands: the words of `Standing`.
    package let standing: String

    package init(_ token: ServedToken, minValidMet: Bool, now: WallTime) {
        accessToken = WireSecret(token.value)
        tokenType = "Bearer"
        expiresAt = WireTime(token.expiresAt)
        expiresIn = expiresAt?.seconds(from: now)
        issuedAt = WireTime(token.issuedAt)
        self.minValidMet = minValidMet
        project = token.key.project.rawValue
        sessionID = token.key.session.rawValue
        userID = token.grant.user.rawValue
        provider = token.grant.provider.rawValue
        providerUID = token.grant.providerUID
        standing = token.standing.rawValue
    }

    private enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
        case expiresAt = "expires_at"
        case issuedAt = "issued_at"
        case minValidMet = "min_valid_met"
        case project
        case sessionID = "session_id"
        case userID = "user_id"
        case provider
        case providerUID = "provider_uid"
        case standing
    }
}
