// How sessions come and go: logins of every kind, logouts, blocked and deleted users, rights taken back at a provider.

/// One login. What is not given is made up.
package struct Login: Sendable, Equatable {
    package var project: String
    package var kind: SessionKind
    /// The provider's name, for kinds that have one.
    package var provider: String
    package var providerUID: String
    /// Nil: the user of that identity, or a new one.
    package var userID: String?
    package var sessionID: String?
    package var secret: String?
    package var lifetime: Provider.Lifetime
    /// Nil: as the provider does.
    package var refreshToken: ProviderBehaviour.RefreshTokenAtLogin?
    /// Nil: the project's session length from now.
    package var sessionExpiresAt: Milliseconds?
    /// The session whose cookie the browser still had: it is ended by this login.
    package var replaces: String?

    package init(
        project: String, kind: SessionKind = .oauth, provider: String = "", providerUID: String = "",
        userID: String? = nil, sessionID: String? = nil, secret: String? = nil, lifetime: Provider.Lifetime = .usual,
        refreshToken: ProviderBehaviour.RefreshTokenAtLogin? = nil, sessionExpiresAt: Milliseconds? = nil,
        replaces: String? = nil
    ) {
        self.project = project
        self.kind = kind
        self.provider = provider
        self.providerUID = providerUID
        self.userID = userID
        self.sessionID = sessionID
        self.secret = secret
        self.lifetime = lifetime
        self.refreshToken = refreshToken
        self.sessionExpiresAt = sessionExpiresAt
        self.replaces = replaces
    }
}

extension AppwriteServer {
    /// Logs a user in. Nil: there is no such project, or the provider is switched off there. A provider not known yet is
    /// added, with its known ways.
    package mutating func logIn(_ login: Login, now: Milliseconds) -> Session? {
        guard projects[login.project] != nil,
            projects[login.project]?.providers[login.provider]?.logins != .off
        else { return nil }
        let userID = findOrAddUser(for: login, now: now)
        let tokens = issueTokens(for: login)
        let session = Session(
            id: login.sessionID ?? dice.id(now: now), userID: userID, kind: login.kind,
            provider: providerName(of: login), providerUID: login.kind.hasProviderUID ? login.providerUID : "",
            accessToken: login.kind == .oauth ? tokens?.access ?? "" : "",
            accessTokenExpiry: login.kind == .oauth ? tokens.map { now + ($0.expiresIn ?? 0) } : nil,
            refreshToken: login.kind == .oauth ? tokens?.refresh ?? "" : "",
            expiresAt: login.sessionExpiresAt ?? now + (projects[login.project]?.sessionLength ?? 0),
            createdAt: now, updatedAt: now, secret: login.secret ?? dice.hex(digits: 256))
        if let tokens {
            rewriteIdentity(of: userID, for: login, with: tokens, now: now)
            if login.kind == .oauth {
                ledger.issued(tokens, of: session, in: login.project, provider: login.provider, endedAt: nil, now: now)
                ledger.stored(tokens.access, now: now)
            }
        }
        if let old = login.replaces { endSession(old, of: login.project, now: now) }
        makeRoom(for: userID, in: login.project, now: now)
        projects[login.project]?.put(session)
        projects[login.project]?.users[userID]?.sessionIDs.append(session.id)
        projects[login.project]?.users[userID]?.updatedAt = now
        return session
    }

    /// Ends a session: a logout, or an admin's hand.
    @discardableResult
    package mutating func endSession(_ id: String, of project: String, now: Milliseconds) -> Session? {
        guard let session = projects[project]?.endSession(id, now: now) else { return nil }
        ledger.endTokens(of: SessionName(project: project, session: id), at: now)
        return session
    }

    /// Ends all sessions of a user but one: an admin setting the password ends them all, the user setting it keeps the
    /// one at hand.
    package mutating func endSessions(
        ofUser id: String, in project: String, keeping kept: String? = nil, now: Milliseconds
    ) {
        for session in projects[project]?.users[id]?.sessionIDs ?? [] where session != kept {
            endSession(session, of: project, now: now)
        }
    }

    /// Sets what Appwrite wants of a user before it lets that user go on.
    package mutating func setDemand(_ demand: UserDemand, onUser id: String, in project: String) {
        projects[project]?.users[id]?.demand = demand
    }

