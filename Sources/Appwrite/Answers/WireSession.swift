// Appwrite's JSON, as far as it is read. Fields not named here are ignored, so that later versions may add some.

import Foundation
import RefreshPolicy

/// A session, in the form of `GET` and, with other dates, of `PATCH`.
struct WireSession: Decodable {
    let id: String
    let createdAt: String
    let updatedAt: String
    let userId: String
    let expire: String
    let provider: String
    let providerUid: String
    let providerAccessToken: String
    let providerAccessTokenExpiry: String
    let providerRefreshToken: Presence

    private enum CodingKeys: String, CodingKey {
        case id = "$id"
        case createdAt = "$createdAt"
        case updatedAt = "$updatedAt"
        case userId, expire, provider, providerUid, providerAccessToken, providerAccessTokenExpiry
        case providerRefreshToken
    }

    /// Ids are held to their grammar and dates to the calendar; `""` is how Appwrite writes "none".
    func facts() throws(CallFailure) -> SessionFacts {
        let tokenExpiresAt = ServerTime(iso8601: providerAccessTokenExpiry)
        guard let session = SessionID(id), let user = UserID(userId), let provider = ProviderName(provider),
            let createdAt = ServerTime(iso8601: createdAt), let updatedAt = ServerTime(iso8601: updatedAt),
            let sessionExpiresAt = ServerTime(iso8601: expire),
            tokenExpiresAt != nil || providerAccessTokenExpiry.isEmpty
        else { throw .silent(.notUnderstood) }
        return SessionFacts(
            session: session, user: user, provider: provider, providerUID: providerUid, createdAt: createdAt,
            updatedAt: updatedAt, sessionExpiresAt: sessionExpiresAt, token: Secret(providerAccessToken),
            tokenExpiresAt: tokenExpiresAt, hasRefreshToken: providerRefreshToken == .there)
    }

    /// Whether a string is empty. The string itself is dropped as it is read: the refresh token is none of ours.
    enum Presence: Decodable {
        case there
        case empty

        init(from decoder: any Decoder) throws {
            self = try decoder.singleValueContainer().decode(String.self).isEmpty ? .empty : .there
        }
    }
}

struct WireSessionList: Decodable {
    let total: Int
    let sessions: [WireSession]
}

struct WireIdentityList: Decodable {
    let identities: [Identity]

    struct Identity: Decodable {
        let id: String
        let updatedAt: String
        let userId: String

        private enum CodingKeys: String, CodingKey {
            case id = "$id"
            case updatedAt = "$updatedAt"
            case userId
        }
    }
}

struct WireUserList: Decodable {
    let users: [User]

    struct User: Decodable {
        let id: String

        private enum CodingKeys: String, CodingKey {
            case id = "$id"
        }
    }
}

struct WireToken: Decodable {
    let jwt: String
}
