// A simulator brought into the state in which an exchange was recorded: same ids, secrets, keys and time.
import AppwriteModel
import AppwriteSimulator
import Captures
import Foundation

struct CaptureWorld {
    private static let key = "standard_test-key"
    private static let devKey = "test-dev-key"
    private static let projects = ["peer", "peer2"]

    let simulator: Simulator
    private let capture: Capture
    private let project: String
    private let session: Session
    private var call: HTTPCall

    init(_ capture: Capture, _ preparations: [Preparation]) async throws {
        self.capture = capture
        let date = capture.response.headers["Date"].flatMap(Timestamps.instant(httpDate:))
        guard let version = AppwriteVersion(rawValue: capture.version), let now = date else {
            throw CaptureMistake("\(capture.name) has no version or date")
        }
        simulator = Simulator(SimulatorSettings(server: ServerSettings(version: version), clock: .frozen(at: now)))
        let names = Names(capture)
        let asked = capture.request.headers["X-Appwrite-Project"]
        project = asked.flatMap { Self.projects.contains($0) ? $0 : nil } ?? "peer"
        call = HTTPCall(
            method: capture.request.method, target: capture.request.path,
            headers: capture.request.headers.map { (name: $0.key, value: $0.value) },
            body: Data((capture.request.body ?? "").utf8))

        for id in Self.projects {
            simulator.change { server, _ in
                server.setUp(
                    ProjectSetup(
                        id: id, apiKeys: [APIKey(key: Self.key, scopes: ["users.read", "users.write"])],
                        devKeys: [DevKey(key: Self.devKey)], providers: [ProviderSetup(name: "mock")]))
            }
        }
        var login = Login(
            project: project, provider: names.provider, providerUID: "someone", userID: names.userID,
            sessionID: names.sessionID, secret: names.secret)
        for preparation in preparations {
            switch preparation {
            case .kind(let kind): login.kind = kind
            case .noRefreshToken: login.refreshToken = .omitted
            case .sessionExpired: login.sessionExpiresAt = 1_577_836_800_000
            case .secretIsWrong, .secretOfOtherSession: login.secret = nil
            case .user(let id): login.userID = id
            default: break
            }
        }
        // Others come first and after, so that a list has more rows than one.
        _ = try simulator.logIn(Login(project: project, provider: "mock", providerUID: "first"))
        guard let named = simulator.change({ $0.logIn(login, now: $1) }) else {
            throw CaptureMistake("there is no project \(project)")
        }
        session = named
        for name in ["third", "fourth"] {
            _ = try simulator.logIn(Login(project: project, provider: "mock", providerUID: name))
        }
        resignJWT(preparations)
        for preparation in preparations {
            try prepare(preparation, secret: names.secret)
            try await makeCalls(of: preparation)
        }
    }

    func replay() async throws -> HTTPAnswer {
        guard case .answer(let answer) = await simulator.respond(to: call) else {
            throw CaptureMistake("\(capture.name): the simulator hung up")
        }
        return answer
    }

    /// Recorded JWTs lost their signatures; their payloads are as they were.
    private mutating func resignJWT(_ preparations: [Preparation]) {
        for preparation in preparations {
            if case .signatureIsForeign = preparation { return }
        }
        for index in call.headers.indices where call.headers[index].name == "X-Appwrite-JWT" {
            guard let claims = JWTSigner.claims(of: call.headers[index].value) else { continue }
            call.headers[index].value = simulator.jwt(claims)
        }
    }

    private mutating func prepare(_ preparation: Preparation, secret: String?) throws {
        let (project, session) = (project, session)
        switch preparation {
        case .kind, .noRefreshToken, .sessionExpired, .secretIsWrong, .user, .signatureIsForeign: break
        case .secretOfOtherSession:
            _ = try simulator.logIn(
                Login(
                    project: project, provider: "mock", providerUID: "someone", userID: session.userID, secret: secret))
        case .loggedOut: simulator.change { _ = $0.endSession(session.id, of: project, now: $1) }
        case .userDeleted: simulator.change { $0.deleteUser(session.userID, of: project, now: $1) }
        case .userBlocked:
            simulator.change { $0.setStatus(.blocked, ofUser: session.userID, in: project, now: $1) }
        case .keyScopes(let scopes): setKey(APIKey(key: Self.key, scopes: scopes))
        case .keyExpired: setKey(APIKey(key: Self.key, scopes: ["users.read"], expiresAt: 1))
        case .behaviour(let behaviour):
            simulator.change { server, _ in server.setProvider("mock", of: project, to: behaviour) }
        case .fault(let fault):
            simulator.change { server, _ in server.setFaults([fault], at: .session(session.id), of: project) }
        case .providerUnknown:
            simulator.change { server, _ in server.removeProvider(session.provider, of: project) }
        case .sessionLength(let length):
            simulator.change { server, _ in server.setSessionLength(length, of: project) }
        case .patched:
            simulator.change { server, now in
                let own = SessionSecret(userID: session.userID, secret: session.secret)
                let caller = Caller(project: project, host: "elsewhere", secret: own)
                _ = server.patch(session.id, by: caller, now: now)
            }
        case .counted, .countedBeforeTheHour, .came: break
        case .cursorAtSecondRow(let recorded):
            let rows = simulator.change { server, _ in server.project(project)?.identities ?? [] }
            call.target = call.target.replacing(recorded, with: rows[1].id)
        }
    }

