// Who is let in. The order of the checks is Appwrite's, and it decides what is counted: all of this comes before the
// counter, so none of these refusals costs anything.

/// What a request turned out to be after its credentials were weighed.
enum Role {
    case guest
    /// `currentSession` is the session whose own secret was used; a JWT has none.
    case user(User, currentSession: String?)
    case application(APIKey)
}

/// A caller let in to the account routes.
struct AccountHolder {
    let projectID: String
    let user: User
    let currentSession: String?
}

extension AppwriteServer {
    /// Lets a user in to the account routes; an API key alone never gets there.
    func admitToAccount(_ caller: Caller, now: Milliseconds) throws(Refusal) -> AccountHolder {
        let (project, role) = try identify(caller, now: now)
        switch role {
        case .application:
            throw .missingScopes(["account"], of: applicationName(caller))
        case .user, .guest:
            switch project?.accountService ?? .on {
            case .on: break
            case .serviceDisabled: throw .serviceDisabled
            case .apiDisabled: throw .apiDisabled
            }
        }
        guard case .user(let user, let currentSession) = role, let project else {
            throw .missingScopes(["account"], of: "User (role: guests)")
        }
        return AccountHolder(projectID: project.id, user: user, currentSession: currentSession)
    }

    /// Lets a key in to the server-side routes when it has one of `scopes`.
    func admitKey(_ caller: Caller, scopes: [String], now: Milliseconds) throws(Refusal) -> Project {
        let (project, role) = try identify(caller, now: now)
        switch role {
        case .guest:
            throw .missingScopes(scopes, of: "User (role: guests)")
        case .user(let user, _):
            throw .missingScopes(scopes, of: "\(user.name) (role: users)")
        case .application(let key):
            guard let project, scopes.contains(where: key.scopes.contains) else {
                throw .missingScopes(scopes, of: applicationName(caller))
            }
            return project
        }
    }

    /// A dev key that is wrong or has expired is ignored without a word.
    func isExemptFromLimit(_ caller: Caller, now: Milliseconds) -> Bool {
        if settings.metering == .disabled { return true }
        guard let project = caller.project.flatMap({ projects[$0] }), let name = caller.devKey else { return false }
        return project.devKeys[name]?.isValid(now: now) ?? false
    }

    private func applicationName(_ caller: Caller) -> String {
        "app.\(caller.project ?? "console")@service.\(caller.host) (role: applications)"
    }

    private func identify(_ caller: Caller, now: Milliseconds) throws(Refusal) -> (Project?, Role) {
        guard let projectID = caller.project else {
            // Without a project the request is the console's, which knows none of these users and keys.
            guard caller.apiKey != nil else { return (nil, .guest) }
            switch settings.version {
            case .v1_8_1: throw .wrongKey
            case .v1_9_6: throw .projectIDMissing
            }
        }
        guard let project = projects[projectID] else { throw .projectNotFound }
        if settings.version == .v1_9_6, caller.jwt != nil, caller.secret != nil {
            throw .jwtAndSession
        }
        let user = try user(of: caller, in: project, now: now)
        if let name = caller.apiKey {
            switch settings.version {
            case .v1_8_1: if user != nil { throw .keyAndSession }
            case .v1_9_6: break
            }
            return (project, try role(ofKey: name, in: project, now: now))
        }
        guard let (user, currentSession) = user else { return (project, .guest) }
        guard user.status == .active else { throw .blocked(by: settings.version) }
        switch user.demand {
        case .nothing: break
        case .passwordReset: throw .passwordResetRequired
        case .secondFactor:
            let factors = currentSession.flatMap { project.sessions[$0]?.kind.factors.count }
            if let factors, factors < 2 { throw .moreFactorsRequired }
        }
        return (project, .user(user, currentSession: currentSession))
    }

    private func role(ofKey name: String, in project: Project, now: Milliseconds) throws(Refusal) -> Role {
        guard let key = project.apiKeys[name] else { throw .wrongKey }
        guard key.isExpired(now: now) else { return .application(key) }
        // A short-lived key is a token of its own: once it has expired, its bearer is just nobody.
        if name.hasPrefix("ephemeral_") { return .guest }
        throw .keyExpired
    }

    /// A JWT goes before a secret. It opens an expired session too, but not a deleted one.
    private func user(
        of caller: Caller, in project: Project, now: Milliseconds
    ) throws(Refusal) -> (User, currentSession: String?)? {
        switch caller.jwt {
        case .broken(let fault):
            throw .jwt(fault)
        case .signed(let claims):
            guard claims.expiresAt > now else { throw .jwt(.expired) }
            guard let user = project.users[claims.userID] else { return nil }
            guard claims.sessionID.isEmpty || project.sessions[claims.sessionID]?.userID == user.id else { return nil }
            return (user, currentSession: nil)
        case nil:
            guard let secret = caller.secret, let user = project.users[secret.userID],
                let opened = project.session(of: secret), opened.expiresAt > now
            else { return nil }
            return (user, currentSession: opened.id)
        }
    }
}
