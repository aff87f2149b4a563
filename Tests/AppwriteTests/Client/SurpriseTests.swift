// The surprises of Appwrite, as the client hears of them over a socket: each comes out as what it is.

import AppwriteModel
import AppwriteSimulator
import RefreshEngine
import RefreshPolicy
import Testing

@Suite("The client meets a surprise", .timeLimit(.minutes(10))) struct SurpriseTests {
    @Test("A 200 that wiped the token has none, and the next good one repairs it", arguments: AppwriteVersion.allCases)
    func wiped(version: AppwriteVersion) async throws {
        try await withWorld(version) { world in
            world.setFault(Fault(.emptySuccess, times: 1))
            let wiped = try #require(try await world.spend().session)
            #expect(wiped.token == nil)
            #expect(wiped.hasRefreshToken)
            #expect(wiped.tokenExpiresAt == ServerTime(milliseconds: world.simulator.now()))
            #expect(try #require(try await world.spend().session).token != nil)
        }
    }

    @Test(
        "A 200 without the provider's adapter shows the old token and a later end", arguments: AppwriteVersion.allCases)
    func oldToken(version: AppwriteVersion) async throws {
        try await withWorld(version) { world in
            world.setFault(Fault(.noAdapter))
            world.simulator.advance(by: 60_000)
            let facts = try #require(try await world.spend().session)
            #expect(facts.token?.reveal() == world.login.accessToken)
            #expect(facts.tokenExpiresAt?.milliseconds == world.login.accessTokenExpiry)
            #expect(facts.sessionExpiresAt.milliseconds == world.login.sessionExpiresAt + 60_000)
        }
    }

    @Test("A session shortened by its refresh shows its new end", arguments: AppwriteVersion.allCases)
    func shortened(version: AppwriteVersion) async throws {
        try await withWorld(version) { world in
            world.simulator.change { server, _ in server.setSessionLength(60_000, of: "peer") }
            let facts = try #require(try await world.spend().session)
            #expect(facts.sessionExpiresAt.milliseconds == world.simulator.now() + 60_000)
        }
    }

    @Test(
        "An expired session refuses its secret, and a JWT brings it back to life", arguments: AppwriteVersion.allCases)
    func revived(version: AppwriteVersion) async throws {
        try await withWorld(version) { world in
            world.simulator.change { server, _ in server.setSessionLength(1000, of: "peer") }
            _ = try await world.spend()
            world.simulator.change { server, _ in server.setSessionLength(ProjectSetup.year, of: "peer") }
            world.simulator.advance(by: 1000)
            #expect(try await world.spendBySecret() == .refused(.loginRefused))
            #expect(try await world.spend().session != nil)
            #expect(try await world.spendBySecret().session != nil)
        }
    }

    @Test(
        "What the account is refused for is told apart, by each version's status", arguments: AppwriteVersion.allCases)
    func accounts(version: AppwriteVersion) async throws {
        try await withWorld(version) { world in
            for service in [AccountService.serviceDisabled, .apiDisabled] {
                world.simulator.change { server, _ in
                    server.setUp(ProjectSetup(id: "peer", accountService: service))
                }
                let answer = try await world.spend()
                #expect(answer == .refused(.serviceDisabled))
                #expect(try await world.look().sessions?.count == 1, "a key lists on")
            }
            world.simulator.change { server, _ in server.setUp(ProjectSetup(id: "peer")) }
            let user = world.login.userId
            world.simulator.change { server, _ in server.setDemand(.passwordReset, onUser: user, in: "peer") }
            #expect(try await world.spend() == .refused(.callRefused(status: 412)))
            world.simulator.change { server, now in server.setStatus(.blocked, ofUser: user, in: "peer", now: now) }
            #expect(try await world.spend() == .refused(.userBlocked))
            #expect(try await world.spendBySecret() == .refused(.userBlocked))
        }
    }

    @Test("A token-flow session is extended by 1.8.1, and by 1.9.6 refused for its empty refresh token")
    func tokenFlow() async throws {
        for version in AppwriteVersion.allCases {
            try await withWorld(version, kind: .tokenFlow) { world in
                let answer = try await world.spend()
                switch version {
                case .v1_8_1: #expect(answer.session?.token == nil && answer.session?.hasRefreshToken == false)
                case .v1_9_6: #expect(answer == .refused(.providerRefused(.invalidGrant)))
                }
            }
        }
    }

    @Test("Each refusal of the provider's is the provider's", arguments: AppwriteVersion.allCases)
    func provider(version: AppwriteVersion) async throws {
        try await withWorld(version) { world in
            func spend(_ answer: FaultyAnswer) async throws -> SpendAnswer {
                world.setFault(Fault(answer, times: 1))
                return try await world.spend()
            }
            func refuses(_ status: Int, _ error: String) -> FaultyAnswer {
                .refuses(status: status, error: error, description: "{refresh_token}")
            }
            #expect(try await spend(refuses(400, "invalid_grant")) == .refused(.providerRefused(.invalidGrant)))
            #expect(try await spend(refuses(401, "invalid_client")) == .refused(.providerClientRefused))
            for status in [403, 500, 503] {
                #expect(try await spend(refuses(status, "server_error")) == .refused(.providerFailed))
            }
            #expect(try await spend(.refusesInText(status: 404, text: "<html>")) == .refused(.providerFailed))
            #expect(try await spend(.down) == .refused(.providerFailed))
            let good = try await world.spend()
            #expect(good.session?.token != nil)
        }
    }

    @Test("A connection lost after the commit is lost to the client alone", arguments: AppwriteVersion.allCases)
    func lost(version: AppwriteVersion) async throws {
        try await withWorld(version) { world in
            world.setFault(Fault(ending: .droppedAfterCommit, times: 1))
            guard case .lost = try await world.spend() else {
                Issue.record("the answer was not lost")
                return
            }
            let token = try #require(try await world.look().sessions?.first?.token)
            #expect(token.reveal() != world.login.accessToken)
            #expect(world.simulator.ledger.token(token.reveal())?.storedAt != nil)
        }
    }

    private struct World {
        let calling: Calling
        let simulator: Simulator
        let login: LoggedIn

        func setFault(_ fault: Fault) {
            simulator.change { server, _ in server.setFaults([fault], at: .session(login.sessionId), of: "peer") }
        }

        /// By a JWT that the API key mints.
        func spend() async throws -> SpendAnswer {
            await calling.client.spend(on: try target(.apiKey)).0
        }

        func spendBySecret() async throws -> SpendAnswer {
            await calling.client.spend(on: try target(.secret(try #require(Secret(login.secret))))).0
        }

        func look() async throws -> Look {
            await calling.client.look(at: try target(.apiKey)).0
        }

        private func target(_ credential: CallTarget.Credential) throws -> CallTarget {
            CallTarget(
                key: SessionKey(
                    project: try #require(ProjectAlias("main")), session: try #require(SessionID(login.sessionId))),
                user: try #require(UserID(login.userId)), credential: credential)
        }
    }

    private func withWorld(
        _ version: AppwriteVersion, kind: SessionKind = .oauth, _ body: (World) async throws -> Void
    ) async throws {
        let settings = SimulatorSettings(
            server: ServerSettings(version: version), clock: .frozen(at: 1_795_469_378_000))
        try await withSimulator(settings) { url, simulator in
            simulator.change { server, _ in
                server.setUp(
                    ProjectSetup(
                        id: "peer", apiKeys: [APIKey(key: "standard_key", scopes: ["users.read", "users.write"])],
                        providers: [ProviderSetup(name: "google")]))
            }
            let login = try simulator.logIn(
                Login(project: "peer", kind: kind, provider: "google", providerUID: "anna"))
            try await Calling.on("\(url)/v1") { calling in
                try await body(World(calling: calling, simulator: simulator, login: login))
            }
        }
    }
}
