// Answers for tests, in the forms that Appwrite uses.

import Foundation
import RefreshPolicy

@testable import Appwrite

extension RawAnswer {
    init(status: Int, fields: [(String, String)] = [], body: String) {
        self.init(status: status, body: Data(body.utf8), fields: fields)
    }

    init(status: Int, body: Data, fields: [(String, String)] = []) {
        self.init(status: status, fields: HeaderFields(fields), body: body)
    }

    static func error(_ status: Int, _ type: String, _ message: String = "a message") -> RawAnswer {
        RawAnswer(status: status, body: .error(status, type, message))
    }
}

extension String {
    static func error(_ status: Int, _ type: String, _ message: String = "a message") -> String {
        json(["message": message, "type": type, "version": "1.9.6"], numbers: ["code": status])
    }

    /// A session as a refresh answers it, with one field replaced, or left out where `value` is nil.
    static func session(
        id: String = "s1", user: String = "u1", refreshToken: String = "rt_1", replacing name: String = "",
        by value: String? = nil
    ) -> String {
        var fields: [String: String] = [
            "$id": id, "$createdAt": "2026-11-23T21:29:38.638+00:00", "$updatedAt": "2026-11-23T21:29:38.706+00:00",
            "userId": user, "expire": "2027-11-23 21:29:38.722", "provider": "google", "providerUid": "g1",
            "providerAccessToken": "at_1", "providerAccessTokenExpiry": "2026-11-23 22:29:38.722",
            "providerRefreshToken": refreshToken, "secret": "",
        ]
        if !name.isEmpty { fields[name] = value }
        return json(fields)
    }

    /// A JWT as Appwrite mints it; its signature is none.
    static func token(user: String, session: String) -> String {
        let parts = [#"{"typ":"JWT","alg":"HS256"}"#, json(["userId": user, "sessionId": session]), "signature"]
        return parts.map { part in
            Data(part.utf8).base64EncodedString()
                .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }.joined(separator: ".")
    }

    private static func json(_ texts: [String: String], numbers: [String: Int] = [:]) -> String {
        var members = texts.map { "\(quoted($0.key)):\(quoted($0.value))" }
        members += numbers.map { "\(quoted($0.key)):\($0.value)" }
        return "{\(members.sorted().joined(separator: ","))}"
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return "\"\(escaped)\""
    }
}

extension SpendAnswer {
    var session: SessionFacts? {
        if case .session(let facts) = self { facts } else { nil }
    }
}

extension Look {
    /// One or all; nil where it failed.
    var sessions: [SessionFacts]? {
        switch self {
        case .list(let sessions): sessions
        case .session(let session): [session]
        case .failed: nil
        }
    }
}

extension WallTime {
    /// 2026-11-23T21:29:38Z.
    static let start = WallTime(milliseconds: 1_795_469_378_000)
}