    private func setKey(_ key: APIKey) {
        simulator.change { server, _ in server.setUp(ProjectSetup(id: project, apiKeys: [key])) }
    }

    /// Those that came before the one that was recorded. Nothing else waits for answers.
    private func makeCalls(of preparation: Preparation) async throws {
        switch preparation {
        case .counted(let count):
            try await fill(count)
        case .countedBeforeTheHour(let count):
            simulator.advance(by: -1000)
            try await fill(count)
            simulator.advance(by: 1000)
        case .came(let earlier, let times):
            for _ in 0..<times { _ = await simulator.respond(to: try before(earlier)) }
        default: break
        }
    }

    /// Calls that count, by another user of the first project.
    private func fill(_ count: Int) async throws {
        for _ in 0..<count {
            let other = try simulator.logIn(Login(project: "peer", provider: "mock", providerUID: "filler"))
            var filling = call
            filling.method = "PATCH"
            filling.target = "/v1/account/sessions/\(other.sessionId)"
            filling.headers =
                connection + [
                    ("X-Appwrite-Project", "peer"),
                    ("X-Appwrite-Session", other.secret),
                ]
            _ = await simulator.respond(to: filling)
        }
    }

    /// What decides under which counter a call falls.
    private var connection: [(name: String, value: String)] {
        call.headers.filter { ["Host", "X-Forwarded-For"].contains($0.name) }
    }

    private func before(_ earlier: EarlierCall) throws -> HTTPCall {
        var call = call
        call.method = "PATCH"
        switch earlier {
        case .get: call.method = "GET"
        case .badSecret: call.headers = without("X-Appwrite-Session") + [("X-Appwrite-Session", "garbage")]
        case .invalidJWT: call.headers = without("X-Appwrite-Session") + [("X-Appwrite-JWT", "a.b.c")]
        case .unknownSession: call.target = "/v1/account/sessions/doesnotexist"
        case .malformedID: call.target = "/v1/account/sessions/bad%20id"
        case .wrongProject: call.headers = without("X-Appwrite-Project") + [("X-Appwrite-Project", "nope")]
        case .keyAndSession: call.headers.append(("X-Appwrite-Key", Self.key))
        case .withDevKey: call.headers.append(("X-Appwrite-Dev-Key", Self.devKey))
        case .providerRefuses(let status):
            let fault = Fault(.refuses(status: status, error: "no", description: nil), times: 1)
            simulator.change { server, _ in server.setFaults([fault], at: .session(session.id), of: project) }
        case .deleteOfUnknownSession:
            call.method = "DELETE"
            call.target = "/v1/account/sessions/doesnotexist"
        case .logoutOfOwnTokenFlowSession:
            let other = try simulator.logIn(
                Login(
                    project: project, kind: .tokenFlow, provider: "mock", providerUID: "someone",
                    userID: session.userID))
            call.method = "DELETE"
            call.target = "/v1/account/sessions/\(other.sessionId)"
        }
        return call
    }

    private func without(_ header: String) -> [(name: String, value: String)] {
        call.headers.filter { $0.name != header }
    }
}

struct CaptureMistake: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The ids and the secret that an exchange speaks of, wherever in it they stand.
private struct Names {
    var userID: String?
    var sessionID: String?
    var secret: String?
    var provider = "mock"

    init(_ capture: Capture) {
        let headers = capture.request.headers
        let cookie = headers["Cookie"]?.split(separator: "=", maxSplits: 1).last.map(String.init)
        if let decoded = (headers["X-Appwrite-Session"] ?? cookie).flatMap(SessionSecret.init(wire:)) {
            userID = decoded.userID
            secret = decoded.secret
        }
        let path = capture.request.path.prefix { $0 != "?" }.split(separator: "/").map(String.init)
        if path.count == 4, path[1] == "account", Self.isID(path[3]) { sessionID = path[3] }
        if path.count >= 3, path[1] == "users", Self.isID(path[2]) { userID = path[2] }
        if let claims = headers["X-Appwrite-JWT"].flatMap(JWTSigner.claims(of:)) {
            // A second credential's user is another one, who never logged in here.
            if userID != claims.userID { secret = nil }
            userID = claims.userID
            sessionID = sessionID ?? (claims.sessionID.isEmpty ? nil : claims.sessionID)
        }
        // `try?`: a body may be a page or empty, and then names nothing.
        guard let body = try? JSONCoding.decode(JSON.self, from: capture.response.body) else { return }
        if let claims = body["jwt"]?.text.flatMap(JWTSigner.claims(of:)), !claims.sessionID.isEmpty {
            sessionID = claims.sessionID
        }
        if capture.response.status == 200, let id = body["$id"]?.text, body["providerUid"] != nil {
            sessionID = id
            if body["providerUid"]?.text != "", let name = body["provider"]?.text { provider = name }
        }
    }

    private static func isID(_ text: String) -> Bool {
        text.wholeMatch(of: /[0-9a-f]{20}/) != nil
    }
}
