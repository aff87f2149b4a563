// Between the scheduler's calls and the model of Appwrite: what the client does on the wire, without a wire. The model
// shares no words with the policy; this is the one place where they meet.

package import AppwriteModel
package import RefreshPolicy

/// How a project of the settings reaches its Appwrite.
package struct Site: Sendable {
    package var alias: ProjectAlias
    /// Appwrite's id of the project.
    package var project: String
    package var host: String
    package var ip: String
    package var apiKey: String?
    package var devKey: String?

    package init(
        alias: ProjectAlias, project: String, host: String, ip: String = "192.0.2.1", apiKey: String?,
        devKey: String? = nil
    ) {
        self.alias = alias
        self.project = project
        self.host = host
        self.ip = ip
        self.apiKey = apiKey
        self.devKey = devKey
    }

    func caller(secret: Secret? = nil, jwt: JWTClaims? = nil, isKey: Bool = false, hasDevKey: Bool = false) -> Caller {
        Caller(
            project: project, host: host, ip: ip, secret: secret.flatMap(SessionSecret.init(of:)),
            jwt: jwt.map(JWTCredential.signed), apiKey: isKey ? apiKey : nil, devKey: hasDevKey ? devKey : nil)
    }
}

extension SessionSecret {
    /// A secret as Appwrite gives it out names its user; here the two stand side by side.
    fileprivate init?(of secret: Secret) {
        let parts = secret.reveal().split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        self.init(userID: parts[0], secret: parts[1])
    }
}

extension Secret {
    package init?(of session: AppwriteModel.Session) {
        self.init("\(session.userID):\(session.secret)")
    }
}

/// The server, and how each project reaches it.
package struct Wire: Sendable {
    package var server: AppwriteServer
    package var sites: [Site]

    package init(server: AppwriteServer, sites: [Site]) {
        self.server = server
        self.sites = sites
    }

    package func site(_ alias: ProjectAlias) -> Site? {
        sites.first { $0.alias == alias }
    }

    /// A PATCH on its way: refused at once, or at work.
    enum Start {
        case over(SpendAnswer, RefreshPolicy.RateHeaders?)
        case underWay(PatchID, ProviderReaction)
    }

    mutating func look(at row: SessionRow, now: Int64) -> Look {
        guard let site = site(row.key.project) else { return .failed(.silent(.unreachable(.refused))) }
        var question = Question.listSessions
        do throws(AppwriteModel.Refusal) {
            if row.source == .secret, let secret = row.secret {
                question = .readSession
                return try read(row.key.session, by: site.caller(secret: secret), now: now)
            }
            guard row.isBlocked else { return .list(try list(row.user, at: site, now: now)) }
            question = .mintToken
            let claims = try mint(row, at: site, now: now)
            question = .readSession
            return try read(row.key.session, by: site.caller(jwt: claims), now: now)
        } catch {
            return .failed(.refused(error.refusal(asked: question)))
        }
    }

    private mutating func read(
        _ session: SessionID, by caller: Caller, now: Int64
    ) throws(AppwriteModel.Refusal) -> Look {
        let shown = try server.readSession(session.rawValue, by: caller, now: now)
        return SessionFacts(shown.session).map(Look.session) ?? .failed(.silent(.notUnderstood))
    }

    private mutating func mint(
        _ row: SessionRow, at site: Site, now: Int64
    ) throws(AppwriteModel.Refusal) -> JWTClaims {
        try server.mintJWT(
            userID: row.user.rawValue, sessionID: row.key.session.rawValue, seconds: 900,
            by: site.caller(isKey: true), now: now)
    }

    mutating func list(_ user: UserID, in alias: ProjectAlias, now: Int64) -> Result<[SessionFacts], CallFailure> {
        guard let site = site(alias) else { return .failure(.silent(.unreachable(.refused))) }
        do throws(AppwriteModel.Refusal) {
            return .success(try list(user, at: site, now: now))
        } catch {
            return .failure(.refused(error.refusal(asked: .listSessions)))
        }
    }

    /// The minting of the JWT and the beginning of the PATCH, at one moment.
    mutating func begin(_ row: SessionRow, now: Int64) -> Start {
        guard let site = site(row.key.project) else { return .over(.notSent(.silent(.unreachable(.refused))), nil) }
        let caller: Caller
        if row.source == .secret, let secret = row.secret {
            caller = site.caller(secret: secret, hasDevKey: true)
        } else {
            do throws(AppwriteModel.Refusal) {
                let claims = try mint(row, at: site, now: now)
                // Such a JWT opens all sessions of the user, and must not be sent.
                if claims.sessionID.isEmpty { return .over(.notSent(.refused(.sessionUnknown)), nil) }
                caller = site.caller(jwt: claims, hasDevKey: true)
            } catch {
                return .over(.notSent(.refused(error.refusal(asked: .mintToken))), nil)
            }
        }
        switch server.beginPatch(row.key.session.rawValue, by: caller, now: now) {
        case .refused(let refusal, let rate):
            return .over(.refused(refusal.refusal(asked: .refreshSession)), rate.map(RefreshPolicy.RateHeaders.init))
        case .underWay(let patch): return .underWay(patch, server.askProvider(patch, now: now))
        }
    }

    /// The PATCH is carried out, whoever hears of it.
    mutating func commit(
        _ patch: PatchID, as ending: PatchEnding, now: Int64
    ) -> (SpendAnswer, RefreshPolicy.RateHeaders)? {
        guard let answer = server.commitPatch(patch, as: ending, now: now) else { return nil }
        let rate = RefreshPolicy.RateHeaders(answer.rate)
        switch answer.result {
        case .success(let patched):
            // Its `$updatedAt` is the old one, which is how the model has it too.
            return (SessionFacts(patched.session).map(SpendAnswer.session) ?? .lost(.notUnderstood), rate)
        case .failure(let refusal): return (.refused(refusal.refusal(asked: .refreshSession)), rate)
        }
    }

    private mutating func list(
        _ user: UserID, at site: Site, now: Int64
    ) throws(AppwriteModel.Refusal) -> [SessionFacts] {
        try server.sessions(ofUser: user.rawValue, by: site.caller(isKey: true), now: now)
            .compactMap(SessionFacts.init)
    }
}

extension AppwriteModel.Refusal {
    func refusal(asked question: Question) -> RefreshPolicy.Refusal {
        ServerError(status: status, type: type, message: message).refusal(asked: question)
    }
}

extension RefreshPolicy.RateHeaders {
    init(_ rate: AppwriteModel.RateHeaders) {
        self.init(
            limit: rate.limit, remaining: rate.remaining, reset: ServerTime(milliseconds: rate.reset * 1000))
    }
}

extension SessionFacts {
    /// Nil where a name is not of Appwrite's grammar, which the model never makes.
    package init?(_ session: AppwriteModel.Session) {
        guard let id = SessionID(session.id), let user = UserID(session.userID),
            let provider = ProviderName(session.provider)
        else { return nil }
        self.init(
            session: id, user: user, provider: provider, providerUID: session.providerUID,
            createdAt: ServerTime(milliseconds: session.createdAt),
            updatedAt: ServerTime(milliseconds: session.updatedAt),
            sessionExpiresAt: ServerTime(milliseconds: session.expiresAt), token: Secret(session.accessToken),
            tokenExpiresAt: session.accessTokenExpiry.map(ServerTime.init(milliseconds:)),
            hasRefreshToken: !session.refreshToken.isEmpty)
    }
}
