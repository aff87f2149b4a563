// The record of everything the server saw, kept for a judge outside: every PATCH and every provider token.

package struct Ledger: Sendable {
    /// In order of arrival.
    package private(set) var patches: [PatchRecord] = []
    /// Every provider token ever issued, at logins and refreshes, in order of issue.
    package private(set) var tokens: [TokenRecord] = []

    private var nextNumber: PatchID = 0
    private var tokensOfSession: [SessionName: [Int]] = [:]
    private var tokenNamed: [String: Int] = [:]

    /// The record of that number; nil: there is none, or it was forgotten.
    package func patch(_ number: PatchID) -> PatchRecord? {
        place(of: number).map { patches[$0] }
    }

    /// The record of an access token by its text; nil: nobody issued it, or it was forgotten.
    package func token(_ text: String) -> TokenRecord? {
        tokenNamed[text].map { tokens[$0] }
    }

    mutating func open(_ record: PatchRecord) -> PatchID {
        var record = record
        record.number = nextNumber
        nextNumber += 1
        patches.append(record)
        return record.number
    }

    mutating func charged(_ number: PatchID, _ charge: Charge, remaining: Int) {
        guard let place = place(of: number) else { return }
        patches[place].charge = charge
        patches[place].remaining = remaining
    }

    mutating func close(
        _ number: PatchID, _ ending: PatchEnding, status: Int?, type: String?, now: Milliseconds
    ) {
        guard let place = place(of: number) else { return }
        patches[place].ending = ending
        patches[place].endedAt = now
        patches[place].status = status
        patches[place].type = type
    }

    mutating func issued(
        _ tokens: Provider.Issued, of session: Session, in project: String, provider: String, endedAt: Milliseconds?,
        now: Milliseconds
    ) {
        add(
            TokenRecord(
                token: tokens.access, project: project, userID: session.userID, sessionID: session.id,
                provider: provider, providerUID: session.providerUID, issuedAt: now,
                expiresAt: tokens.lifetime.map { now + $0 }, sessionEndedAt: endedAt))
    }

    mutating func stored(_ token: String, now: Milliseconds) {
        guard let index = tokenNamed[token], tokens[index].storedAt == nil else { return }
        tokens[index].storedAt = now
    }

    mutating func revokeTokens(of session: SessionName, now: Milliseconds) {
        for index in tokensOfSession[session, default: []] where tokens[index].revokedAt == nil {
            tokens[index].revokedAt = now
        }
    }

    /// Nil takes the end back, as unblocking a user does.
    mutating func endTokens(of session: SessionName, at end: Milliseconds?) {
        for index in tokensOfSession[session, default: []] {
            tokens[index].sessionEndedAt = end
        }
    }

    /// Drops the PATCHes that ended before `instant`, and the tokens that were dead before it. Of the tokens that never
    /// end each session keeps its newest two, since the last may not be stored yet.
    mutating func forget(before instant: Milliseconds) {
        patches.removeAll { ($0.endedAt ?? instant) < instant }
        let known = tokens
        let newest = tokensOfSession
        tokens = []
        tokensOfSession = [:]
        tokenNamed = [:]
        for (index, token) in known.enumerated() {
            let isKept =
                if let end = token.end {
                    end >= instant
                } else {
                    newest[token.session, default: []].suffix(2).contains(index)
                }
            if isKept { add(token) }
        }
    }

    private mutating func add(_ token: TokenRecord) {
        tokensOfSession[token.session, default: []].append(tokens.count)
        tokenNamed[token.token] = tokens.count
        tokens.append(token)
    }

    /// Numbers rise, with gaps where records were forgotten.
    private func place(of number: PatchID) -> Int? {
        var low = 0
        var high = patches.count
        while low < high {
            let middle = (low + high) / 2
            if patches[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < patches.count && patches[low].number == number ? low : nil
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
    package let sessionID: String
    package let credential: CredentialKind
    /// Start of the window it fell into.
    package let windowStart: Milliseconds
    package internal(set) var charge: Charge = .notReached
    /// What its answer says is left in that window; nil when it was refused before the counter.
    package internal(set) var remaining: Int?
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

    /// The end that Appwrite states, and nobody can know better: it counts the life from when it stores the token, a
    /// little after the provider issued it. Nil for a token that never ends or was never stored.
    package var statedEnd: Milliseconds? {
        guard let expiresAt, let storedAt else { return nil }
        return expiresAt + (storedAt - issuedAt)
    }

    var session: SessionName { SessionName(project: project, session: sessionID) }

    /// When it stopped being good for anything; nil: not yet known.
    var end: Milliseconds? {
        let never = Milliseconds.max
        let first = min(expiresAt ?? never, revokedAt ?? never, sessionEndedAt ?? never)
        return first == never ? nil : first
    }
}

/// A session of one of the projects.
struct SessionName: Sendable, Hashable {
    let project: String
    let session: String
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
        return PatchRecord(
            at: now, host: caller.host, ip: caller.ip, project: caller.project, sessionID: asked,
            credential: caller.credential, windowStart: counter.windowStart(at: now), forbidden: forbidden,
            othersUnderWay: patches.underWay(of: SessionName(project: caller.project ?? "", session: asked)),
            lastRead: project?.lastReads[asked],
            tokenExpiry: session?.accessTokenExpiry)
    }

    private func currentSession(of caller: Caller, in project: Project?) -> String? {
        guard let project, let secret = caller.secret else { return nil }
        return project.session(of: secret)?.id
    }
}
