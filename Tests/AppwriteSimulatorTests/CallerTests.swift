// Whose call a request is: cookies and other credentials, several at once, and the address that is counted.
import AppwriteModel
import AppwriteSimulator
import Testing

@Suite("A request", .timeLimit(.minutes(10)))
struct CallerTests {
    @Test("is let in by a cookie of either name, which goes before the header", arguments: AppwriteVersion.allCases)
    func cookies(version: AppwriteVersion) async throws {
        let world = try World(version)
        let (good, bad) = (world.anna.secret, world.secret(userID: world.anna.userId, "wrong"))
        #expect(try await world.patch([("Cookie", "a_session_demo=\(good)")]).status == 200)
        #expect(try await world.patch([("Cookie", "a_session_demo_legacy=\(good)")]).status == 200)
        #expect(try await world.patch([("Cookie", "theme=dark; a_session_demo=\(good); x=y")]).status == 200)
        let badFirst = "a_session_demo=\(bad); a_session_demo_legacy=\(good)"
        #expect(try await world.patch([("Cookie", badFirst)]).status == 401)
        #expect(try await world.patch([("Cookie", "a_session_other=\(good)")]).status == 401)
        for (cookie, header, status) in [(good, bad, 200), (bad, good, 401), ("garbage", good, 200)] {
            let headers = [("Cookie", "a_session_demo=\(cookie)"), ("X-Appwrite-Session", header)]
            #expect(try await world.patch(headers).status == status)
        }
    }

    @Test("with a cookie beside a JWT or a key is refused as with a session's header")
    func twoCredentials() async throws {
        let old = try World(.v1_8_1)
        let new = try World(.v1_9_6)
        for name in ["a_session_demo", "a_session_demo_legacy"] {
            #expect(try await old.patch([old.cookie(name), old.jwt]).status == 200)
            #expect(try await new.patch([new.cookie(name), new.jwt]).type == "user_jwt_and_cookie_set")
            #expect(try await old.patch([old.cookie(name), old.key]).type == "user_key_and_session_set")
            #expect(try await new.patch([new.cookie(name), new.key]).type == "general_unauthorized_scope")
        }
    }

    @Test(
        "is counted under the first address it was forwarded for, or else under its peer's",
        arguments: AppwriteVersion.allCases)
    func forwarded(version: AppwriteVersion) async throws {
        let world = try World(version)
        #expect(try await world.remaining(forwardedFor: "10.1.1.1") == 9)
        #expect(try await world.remaining(forwardedFor: "10.1.1.1, 10.2.2.2") == 8)
        #expect(try await world.remaining(forwardedFor: "10.1.1.1,10.3.3.3", peer: "192.0.2.1") == 7)
        #expect(try await world.remaining(forwardedFor: "10.2.2.2") == 9)
        #expect(try await world.remaining(forwardedFor: nil, peer: "10.2.2.2") == 8)
        #expect(try await world.remaining(forwardedFor: "", peer: "10.2.2.2") == 7)
    }

    @Test("over IPv4 has one counter, and over IPv6 another", arguments: AppwriteVersion.allCases)
    func families(version: AppwriteVersion) async throws {
        let world = try World(version)
        #expect(try await world.remaining(forwardedFor: nil, peer: "192.0.2.7") == 9)
        #expect(try await world.remaining(forwardedFor: nil, peer: "2001:db8::7") == 9)
        #expect(try await world.remaining(forwardedFor: nil, peer: "192.0.2.7") == 8)
        #expect(try await world.remaining(forwardedFor: "2001:db8::7", peer: "192.0.2.7") == 8)
    }

    @Test("forwarded for what is no address counts under its peer's in 1.9.6, and in 1.8.1 under that text")
    func forwardedForGarbage() async throws {
        for text in [
            "unknown", "10.1.1", "10.1.1.256", "10.1.1.01", "10.1.1.+1", "10.1.1.1:80", "::1::", "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9", "12345::", "g::1", "fe80::1%eth0", "::10.0.0.1:1", ":1", "1:2:3:4::5:6:7:8",
            "unknown, 10.1.1.1",
        ] {
            let (old, new) = (try World(.v1_8_1), try World(.v1_9_6))
            for world in [old, new] { _ = try await world.remaining(forwardedFor: nil, peer: "192.0.2.1") }
            #expect(try await old.remaining(forwardedFor: text, peer: "192.0.2.1") == 9, "\(text)")
            #expect(try await new.remaining(forwardedFor: text, peer: "192.0.2.1") == 8, "\(text)")
        }
        for text in [
            "::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3::5:6:7:8", "::ffff:10.0.0.1", "2001:DB8::a", "0.0.0.0",
        ] {
            let world = try World(.v1_9_6)
            _ = try await world.remaining(forwardedFor: nil, peer: "192.0.2.1")
            #expect(try await world.remaining(forwardedFor: text, peer: "192.0.2.1") == 9, "\(text)")
        }
    }

    /// A project with one user, spoken to without a socket.
    private struct World {
        let simulator: Simulator
        let anna: LoggedIn

        init(_ version: AppwriteVersion) throws {
            simulator = Simulator(
                SimulatorSettings(server: ServerSettings(version: version), clock: .frozen(at: ModelFixture.start)))
            simulator.change { server, _ in
                server.setUp(
                    ProjectSetup(
                        id: "demo", apiKeys: [APIKey(key: "key", scopes: ["users.read"])],
                        providers: [ProviderSetup(name: "google")]))
            }
            anna = try simulator.logIn(Login(project: "demo", provider: "google", providerUID: "anna"))
        }

        var key: (String, String) { ("X-Appwrite-Key", "key") }

        var jwt: (String, String) {
            let claims = JWTClaims(
                userID: anna.userId, sessionID: anna.sessionId, expiresAt: ModelFixture.start + ModelFixture.minute)
            return ("X-Appwrite-JWT", simulator.jwt(claims))
        }

        func cookie(_ name: String) -> (String, String) { ("Cookie", "\(name)=\(anna.secret)") }

        func secret(userID: String, _ secret: String) -> String {
            SessionSecret(userID: userID, secret: secret).wire
        }

        func patch(_ headers: [(String, String)], peer: String = "127.0.0.1") async throws -> Answer {
            let call = HTTPCall(
                method: "PATCH", target: "/v1/account/sessions/\(anna.sessionId)",
                headers: [(name: "X-Appwrite-Project", value: "demo")] + headers.map { (name: $0.0, value: $0.1) },
                peer: peer)
            guard case .answer(let answer) = await simulator.respond(to: call) else {
                throw CaptureMistake("the simulator hung up")
            }
            let body = try JSONCoding.decode(JSON.self, from: answer.body)
            return Answer(
                status: answer.status, type: body["type"]?.text,
                remaining: answer.header("X-Ratelimit-Remaining").flatMap(Int.init))
        }

        func remaining(forwardedFor list: String?, peer: String = "127.0.0.1") async throws -> Int? {
            let forwarded = list.map { [("X-Forwarded-For", $0)] } ?? []
            return try await patch([("X-Appwrite-Session", anna.secret)] + forwarded, peer: peer).remaining
        }
    }

    private struct Answer {
        let status: Int
        let type: String?
        let remaining: Int?
    }
}
