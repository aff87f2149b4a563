// What `GET /_simulator/ledger` answers: everything the server saw, for a judge outside. All instants are unix
// milliseconds of the server's clock.
package import AppwriteModel

package struct LedgerForm: Codable, Sendable, Equatable {
    package var now: Milliseconds
    /// Length of the limit's windows.
    package var windowLength: Milliseconds
    /// Every PATCH, in order of arrival.
    package var patches: [PatchForm]
    /// Every provider access token ever issued, in order of issue.
    package var tokens: [TokenForm]
    /// Every session that has not ended, as it stands now, by project and user.
    package var sessions: [SessionForm]
}

package struct PatchForm: Codable, Sendable, Equatable {
    package var number: Int
    package var at: Milliseconds
    package var host: String
    package var ip: String
    package var project: String?
    package var sessionId: String
    package var credential: CredentialKind
    /// Start of the window it fell into.
    package var window: Milliseconds
    /// `counted`, `exempt`, `overLimit` (429) or `notReached` (refused before the counter).
    package var charge: Charge
    /// Why a careful client would never have sent it; empty when it was all right to send.
    package var forbidden: [PatchRecord.Forbidden]
    /// Other PATCHes of that session under way on the server when it came.
    package var othersUnderWay: Int
    /// When that session was last read.
    package var lastRead: Milliseconds?
    /// Stored expiry of the session's token when the PATCH came.
    package var tokenExpiry: Milliseconds?
    /// Absent while it is under way.
    package var ending: PatchEnding?
    package var endedAt: Milliseconds?
    package var status: Int?
    package var type: String?
}

package struct TokenForm: Codable, Sendable, Equatable {
    package var token: String
    package var project: String
    package var userId: String
    package var sessionId: String
    package var provider: String
    package var providerUid: String
    package var issuedAt: Milliseconds
    /// When it really ends; absent: never.
    package var expiresAt: Milliseconds?
    package var revokedAt: Milliseconds?
    /// When its session was deleted or its user blocked.
    package var sessionEndedAt: Milliseconds?
    /// When Appwrite stored it; absent: the answer was lost.
    package var storedAt: Milliseconds?
}

package struct SessionForm: Codable, Sendable, Equatable {
    package var project: String
    package var userId: String
    package var userStatus: UserStatus
    package var sessionId: String
    package var kind: SessionKind
    package var provider: String
    package var providerUid: String
    package var hasRefreshToken: Bool
    /// Empty when there is none.
    package var accessToken: String
    package var accessTokenExpiry: Milliseconds?
    package var sessionExpiresAt: Milliseconds
    package var createdAt: Milliseconds
}

extension LedgerForm {
    init(_ server: AppwriteServer, now: Milliseconds) {
        let sessions = server.projectIDs.compactMap(server.project).flatMap { project in
            project.userIDs.compactMap(project.user).flatMap { user in
                project.sessions(of: user).map { SessionForm($0, of: user, in: project.id) }
            }
        }
        self.init(
            now: now, windowLength: server.settings.windowLength, patches: server.ledger.patches.map(PatchForm.init),
            tokens: server.ledger.tokens.map(TokenForm.init), sessions: sessions)
    }
}

extension SessionForm {
    init(_ session: Session, of user: User, in project: String) {
        self.init(
            project: project, userId: user.id, userStatus: user.status, sessionId: session.id, kind: session.kind,
            provider: session.provider, providerUid: session.providerUID,
            hasRefreshToken: !session.refreshToken.isEmpty, accessToken: session.accessToken,
            accessTokenExpiry: session.accessTokenExpiry, sessionExpiresAt: session.expiresAt,
            createdAt: session.createdAt)
    }
}

extension PatchForm {
    init(_ record: PatchRecord) {
        self.init(
            number: record.number, at: record.at, host: record.host, ip: record.ip, project: record.project,
            sessionId: record.sessionID, credential: record.credential, window: record.windowStart,
            charge: record.charge, forbidden: record.forbidden, othersUnderWay: record.othersUnderWay,
            lastRead: record.lastRead, tokenExpiry: record.tokenExpiry, ending: record.ending,
            endedAt: record.endedAt, status: record.status, type: record.type)
    }
}

extension TokenForm {
    init(_ record: TokenRecord) {
        self.init(
            token: record.token, project: record.project, userId: record.userID, sessionId: record.sessionID,
            provider: record.provider, providerUid: record.providerUID, issuedAt: record.issuedAt,
            expiresAt: record.expiresAt, revokedAt: record.revokedAt, sessionEndedAt: record.sessionEndedAt,
            storedAt: record.storedAt)
    }
}
