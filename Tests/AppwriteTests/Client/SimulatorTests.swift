// The client and the simulated Appwrite, which share no code: each is held to recorded exchanges, and here to the other.

import Appwrite
import AppwriteModel
import AppwriteSimulator
import RefreshEngine
import RefreshPolicy
import Testing

@Suite("The client and the simulated Appwrite", .timeLimit(.minutes(10))) struct SimulatorTests {
    @Test("A session is found, looked at, refreshed, and seen to be refreshed")
    func refresh() async throws {
        try await withWorld { calling, simulator in
            let login = try simulator.logIn(Login(project: "peer", provider: "google", providerUID: "anna"))
            let user = try #require(UserID(login.userId))
            let project = try #require(ProjectAlias("main"))
            let client = calling.client

            #expect(try await client.users(of: project, after: nil).users == [user])
            let found = try #require(try await client.sessions(of: user, in: project).sessions.first)
            #expect(found.session.rawValue == login.sessionId)
            #expect(found.token?.reveal() == login.accessToken)
            #expect(found.providerUID == "anna")

            let key = SessionKey(project: project, session: found.session)
            let target = CallTarget(key: key, user: user, credential: .apiKey)
            simulator.advance(by: 60_000)
            let (answer, headers) = await client.spend(on: target)
            let renewed = try #require(answer.session)
            #expect(renewed.session == found.session)
            #expect(renewed.token != found.token)
            #expect(renewed.hasRefreshToken)
            #expect(headers?.rate?.limit == 10)
            #expect(headers?.rate?.remaining == 9)

            let bySecret = CallTarget(key: key, user: user, credential: .secret(try #require(Secret(login.secret))))
            for look in [await client.look(at: target).0, await client.look(at: bySecret).0] {
                #expect(look.sessions?.map(\.token) == [renewed.token])
                #expect(look.sessions?.map(\.tokenExpiresAt) == [renewed.tokenExpiresAt])
            }
            let secret = try #require(Secret(login.secret))
            #expect(try await client.identify(secret: secret, in: project).0.session == found.session)
        }
    }

    @Test("A user who is blocked is seen to be by a look as the user, and so is one who is let in again")
    func blocked() async throws {
        try await withWorld { calling, simulator in
            let login = try simulator.logIn(Login(project: "peer", provider: "google", providerUID: "anna"))
            let asKey = try target(login, by: .apiKey)
            let asUser = try target(login, by: .mintedToken)
            simulator.change { server, now in server.setStatus(.blocked, ofUser: login.userId, in: "peer", now: now) }
            #expect(await calling.client.look(at: asKey).0.sessions?.count == 1)
            #expect(await calling.client.look(at: asUser).0 == .failed(.refused(.userBlocked)))
            simulator.change { server, now in server.setStatus(.active, ofUser: login.userId, in: "peer", now: now) }
            let (look, headers) = await calling.client.look(at: asUser)
            #expect(look.sessions?.map { $0.session.rawValue } == [login.sessionId])
            #expect(headers?.rate == nil, "it is free")
        }
    }

    @Test("The limit is heard of when it is reached, and a session that is gone is told by each credential its way")
    func limits() async throws {
        try await withWorld { calling, simulator in
            let login = try simulator.logIn(Login(project: "peer", provider: "google", providerUID: "anna"))
            let target = try target(login, by: .apiKey)
            for remaining in (0..<10).reversed() {
                let (answer, headers) = await calling.client.spend(on: target)
                #expect(answer.session != nil)
                #expect(headers?.rate?.remaining == remaining)
            }
            let (answer, headers) = await calling.client.spend(on: target)
            #expect(answer == .refused(.rateLimited))
            #expect(headers?.rate?.remaining == 0)

            simulator.change { server, now in _ = server.endSession(login.sessionId, of: "peer", now: now) }
            #expect(await calling.client.look(at: target).0 == .list([]))
            #expect(await calling.client.spend(on: target).0 == .notSent(.refused(.sessionUnknown)))
            let bySecret = try self.target(login, by: .secret(try #require(Secret(login.secret))))
            #expect(await calling.client.look(at: bySecret).0 == .failed(.refused(.loginRefused)))
        }
    }

    @Test("All logins are found over many pages, also those of one millisecond, and one that moves meanwhile")
    func pages() async throws {
        try await withWorld { calling, simulator in
            var people: [String: String] = [:]
            for number in 0..<350 {
                // 230 logins of one moment, as an import leaves them behind; the others apart.
                if number >= 230 { simulator.advance(by: 1000) }
                let login = Login(project: "peer", provider: "google", providerUID: "person-\(number)")
                people[try simulator.logIn(login).userId] = login.providerUID
            }
            let project = try #require(ProjectAlias("main"))
            var found: Set<String> = []
            var cursor: String?
            var pages = 0
            repeat {
                let since = ServerTime(milliseconds: 0)
                let page = try await calling.client.identities(of: project, since: since, after: cursor)
                found.formUnion(page.entries.map(\.user.rawValue))
                cursor = page.next
                pages += 1
                // Whoever ended the page logs in again, and so moves to the end.
                if pages == 3, let last = page.entries.last, let again = people[last.user.rawValue] {
                    simulator.advance(by: 1000)
                    _ = try simulator.logIn(Login(project: "peer", provider: "google", providerUID: again))
                }
            } while cursor != nil && pages < 20
            #expect(found == Set(people.keys))
            #expect(pages < 10)

            var walked: Set<String> = []
            repeat {
                let page = try await calling.client.users(of: project, after: cursor)
                walked.formUnion(page.users.map(\.rawValue))
                cursor = page.next
            } while cursor != nil
            #expect(walked == Set(people.keys))
        }
    }

    private func withWorld(_ body: (Calling, Simulator) async throws -> Void) async throws {
        let settings = SimulatorSettings(clock: .frozen(at: 1_795_469_378_000))
        try await withSimulator(settings) { url, simulator in
            simulator.change { server, _ in
                server.setUp(
                    ProjectSetup(
                        id: "peer", apiKeys: [APIKey(key: "standard_key", scopes: ["users.read", "users.write"])],
                        providers: [ProviderSetup(name: "google")]))
            }
            try await Calling.on("\(url)/v1") { calling in try await body(calling, simulator) }
        }
    }

    private func target(_ login: LoggedIn, by credential: CallTarget.Credential) throws -> CallTarget {
        CallTarget(
            key: SessionKey(
                project: try #require(ProjectAlias("main")), session: try #require(SessionID(login.sessionId))),
            user: try #require(UserID(login.userId)), credential: credential)
    }
}
