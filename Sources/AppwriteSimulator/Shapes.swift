// The model's rows as Appwrite's JSON bodies: every key that a real server sends, in its kind.
import AppwriteModel
import Crypto
import Foundation

enum Shapes {
    /// As a GET shows it. The secret is shown to nobody.
    static func session(_ shown: ShownSession) -> JSON {
        session(
            shown.session, expires: Timestamps.iso(shown.session.expiresAt),
            tokenExpires: shown.session.accessTokenExpiry.map(Timestamps.iso) ?? "", country: "Unknown",
            isCurrent: shown.isCurrent, secret: "")
    }

    /// As the answer of a PATCH shows it: never current, no country's name, new dates in a form of their own.
    static func session(_ patched: PatchedSession) -> JSON {
        let expiry = patched.session.accessTokenExpiry
        let tokenExpires =
            switch patched.tokenExpiry {
            case .justSet: expiry.map(Timestamps.justSet) ?? ""
            case .stored: expiry.map(Timestamps.iso) ?? ""
            }
        return session(
            patched.session, expires: Timestamps.justSet(patched.session.expiresAt), tokenExpires: tokenExpires,
            country: "", isCurrent: false, secret: "")
    }

    /// As an API key sees it: the secret is the stored hash, which opens nothing.
    static func listedSession(_ session: Session) -> JSON {
        let hash = SHA256.hash(data: Data(session.secret.utf8))
            .map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
        return Self.session(
            session, expires: Timestamps.iso(session.expiresAt),
            tokenExpires: session.accessTokenExpiry.map(Timestamps.iso) ?? "", country: "Unknown", isCurrent: false,
            secret: hash)
    }

    private static func session(
        _ session: Session, expires: String, tokenExpires: String, country: String, isCurrent: Bool, secret: String
    ) -> JSON {
        [
            "$id": .string(session.id), "$createdAt": .string(Timestamps.iso(session.createdAt)),
            "$updatedAt": .string(Timestamps.iso(session.updatedAt)), "userId": .string(session.userID),
            "expire": .string(expires), "provider": .string(session.provider),
            "providerUid": .string(session.providerUID), "providerAccessToken": .string(session.accessToken),
            "providerAccessTokenExpiry": .string(tokenExpires),
            "providerRefreshToken": .string(session.refreshToken), "ip": "127.0.0.1", "osCode": "", "osName": "",
            "osVersion": "", "clientType": "", "clientCode": "", "clientName": "", "clientVersion": "",
            "clientEngine": "", "clientEngineVersion": "", "deviceName": "", "deviceBrand": "", "deviceModel": "",
            "countryCode": "--", "countryName": .string(country), "current": .bool(isCurrent),
            "factors": .array(session.kind.factors.map(JSON.string)), "secret": .string(secret), "mfaUpdatedAt": "",
        ]
    }

    static func identity(_ identity: Identity) -> JSON {
        [
            "$id": .string(identity.id), "$createdAt": .string(Timestamps.iso(identity.createdAt)),
            "$updatedAt": .string(Timestamps.iso(identity.updatedAt)), "userId": .string(identity.userID),
            "provider": .string(identity.provider), "providerUid": .string(identity.providerUID),
            "providerEmail": .string(identity.email), "providerAccessToken": .string(identity.accessToken),
            "providerAccessTokenExpiry": .string(Timestamps.iso(identity.accessTokenExpiry)),
            "providerRefreshToken": .string(identity.refreshToken),
        ]
    }

    static func user(_ user: User, version: AppwriteVersion) -> JSON {
        let created = JSON.string(Timestamps.iso(user.createdAt))
        var members: [String: JSON] = [
            "$id": .string(user.id), "$createdAt": created, "$updatedAt": .string(Timestamps.iso(user.updatedAt)),
            "name": .string(user.name), "password": nil, "hash": "argon2",
            "hashOptions": ["type": "argon2", "memory_cost": 7168, "time_cost": 5, "threads": 1],
            "registration": created, "status": .bool(user.status == .active), "labels": [], "passwordUpdate": "",
            "email": .string(user.email), "phone": "", "emailVerification": true, "phoneVerification": false,
            "mfa": false, "prefs": [:], "accessedAt": created,
            "targets": [
                [
                    "$id": .string(user.targetID), "$createdAt": created, "$updatedAt": created, "name": "",
                    "userId": .string(user.id), "providerId": nil, "providerType": "email",
                    "identifier": .string(user.email), "expired": false,
                ]
            ],
        ]
        switch version {
        case .v1_8_1: break
        case .v1_9_6:
            members["emailCanonical"] = .string(user.email)
            members["emailIsFree"] = false
            members["emailIsDisposable"] = false
            members["emailIsCorporate"] = true
            members["emailIsCanonical"] = true
            members["impersonator"] = false
            members["impersonatorUserId"] = .some(.null)
        }
        return .object(members)
    }

    static func refusal(_ refusal: Refusal, version: AppwriteVersion) -> JSON {
        [
            "message": .string(refusal.message), "code": .number(Double(refusal.status)),
            "type": .string(refusal.type), "version": .string(version.rawValue),
        ]
    }
}
