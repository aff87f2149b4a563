// The calls that only read, and the two small ones beside updateSession: minting a JWT and deleting a session.

/// A read session, and whether the caller's own secret belongs to it.
package struct ShownSession: Sendable, Equatable {
    package let session: Session
    package let isCurrent: Bool
}

package struct DeleteAnswer: Sendable, Equatable {
    package let result: Result<Session, Refusal>
    /// Nil: refused before it was counted.
    package let rate: RateHeaders?
}

extension AppwriteServer {
    /// `GET /account/sessions/{id}`: never limited.
    package mutating func readSession(
        _ id: String, by caller: Caller, now: Milliseconds
    ) throws(Refusal) -> ShownSession {
        let holder = try admitToAccount(caller, now: now)
        let session = try find(id, of: holder)
        projects[holder.projectID]?.lastReads[session.id] = now
        return ShownSession(session: session, isCurrent: session.id == holder.currentSession)
    }

    /// `GET /account/sessions`.
    package mutating func listSessions(by caller: Caller, now: Milliseconds) throws(Refusal) -> [ShownSession] {
        let holder = try admitToAccount(caller, now: now)
        return noteRead(of: holder.user, in: holder.projectID, now: now).map { session in
            ShownSession(session: session, isCurrent: session.id == holder.currentSession)
        }
    }

    /// `DELETE /account/sessions/{id}`: shares the counter of the PATCH.
    package mutating func deleteSession(_ id: String, by caller: Caller, now: Milliseconds) -> DeleteAnswer {
        var rate: RateHeaders?
        do throws(Refusal) {
            let holder = try admitToAccount(caller, now: now)
            let (charge, headers) = counter.charge(
                .delete, host: caller.host, ip: caller.ip, exempt: isExemptFromLimit(caller, now: now), now: now)
            rate = headers
            if charge == .overLimit { throw .overLimit }
            let session = try find(id, of: holder)
            endSession(session.id, of: holder.projectID, now: now)
            return DeleteAnswer(result: .success(session), rate: rate)
        } catch {
            return DeleteAnswer(result: .failure(error), rate: rate)
        }
    }

    /// `POST /users/{id}/jwts`: an unknown or missing session id still gets a JWT, one that names no session.
    package func mintJWT(
        userID: String, sessionID: String, seconds: Int64, by caller: Caller, now: Milliseconds
    ) throws(Refusal) -> JWTClaims {
        let project = try admitKey(caller, scopes: ["users.write"], now: now)
        guard (0...3600).contains(seconds) else {
            throw .badArgument("duration", "Value must be a valid range between 0 and 3,600")
        }
        guard let user = project.users[userID] else { throw .userNotFound }
        guard seconds > 0 else { throw .serverError }
        let named =
            switch sessionID {
            case "recent": user.sessionIDs.last ?? ""
            default: project.sessions[sessionID]?.userID == userID ? sessionID : ""
            }
        return JWTClaims(userID: userID, sessionID: named, expiresAt: (now / 1000 + seconds) * 1000)
    }

    /// `GET /users/{id}/sessions`: every session, expired ones and those of a blocked user too.
    package mutating func sessions(
        ofUser id: String, by caller: Caller, now: Milliseconds
    ) throws(Refusal) -> [Session] {
        let scopes =
            switch settings.version {
            case .v1_8_1: ["users.read"]
            case .v1_9_6: ["users.read", "sessions.read"]
            }
        let (project, user) = try find(user: id, by: caller, scopes: scopes, now: now)
        return noteRead(of: user, in: project, now: now)
    }

    private func find(
        user id: String, by caller: Caller, scopes: [String], now: Milliseconds
    ) throws(Refusal) -> (project: String, User) {
        let project = try admitKey(caller, scopes: scopes, now: now)
        guard let user = project.users[id] else { throw .userNotFound }
        return (project.id, user)
    }

    private mutating func noteRead(of user: User, in project: String, now: Milliseconds) -> [Session] {
        for session in user.sessionIDs {
            projects[project]?.lastReads[session] = now
        }
        return projects[project]?.sessions(of: user) ?? []
    }

    /// `GET /users/{id}`.
    package func user(_ id: String, by caller: Caller, now: Milliseconds) throws(Refusal) -> User {
        try find(user: id, by: caller, scopes: ["users.read"], now: now).1
    }

    /// `GET /users`.
    package func users(
        _ queries: [Query], by caller: Caller, now: Milliseconds
    ) throws(Refusal) -> Page<User> {
        let project = try admitKey(caller, scopes: ["users.read"], now: now)
        return try page(of: project.userIDs.compactMap { project.users[$0] }, queries)
    }

    /// `GET /users/identities`.
    package func identities(
        _ queries: [Query], by caller: Caller, now: Milliseconds
    ) throws(Refusal) -> Page<Identity> {
        let project = try admitKey(caller, scopes: ["users.read"], now: now)
        return try page(of: project.identities, queries)
    }

    /// `current` means the session of the secret that was sent; with a JWT it means nothing.
    func find(_ id: String, of holder: AccountHolder) throws(Refusal) -> Session {
        guard isID(id, upTo: settings.store.longestID) else { throw .badSessionID(upTo: settings.store.longestID) }
        let wanted = id == "current" ? holder.currentSession : id
        guard let wanted, let session = projects[holder.projectID]?.sessions[wanted],
            session.userID == holder.user.id
        else { throw .sessionNotFound }
        return session
    }
}

/// Appwrite's grammar: `[A-Za-z0-9][A-Za-z0-9._-]*`.
private func isID(_ text: String, upTo longest: Int) -> Bool {
    func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
    guard let first = text.utf8.first, isAlphanumeric(first), text.utf8.count <= longest else { return false }
    return text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
}