    /// Blocks a user, or lets one in again; the sessions stay where they are.
    package mutating func setStatus(_ status: UserStatus, ofUser id: String, in project: String, now: Milliseconds) {
        guard let user = projects[project]?.users[id] else { return }
        projects[project]?.users[id]?.status = status
        projects[project]?.users[id]?.updatedAt = now
        for session in user.sessionIDs {
            let name = SessionName(project: project, session: session)
            switch status {
            case .active: ledger.endTokens(of: name, at: nil)
            case .blocked: ledger.endTokens(of: name, at: now)
            }
        }
    }

    package mutating func deleteUser(_ id: String, of project: String, now: Milliseconds) {
        guard projects[project]?.users[id] != nil else { return }
        endSessions(ofUser: id, in: project, now: now)
        projects[project]?.users[id] = nil
        projects[project]?.userIDs.removeAll { $0 == id }
        projects[project]?.removeIdentities { $0.userID == id }
    }

    /// The user takes the app's rights back at the provider: every token of that session is dead there, and Appwrite
    /// hears of it at the next refresh.
    package mutating func revokeAtProvider(_ session: String, of project: String, now: Milliseconds) {
        guard let session = projects[project]?.sessions[session] else { return }
        projects[project]?.providers[session.provider]?.revokeFamily(of: session.refreshToken)
        ledger.revokeTokens(of: SessionName(project: project, session: session.id), now: now)
    }

    private func providerName(of login: Login) -> String {
        switch login.kind {
        case .oauth: return login.provider
        case .tokenFlow:
            switch settings.version {
            case .v1_8_1: return "oauth2"
            case .v1_9_6: return login.provider
            }
        case .email: return "email"
        case .anonymous: return "anonymous"
        case .phone: return "phone"
        case .magicURL: return "magic-url"
        case .server: return "server"
        }
    }

    private mutating func issueTokens(for login: Login) -> Provider.Issued? {
        switch login.kind {
        case .email, .anonymous, .phone, .magicURL, .server:
            return nil
        case .oauth, .tokenFlow:
            if projects[login.project]?.providers[login.provider] == nil {
                projects[login.project]?.providers[login.provider] = Provider(name: login.provider)
            }
            let usual = projects[login.project]?.providers[login.provider]?.behaviour.refreshTokenAtLogin ?? .sent
            return projects[login.project]?.providers[login.provider]?.logIn(
                providerUID: login.providerUID, lifetime: login.lifetime, refreshToken: login.refreshToken ?? usual,
                dice: &dice)
        }
    }

    private mutating func findOrAddUser(for login: Login, now: Milliseconds) -> String {
        let known = projects[login.project]?.identity(provider: login.provider, providerUID: login.providerUID)
        let id = login.userID ?? known?.userID ?? dice.id(now: now)
        if projects[login.project]?.users[id] == nil {
            let name = login.providerUID.isEmpty ? id : login.providerUID
            projects[login.project]?.users[id] = User(
                id: id, name: "User \(name)", email: "\(name)@localhost.test", createdAt: now, updatedAt: now,
                targetID: dice.id(now: now))
            projects[login.project]?.userIDs.append(id)
        }
        return id
    }

    /// Every login through a provider leaves its tokens in the identity too, where they grow stale.
    private mutating func rewriteIdentity(
        of userID: String, for login: Login, with tokens: Provider.Issued, now: Milliseconds
    ) {
        let known = projects[login.project]?.identity(provider: login.provider, providerUID: login.providerUID)
        projects[login.project]?.put(
            Identity(
                id: known?.id ?? dice.id(now: now), userID: known?.userID ?? userID, provider: login.provider,
                providerUID: login.providerUID, email: "\(login.providerUID)@localhost.test",
                accessToken: tokens.access, accessTokenExpiry: now + (tokens.expiresIn ?? 0),
                refreshToken: tokens.refresh ?? "", createdAt: known?.createdAt ?? now, updatedAt: now))
    }

    /// The limit is looked at before the new session is added, so a limit of ten leaves eleven.
    private mutating func makeRoom(for userID: String, in project: String, now: Milliseconds) {
        guard let limit = projects[project]?.sessionsPerUser.limit(by: settings.version),
            let user = projects[project]?.users[userID]
        else { return }
        for id in user.sessionIDs.dropLast(limit) {
            endSession(id, of: project, now: now)
        }
    }
}
