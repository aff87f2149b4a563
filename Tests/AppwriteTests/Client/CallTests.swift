// What each call sends, and what it makes of sound answers.

import Appwrite
import RefreshEngine
import RefreshPolicy
import Testing

@Suite("Calls to Appwrite", .timeLimit(.minutes(10))) struct CallTests {
    @Test("With a key, a refresh is minted a JWT for its session, and goes out with that alone")
    func refreshByKey() async throws {
        try await ScriptedServer.run(
            .answering { request in
                request.method == "POST"
                    ? .json(#"{"jwt":"\#(String.token(user: "u1", session: "s1"))"}"#, status: 201)
                    : .json(
                        .session(),
                        headers: [
                            "X-Ratelimit-Limit: 10", "X-Ratelimit-Remaining: 9", "X-Ratelimit-Reset: 1795471200",
                            "Date: Mon, 23 Nov 2026 21:29:38 GMT",
                        ])
            }
        ) { server in
            try await Calling.on("http://127.0.0.1:\(server.port)/v1", devKey: "dev") { calling in
                let (answer, headers) = await calling.client.spend(on: try .session(by: .apiKey))
                let facts = try #require(answer.session)
                #expect(facts.session.rawValue == "s1")
                #expect(facts.token?.reveal() == "at_1")
                #expect(headers?.rate?.remaining == 9)
                #expect(headers?.date?.milliseconds == 1_795_469_378_000)
                #expect(headers?.sentAt == .start)
            }
            let requests = server.requests
            #expect(requests.map(\.method) == ["POST", "PATCH"])
            #expect(requests.map(\.path) == ["/v1/users/u1/jwts", "/v1/account/sessions/s1"])
            #expect(requests.map(credentials) == [["x-appwrite-key"], ["x-appwrite-jwt"]])
            #expect(requests.first?.body == #"{"sessionId":"s1","duration":60}"#)
            #expect(requests.map { $0.values("X-Appwrite-Dev-Key") } == [[], ["dev"]])
            #expect(requests.allSatisfy { $0.values("X-Appwrite-Project") == ["peer"] })
            #expect(requests.last?.values("X-Appwrite-JWT") == [String.token(user: "u1", session: "s1")])
        }
    }

    @Test(
        "A JWT for no session, or for another than asked, is never sent",
        arguments: [
            (user: "u1", session: "", failure: CallFailure.refused(.sessionUnknown)),
            (user: "u1", session: "s2", failure: .silent(.notUnderstood)),
            (user: "u2", session: "s1", failure: .silent(.notUnderstood)),
            (user: "u2", session: "", failure: .silent(.notUnderstood)),
        ])
    func wrongToken(user: String, session: String, failure: CallFailure) async throws {
        try await ScriptedServer.run(
            .answering { _ in
                .json(#"{"jwt":"\#(String.token(user: user, session: session))"}"#, status: 201)
            }
        ) { server in
            try await Calling.on("http://127.0.0.1:\(server.port)/v1") { calling in
                let (answer, _) = await calling.client.spend(on: try .session(by: .apiKey))
                #expect(answer == .notSent(failure))
            }
            #expect(server.requests.map(\.method) == ["POST"])
        }
    }

    @Test("A JWT that cannot be had is a refresh not sent, and its answer tells nothing of the limit of refreshes")
    func noToken() async throws {
        try await ScriptedServer.run(
            .answering { _ in
                .json(
                    .error(401, "user_unauthorized"), status: 401,
                    headers: [
                        "X-Ratelimit-Limit: 100", "X-Ratelimit-Remaining: 3", "X-Ratelimit-Reset: 1795471200",
                        "Retry-After: 7",
                    ])
            }
        ) { server in
            try await Calling.on("http://127.0.0.1:\(server.port)/v1") { calling in
                let (answer, headers) = await calling.client.spend(on: try .session(by: .apiKey))
                #expect(answer == .notSent(.refused(.keyRefused)))
                #expect(headers?.retryAfter == .seconds(7))
                #expect(headers?.rate == nil)
            }
            #expect(server.requests.map(\.method) == ["POST"])
        }
    }

    @Test("With a secret, a session is read and refreshed by it alone, and registered by asking whose it is")
    func bySecret() async throws {
        try await ScriptedServer.run(.answering { _ in .json(.session()) }) { server in
            try await Calling.on("http://127.0.0.1:\(server.port)/v1", devKey: "dev") { calling in
                let target = try CallTarget.withSecret()
                #expect(await calling.client.look(at: target).0.sessions?.map(\.session) == [target.key.session])
                #expect(await calling.client.spend(on: target).0.session?.session == target.key.session)
                let secret = try #require(Secret("c2VjcmV0"))
                let (facts, _) = try await calling.client.identify(secret: secret, in: target.key.project)
                #expect(facts.user == target.user)
            }
            let requests = server.requests
            #expect(requests.map(\.method) == ["GET", "PATCH", "GET"])
            #expect(requests.last?.path == "/v1/account/sessions/current")
            #expect(requests.allSatisfy { credentials($0) == ["x-appwrite-session"] })
            #expect(requests.map { $0.values("X-Appwrite-Dev-Key") } == [[], ["dev"], []])
        }
    }

    @Test("With a key, users, identities and sessions are listed, under any path prefix")
    func lists() async throws {
        try await ScriptedServer.run(
            .answering { request in
                switch request.path.prefix(while: { $0 != "?" }) {
                case "/a/v1/users": .json(#"{"total":1,"users":[{"$id":"u1"}]}"#)
                case "/a/v1/users/identities":
                    .json(#"{"identities":[{"$id":"i1","userId":"u1","$updatedAt":"2026-11-23T21:29:38.638+00:00"}]}"#)
                default: .json(#"{"total":1,"sessions":[\#(String.session())]}"#)
                }
            }
        ) { server in
            try await Calling.on("http://127.0.0.1:\(server.port)/a/v1") { calling in
                let target = try CallTarget.session(by: .apiKey)
                let project = target.key.project
                #expect(try await calling.client.users(of: project, after: nil).users == [target.user])
                let since = ServerTime(milliseconds: 0)
                let page = try await calling.client.identities(of: project, since: since, after: nil)
                #expect(page.entries.map(\.user) == [target.user])
                #expect(page.next == nil)
                let listing = try await calling.client.sessions(of: target.user, in: project)
                #expect(listing.sessions.map(\.session) == [target.key.session])
                #expect(await calling.client.look(at: target).0 == .list(listing.sessions))
            }
            #expect(server.requests.count == 4)
            #expect(server.requests.allSatisfy { credentials($0) == ["x-appwrite-key"] })
        }
    }

    @Test("What cannot be asked is refused without a request: no key, no such project, a secret that fits no header")
    func refusedHere() async throws {
        try await ScriptedServer.run(.answering { _ in .json(.session()) }) { server in
            try await Calling.on("http://127.0.0.1:\(server.port)/v1", apiKey: "") { calling in
                let client = calling.client
                let byKey = try CallTarget.session(by: .apiKey)
                #expect(await client.look(at: byKey).0 == .failed(.refused(.keyRefused)))
                #expect(await client.spend(on: byKey).0 == .notSent(.refused(.keyRefused)))
                let elsewhere = try CallTarget.withSecret(in: "elsewhere")
                #expect(await client.look(at: elsewhere).0 == .failed(.refused(.projectUnknown)))
                let hostile = try CallTarget.withSecret("a\r\nX-Appwrite-Key: b")
                #expect(await client.look(at: hostile).0 == .failed(.refused(.loginRefused)))
                #expect(await client.spend(on: hostile).0 == .notSent(.refused(.loginRefused)))
            }
            #expect(server.requests.isEmpty)
        }
    }

    private func credentials(_ request: ScriptedServer.Request) -> [String] {
        let all = ["x-appwrite-key", "x-appwrite-session", "x-appwrite-jwt", "cookie", "authorization"]
        return request.headers.map(\.name).filter(all.contains)
    }
}
