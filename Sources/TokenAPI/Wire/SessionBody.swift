// A session as operators see it: everything that refreshd knows of it, but never a token or a secret.

package import RefreshEngine
package import RefreshPolicy

/// One session on the control socket.
package struct SessionBody: Codable, Hashable, Sendable {
    package let project: String
    package let sessionID: String
    package let userID: String
    package let provider: String
    package let providerUID: String
    /// The words of `Source`: "apiKey" or "secret".
    package let source: String
    /// The words of `Keep`: "used" or "always". It holds where no `keep` rule of the settings fits the session.
    package let keep: String
    /// The words of `Standing`.
    package let standing: String
    /// The words of `Reason.Code`, followed by the OAuth error code in brackets where there is one.
    package let reason: String
    /// When the token ends; absent where there is none, or no end is known.
    package let expiresAt: WireTime?
    /// Whole seconds until then, rounded down; zero when it has passed.
    package let expiresIn: Int?
    /// When the token was issued; absent where there is none.
    package let issuedAt: WireTime?
    /// When Appwrite's session ends.
    package let sessionExpiresAt: WireTime
    package let createdAt: WireTime
    package let foundAt: WireTime
    package let lookedAt: WireTime
    /// When an app last read its grant; absent where none did.
    package let lastReadAt: WireTime?
    /// How much its grant is read, as the moment at which one single read would weigh as much; where calls do not suffice,
    /// the later goes first. Absent where nobody read it.
    package let heat: WireTime?
    /// How many refreshes failed in a row.
    package let failures: Int
    /// When refreshd tries or looks again after something went wrong; absent where nothing did.
    package let retryAt: WireTime?
    package let hasRefreshToken: Bool
    /// Whether it is the one of its grant that is kept; the others are spares.
    package let elected: Bool
    /// What its fate hangs on; only where one session is asked for.
    package private(set) var story: StoryBody?

    package init(_ story: SessionStory, now: WallTime) {
        self.init(story.row, now: now)
        self.story = StoryBody(story, now: now)
    }

    package init(_ row: SessionRow, now: WallTime) {
        project = row.key.project.rawValue
        sessionID = row.key.session.rawValue
        userID = row.user.rawValue
        provider = row.provider.rawValue
        providerUID = row.providerUID
        source = row.source.rawValue
        keep = row.keep.rawValue
        standing = row.standing.rawValue
        reason = row.explanation.description
        expiresAt = WireTime(row.token?.expiresAt)
        expiresIn = expiresAt?.seconds(from: now)
        issuedAt = WireTime(row.token?.issuedAt)
        sessionExpiresAt = WireTime(row.sessionExpiresAt)
        createdAt = WireTime(row.createdAt)
        foundAt = WireTime(row.foundAt)
        lookedAt = WireTime(row.lookedAt)
        lastReadAt = WireTime(row.lastReadAt)
        heat = WireTime(row.heat?.asOneReadAt)
        hasRefreshToken = row.hasRefreshToken
        elected = row.isElected
        switch row.verdict {
        case .sound, .ended:
            (failures, retryAt) = (0, nil)
        case .failing(let count, let time):
            (failures, retryAt) = (count, WireTime(time))
        case .suspected(_, let time), .needsLogin(_, let time):
            (failures, retryAt) = (0, WireTime(time))
        }
    }

    private enum CodingKeys: String, CodingKey {
        case project
        case sessionID = "session_id"
        case userID = "user_id"
        case provider
        case providerUID = "provider_uid"
        case source
        case keep
        case standing
        case reason
        case expiresAt = "expires_at"
        case expiresIn = "expires_in"
        case issuedAt = "issued_at"
        case sessionExpiresAt = "session_expires_at"
        case createdAt = "created_at"
        case foundAt = "found_at"
        case lookedAt = "looked_at"
        case lastReadAt = "last_read_at"
        case heat
        case failures
        case retryAt = "retry_at"
        case hasRefreshToken = "has_refresh_token"
        case elected
        case story
    }
}

/// A page of a listing, in the order of project and session id; or, of those whose token ends soon, the earliest first.
package struct SessionPageBody: Codable, Hashable, Sendable {
    package let sessions: [SessionBody]
    /// What to give as `after` for the next page; absent on the last.
    package let next: String?

    /// `rows` holds one more than `limit` where there is a next page.
    package init(_ rows: [SessionRow], isByEnd: Bool = false, limit: Int, now: WallTime) {
        let page = rows.prefix(limit)
        sessions = page.map { SessionBody($0, now: now) }
        guard rows.count > limit, let last = page.last else {
            next = nil
            return
        }
        let end = isByEnd ? last.token?.expiresAt.map { "/\($0.milliseconds)" } : nil
        next = "\(last.key)\(end ?? "")"
    }
}

/// What registers a session.
package struct RegistrationBody: Codable, Hashable, Sendable {
    package let project: String
    /// The session's secret, as Appwrite gave it at login.
    package let secret: WireSecret

    package init(project: String, secret: Secret) {
        self.project = project
        self.secret = WireSecret(secret)
    }
}

/// What is answered to somebody who may register and nothing else: whose the secret is, as Appwrite would say too.
package struct RegisteredBody: Codable, Hashable, Sendable {
    package let project: String
    package let sessionID: String
    package let userID: String
    package let provider: String

    package init(_ row: SessionRow) {
        project = row.key.project.rawValue
        sessionID = row.key.session.rawValue
        userID = row.user.rawValue
        provider = row.provider.rawValue
    }

    private enum CodingKeys: String, CodingKey {
        case project
        case sessionID = "session_id"
        case userID = "user_id"
        case provider
    }
}

/// How a refresh that an operator asked for ended.
package struct RefreshBody: Codable, Hashable, Sendable {
    /// The words of `RefreshReport.Ending`: "renewed", "not now", "failed" or "under way"; the session says why.
    package let ending: String
    package let session: SessionBody

    package init(_ report: RefreshReport, now: WallTime) {
        ending = report.ending.rawValue
        session = SessionBody(report.row, now: now)
    }
}
