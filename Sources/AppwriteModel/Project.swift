// The rows that a project stores: users, their identities and their sessions.

package struct Project: Sendable {
    package let id: String
    package internal(set) var sessionLength: Milliseconds = ProjectSetup.year
    package internal(set) var sessionsPerUser: SessionsPerUser = .asReleased
    package internal(set) var accountService: AccountService = .on
    /// In order of creation.
    package internal(set) var userIDs: [String] = []
    /// In order of creation. A login rewrites its identity; a PATCH never touches it.
    package private(set) var identities: [Identity] = []

    var apiKeys: [String: APIKey] = [:]
    var devKeys: [String: DevKey] = [:]
    var providers: [String: Provider] = [:]
    var users: [String: User] = [:]
    private(set) var sessions: [String: Session] = [:]
    var sessionFaults: [String: [Fault]] = [:]
    /// When each session was last read.
    var lastReads: [String: Milliseconds] = [:]
    /// When each session that is no more was ended.
    private(set) var endedSessions: [String: Milliseconds] = [:]
    private var ended: [Session] = []
    private var sessionOfSecret: [SessionSecret: String] = [:]
    private var identityIndex: [String: Int] = [:]

    init(id: String) {
        self.id = id
    }

    package func user(_ id: String) -> User? {
        users[id]
    }

    package func session(_ id: String) -> Session? {
        sessions[id]
    }

    /// A user's sessions, oldest first.
    package func sessions(of user: User) -> [Session] {
        user.sessionIDs.compactMap { sessions[$0] }
    }

    /// The session that a secret opens while it lasts.
    func session(of secret: SessionSecret) -> Session? {
        sessionOfSecret[secret].flatMap { sessions[$0] }
    }

    mutating func put(_ session: Session) {
        sessions[session.id] = session
        sessionOfSecret[SessionSecret(userID: session.userID, secret: session.secret)] = session.id
    }

    mutating func endSession(_ id: String, now: Milliseconds) -> Session? {
        guard let session = sessions.removeValue(forKey: id) else { return nil }
        sessionOfSecret[SessionSecret(userID: session.userID, secret: session.secret)] = nil
        users[session.userID]?.sessionIDs.removeAll { $0 == id }
        endedSessions[id] = now
        ended.append(session)
        return session
    }

    /// Drops what is kept of sessions that ended before `instant`: here, and at their providers.
    mutating func forget(before instant: Milliseconds) {
        let forgotten = ended.prefix { endedSessions[$0.id].map { $0 < instant } ?? true }
        ended.removeFirst(forgotten.count)
        for session in forgotten {
            endedSessions[session.id] = nil
            lastReads[session.id] = nil
            sessionFaults[session.id] = nil
            providers[session.provider]?.forgetFamily(of: session.refreshToken)
        }
    }

    /// Stores a session anew that was refreshed, if it is still there.
    mutating func replace(_ session: Session) -> Bool {
        guard sessions[session.id] != nil else { return false }
        sessions[session.id] = session
        return true
    }

    package func provider(_ name: String) -> Provider? {
        providers[name]
    }

    /// There is one identity for each account at a provider.
    package func identity(provider: String, providerUID: String) -> Identity? {
        identityIndex["\(provider)/\(providerUID)"].map { identities[$0] }
    }

    mutating func put(_ identity: Identity) {
        let key = "\(identity.provider)/\(identity.providerUID)"
        if let index = identityIndex[key] {
            identities[index] = identity
        } else {
            identityIndex[key] = identities.count
            identities.append(identity)
        }
    }

    mutating func removeIdentities(where isUnwanted: (Identity) -> Bool) {
        let kept = identities.filter { !isUnwanted($0) }
        identities = []
        identityIndex = [:]
        for identity in kept {
            put(identity)
        }
    }
}

package struct User: Sendable, Equatable {
    package let id: String
    package var name: String
    package var email: String
    package var status: UserStatus = .active
    package internal(set) var demand: UserDemand = .nothing
    package let createdAt: Milliseconds
    package var updatedAt: Milliseconds
    /// Of the e-mail target that Appwrite keeps beside the user.
    package let targetID: String
    package internal(set) var sessionIDs: [String] = []
}

package enum UserStatus: String, Sendable {
    case active
    case blocked
}

/// What Appwrite wants of a user who is logged in; until it has that, the user's own calls are refused. (By its source:
/// neither was measured.)
package enum UserDemand: String, Sendable, CaseIterable {
    case nothing
    case passwordReset
    /// Multi-factor authentication was turned on. An OAuth login counts as two factors, so it changes nothing for those.
    case secondFactor
}

package struct Identity: Sendable, Equatable {
    package let id: String
    package let userID: String
    package let provider: String
    package let providerUID: String
    package let email: String
    package let accessToken: String
    package let accessTokenExpiry: Milliseconds
    package let refreshToken: String
    package let createdAt: Milliseconds
    package let updatedAt: Milliseconds
}

package struct Session: Sendable, Equatable {
    package let id: String
    package let userID: String
    package let kind: SessionKind
    /// The provider's name, or what Appwrite writes in its place ("email", "anonymous", "oauth2", …).
    package let provider: String
    /// The user's id at the provider.
    package let providerUID: String
    /// Empty when there is none: Appwrite has no null here.
    package var accessToken: String
    /// Nil is shown as an empty text.
    package var accessTokenExpiry: Milliseconds?
    package var refreshToken: String
    /// When the session itself ends.
    package var expiresAt: Milliseconds
    package let createdAt: Milliseconds
    package var updatedAt: Milliseconds
    /// The plain secret. Appwrite stores only its hash, so no list shows it.
    package let secret: String
}

package enum SessionKind: String, Sendable, CaseIterable {
    /// createOAuth2Session: the only kind that holds provider tokens.
    case oauth
    /// createOAuth2Token, then createSession: its provider fields are empty.
    case tokenFlow
    case email
    case anonymous
    case phone
    case magicURL
    /// Created by an API key for a user.
    case server

    var hasProviderUID: Bool {
        switch self {
        case .oauth, .email, .phone, .magicURL: true
        case .tokenFlow, .anonymous, .server: false
        }
    }

    package var factors: [String] {
        switch self {
        case .oauth: ["email", "oauth2"]
        case .tokenFlow, .magicURL: ["email"]
        case .email: ["password"]
        case .anonymous: ["anonymous"]
        case .phone: ["phone"]
        case .server: ["server"]
        }
    }
}
