// The record of everything the server saw, kept for a judge outside: every PATCH and every provider token.

package struct Ledger: Sendable {
    package internal(set) var patches: [PatchRecord] = []
    /// Every provider token ever issued, at logins and refreshes, in order of issue.
    package internal(set) var tokens: [TokenRecord] = []

    private var tokensOfSession: [String: [Int]] = [:]
    private var tokenNamed: [String: Int] = [:]

    mutating func open(_ record: PatchRecord) -> PatchID {
        var record = record
        record.number = patches.count
        patches.append(record)
        return record.number
    }

    mutating func close(
        _ number: PatchID, _ ending: PatchEnding, status: Int?, type: String?, now: Milliseconds
    ) {
        patches[number].ending = ending
        patches[number].endedAt = now
        patches[number].status = status
        patches[number].type = type
    }

    mutating func issued(
        _ tokens: Provider.Issued, of session: Session, in project: String, provider: String, endedAt: Milliseconds?,
        now: Milliseconds
    ) {
        tokensOfSession[sessionKey(project, session.id), default: []].append(self.tokens.count)
        tokenNamed[tokens.access] = self.tokens.count
        self.tokens.append(
            TokenRecord(
                token: tokens.access, project: project, userID: session.userID, sessionID: session.id,
                provider: provider, providerUID: session.providerUID, issuedAt: now,
                expiresAt: tokens.lifetime.map { now + $0 }, sessionEndedAt: endedAt))
    }

    mutating func stored(_ token: String, now: Milliseconds) {
        guard let index = tokenNamed[token], tokens[index].storedAt == nil else { return }
        tokens[index].storedAt = now
    }

    mutating func revokeTokens(of session: String, in project: String, now: Milliseconds) {
        for index in tokensOfSession[sessionKey(project, session), default: []] where tokens[index].revokedAt == nil {
            tokens[index].revokedAt = now
        }
    }

    /// Nil takes the end back, as unblocking a user does.
    mutating func endTokens(of session: String, in project: String, at end: Milliseconds?) {
        for index in tokensOfSession[sessionKey(project, session), default: []] {
            tokens[index].sessionEndedAt = end
        }
    }
}

/// One PATCH as the server saw it, whatever the client made of it.
package struct PatchRecord: Sendable, Equatable {
    package internal(set) var number: PatchID = 0
    package let at: Milliseconds
    package let host: String
    package let ip: String
    package let project: String?
    /// As asked; `current` becomes the session's own id.
    package internal(set) var sessionID: String
    package let credential: CredentialKind
    /// Start of the window it fell into.
    package let windowStart: Milliseconds
    package internal(set) var charge: Charge = .notReached
    /// Why a careful client would never have sent it; empty: it was all right to send.
    package let forbidden: [Forbidden]
    /// How many other PATCHes of that session were under way on the server when this one came.
    package let othersUnderWay: Int
    /// When that session was last read by a GET or in its user's list.
    package let lastRead: Milliseconds?
    /// The expiry of the session's token as stored when the PATCH came.
    package let tokenExpiry: Milliseconds?
    /// Nil while it is under way.
    package internal(set) var ending: PatchEnding?
    package internal(set) var endedAt: Milliseconds?
    /// Nil when no answer was sent, or none yet. After `droppedAfterCommit`: what would have been sent.
    package internal(set) var status: Int?
    package internal(set) var type: String?

    package enum Forbidden: String, Sendable, CaseIterable {
        case noRefreshToken
        /// Deleted, or its user blocked or deleted.
        case sessionEnded
        /// A PATCH would have brought it back to life.
        case sessionExpired
        case notOAuth
    }
}

/// One access token as the provider issued it.
package struct TokenRecord: Sendable, Equatable {
    package let token: String
    package let project: String
    package let userID: String
    package let sessionID: String
    package let provider: String
    package let providerUID: String
    package let issuedAt: Milliseconds
    /// When it really dies, whatever Appwrite was told; nil: never.
    package let expiresAt: Milliseconds?
    /// When the provider revoked it.
    package internal(set) var revokedAt: Milliseconds?
    /// When its Appwrite session was deleted or its user blocked. (Expiry of the session is not an end: a PATCH may
    /// still move it.)
    package internal(set) var sessionEndedAt: Milliseconds?
    /// When Appwrite stored it; nil: never, the answer was lost.
    package internal(set) var storedAt: Milliseconds?
}

extension AppwriteServer {
    /// The record of a PATCH that has just arrived.
    func record(of sessionID: String, by caller: Caller, now: Milliseconds) -> PatchRecord {
        let project = caller.project.flatMap { projects[$0] }
        let asked = sessionID == "current" ? currentSession(of: caller, in: project) ?? sessionID : sessionID
        let session = project?.sessions[asked]
        var forbidden: [PatchRecord.Forbidden] = []
        if let project, let session {
            if project.users[session.userID]?.status == .blocked { forbidden.append(.sessionEnded) }
            if session.expiresAt <= now { forbidden.append(.sessionExpired) }
            if session.kind != .oauth {
                forbidden.append(.notOAuth)
            } else if session.refreshToken.isEmpty {
                forbidden.append(.noRefreshToken)
            }
        } else if project?.endedSessions[asked] != nil {
            forbidden.append(.sessionEnded)
        }
        let key = sessionKey(caller.project ?? "", asked)
        return PatchRecord(
            at: now, host: caller.host, ip: caller.ip, project: caller.project, sessionID: asked,
            credential: caller.credential, windowStart: counter.windowStart(at: now), forbidden: forbidden,
            othersUnderWay: patches.ofSession[key, default: 0], lastRead: lastReads[key],
            tokenExpiry: session?.accessTokenExpiry)
    }

    private func currentSession(of caller: Caller, in project: Project?) -> String? {
        guard let project, let secret = caller.secret, let user = project.users[secret.userID] else { return nil }
        return project.sessions(of: user).first { $0.secret == secret.secret }?.id
    }
}
