// A small world for the tests of the model: one project, one provider, one user, and a time that the test moves.
import AppwriteModel

struct ModelFixture {
    /// An exact hour, so that windows are easy to see.
    static let start: Milliseconds = 1_795_471_200_000
    static let minute: Milliseconds = 60_000
    static let hour: Milliseconds = 60 * minute

    var server: AppwriteServer
    var now = Self.start

    init(
        _ version: AppwriteVersion = .v1_9_6, _ behaviour: ProviderBehaviour = ProviderBehaviour(),
        metering: Metering = .enabled, store: Store = .sql
    ) {
        server = AppwriteServer(settings: ServerSettings(version: version, metering: metering, store: store))
        server.setUp(
            ProjectSetup(
                id: "demo", apiKeys: [APIKey(key: "key", scopes: ["users.read", "users.write"])],
                devKeys: [DevKey(key: "dev", expiresAt: now + Self.hour)],
                providers: [ProviderSetup(name: "google", behaviour: behaviour)]))
    }

    mutating func logIn(_ kind: SessionKind = .oauth, uid: String = "anna") -> Session {
        logIn(Login(project: "demo", kind: kind, provider: "google", providerUID: uid))
    }

    mutating func logIn(_ login: Login) -> Session {
        guard let session = server.logIn(login, now: now) else { preconditionFailure("the project was set up above") }
        return session
    }

    func secret(of session: Session, host: String = "a.test", ip: String = "10.0.0.1") -> Caller {
        Caller(
            project: "demo", host: host, ip: ip,
            secret: SessionSecret(userID: session.userID, secret: session.secret))
    }

    func jwt(for session: Session) -> Caller {
        Caller(
            project: "demo", host: "a.test", ip: "10.0.0.1",
            jwt: .signed(JWTClaims(userID: session.userID, sessionID: session.id, expiresAt: now + 900_000)))
    }

    mutating func patch(_ session: Session, by caller: Caller? = nil) -> PatchOutcome {
        server.patch(session.id, by: caller ?? secret(of: session), now: now)
    }

    /// A PATCH that gets its 200.
    mutating func patched(_ session: Session, by caller: Caller? = nil) throws -> Session {
        switch patch(session, by: caller) {
        case .answered(.success(let patched), _): return patched.session
        case .answered(.failure(let refusal), _): throw refusal
        case .lost: throw Refusal.serverError
        }
    }

    func stored(_ session: Session) -> Session? {
        server.project("demo")?.session(session.id)
    }

    mutating func setFault(_ fault: Fault, at session: Session) {
        server.setFaults([fault], at: .session(session.id), of: "demo")
    }
}

extension PatchOutcome {
    var refusal: Refusal? {
        guard case .answered(.failure(let refusal), _) = self else { return nil }
        return refusal
    }

    /// 200, or the status of the refusal; nil: the connection was lost.
    var status: Int? {
        switch self {
        case .answered(.success, _): 200
        case .answered(.failure(let refusal), _): refusal.status
        case .lost: nil
        }
    }

    var rate: RateHeaders? {
        guard case .answered(_, let rate) = self else { return nil }
        return rate
    }
}
