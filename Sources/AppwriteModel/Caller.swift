// Who calls: everything of a request that decides whether it is let in, and under which counter it falls.

package struct Caller: Sendable, Equatable {
    /// `X-Appwrite-Project`.
    package var project: String?
    /// Name of the host as the client wrote it, lower case, without port: part of the counter's key.
    package var host: String
    /// The client's address as the server sees it: the other part.
    package var ip: String
    /// From `X-Appwrite-Session` or a cookie, decoded.
    package var secret: SessionSecret?
    package var jwt: JWTCredential?
    package var apiKey: String?
    package var devKey: String?

    package init(
        project: String?, host: String = "127.0.0.1", ip: String = "127.0.0.1", secret: SessionSecret? = nil,
        jwt: JWTCredential? = nil, apiKey: String? = nil, devKey: String? = nil
    ) {
        self.project = project
        self.host = host
        self.ip = ip
        self.secret = secret
        self.jwt = jwt
        self.apiKey = apiKey
        self.devKey = devKey
    }

    var credential: CredentialKind {
        if jwt != nil { return .jwt }
        if secret != nil { return .secret }
        return apiKey == nil ? .none : .apiKey
    }
}

/// What a session secret says once decoded. Any live secret of a user opens all sessions of that user.
package struct SessionSecret: Sendable, Hashable {
    package var userID: String
    package var secret: String

    package init(userID: String, secret: String) {
        self.userID = userID
        self.secret = secret
    }
}

/// A JWT after its signature was looked at, which is not the model's work.
package enum JWTCredential: Sendable, Equatable {
    case signed(JWTClaims)
    case broken(JWTFault)
}

/// The payload of a JWT. An empty session id still opens all sessions of the user.
package struct JWTClaims: Sendable, Equatable {
    package var userID: String
    package var sessionID: String
    package var expiresAt: Milliseconds

    package init(userID: String, sessionID: String, expiresAt: Milliseconds) {
        self.userID = userID
        self.sessionID = sessionID
        self.expiresAt = expiresAt
    }
}

package enum JWTFault: Sendable, Equatable {
    case incompleteSegments
    case syntaxError
    case badSignature
    case expired
}

package enum CredentialKind: String, Sendable {
    case none
    case secret
    case jwt
    case apiKey
}
