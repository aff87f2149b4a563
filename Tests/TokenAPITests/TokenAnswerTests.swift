// What an app that gets a token sees, and what the port is asked.

import Fakes
import RefreshEngine
import RefreshPolicy
import Testing

@testable import TokenAPI

@Suite("Reading tokens", .timeLimit(.minutes(10)))
struct TokenAnswerTests {
    @Test("A token comes with the names of OAuth and what refreshd knows of it, and is not stored on the way")
    func whole() async throws {
        try await withTokens(ScriptedTokens(.token(servedToken(), minValidMet: true))) { server in
            let reply = try await server.get("/v1/tokens?user=ada&provider=google")
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == "application/json")
            #expect(reply.headers["cache-control"] == "no-store")
            #expect(reply.headers["pragma"] == "no-cache")
            #expect(
                reply.body == """
                    {"access_token":"token-\(canary)","expires_at":"2026-11-24T02:33:04.004Z","expires_in":1799,\
                    "issued_at":"2026-11-24T02:02:04.005Z","min_valid_met":true,"project":"shop","provider":"google",\
                    "provider_uid":"ada@example.org","session_id":"s1","standing":"fresh","token_type":"Bearer",\
                    "user_id":"ada"}
                    """)
            let body: TokenBody = try reply.decode()
            #expect(body == TokenBody(servedToken(), minValidMet: true, now: now))
        }
    }

    @Test("An unknown end is left out, and a wish that is not met is said")
    func unknownEnd() async throws {
        try await withTokens(ScriptedTokens(.token(servedToken(endsIn: nil), minValidMet: false))) { server in
            let reply = try await server.get("/v1/tokens/shop/s1")
            #expect(!reply.body.contains("expires"))
            #expect(try reply.decode(TokenBody.self).minValidMet == false)
        }
    }

    @Test(
        "Parameters reach the port, and have their defaults",
        arguments: [
            (
                "?user=ada&provider=google",
                TokenRequest(
                    subject: .grant(project: nil, user: id("ada"), provider: id("google"), providerUID: nil),
                    minValid: .seconds(60), maxWait: .zero)
            ),
            (
                "?project=shop&user=ada&provider=google&provider_uid=ada%2Bx%40example.org+2&min_valid=0&max_wait=300",
                TokenRequest(
                    subject: .grant(
                        project: id("shop"), user: id("ada"), provider: id("google"),
                        providerUID: "ada+x@example.org 2"), minValid: .zero, maxWait: .seconds(300))
            ),
            (
                "/shop/s1?min_valid=86400",
                TokenRequest(subject: .session(key), minValid: .seconds(86_400), maxWait: .zero)
            ),
        ])
    func parameters(target: String, expected: TokenRequest) async throws {
        let tokens = ScriptedTokens(.token(servedToken(), minValidMet: true))
        try await withTokens(tokens) { server in
            let reply = try await server.get("/v1/tokens\(target)")
            #expect(reply.status == 200)
        }
        let first = await tokens.events.first { _ in true }
        #expect(first == .asked(expected))
    }

    @Test("A body that holds a secret does not print it")
    func printing() {
        let body = TokenBody(servedToken(), minValidMet: true, now: now)
        var dumped = ""
        dump(body, to: &dumped)
        #expect(!dumped.contains(canary) && !"\(body)".contains(canary))
        #expect(!"\(RegistrationBody(project: "shop", secret: secret(canary)))".contains(canary))
    }
}

@Suite("Having no token", .timeLimit(.minutes(10)))
struct TokenProblemTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let reply: TokenReply
        let status: Int
        let kind: Problem.Kind
        var retryAfter: String? = nil
        var testDescription: String { "\(kind.rawValue): \(reply)" }
    }

    static func unavailable(_ standing: Standing, retryAt: WallTime? = nil) -> TokenReply {
        .unavailable(Unavailability(key: key, standing: standing, reason: Reason(.providerFailed), retryAt: retryAt))
    }

    static let cases: [Case] = [
        Case(reply: unavailable(.needsLogin), status: 409, kind: .needsLogin),
        Case(reply: unavailable(.unrefreshable), status: 409, kind: .needsLogin),
        Case(reply: unavailable(.ended), status: 410, kind: .ended),
        Case(
            reply: unavailable(.backingOff, retryAt: now + .milliseconds(29_001)), status: 503, kind: .noTokenYet,
            retryAfter: "30"),
        Case(
            reply: unavailable(.inDoubt, retryAt: now - .seconds(9)), status: 503, kind: .noTokenYet, retryAfter: "1"),
        Case(reply: unavailable(.fresh), status: 503, kind: .noTokenYet, retryAfter: "5"),
        Case(reply: unavailable(.due), status: 503, kind: .noTokenYet, retryAfter: "5"),
        Case(
            reply: unavailable(.due, retryAt: now + .seconds(1800)), status: 503, kind: .noTokenYet,
            retryAfter: "1800"),
        Case(reply: unavailable(.refreshing), status: 503, kind: .noTokenYet, retryAfter: "5"),
        Case(reply: unavailable(.unexpiring), status: 503, kind: .noTokenYet, retryAfter: "5"),
        Case(reply: unavailable(.idle), status: 503, kind: .noTokenYet, retryAfter: "5"),
        Case(reply: unavailable(.spare), status: 503, kind: .noTokenYet, retryAfter: "5"),
        Case(reply: .ended(key, Reason(.loggedOut)), status: 410, kind: .ended),
        Case(reply: .severalGrants([grant, grant]), status: 409, kind: .severalGrants),
        Case(reply: .unknownSession, status: 404, kind: .unknownSession),
        Case(reply: .unknownProject(known: [id("shop")]), status: 404, kind: .unknownProject),
        Case(reply: .projectNeeded(known: [id("shop"), id("club")]), status: 400, kind: .projectNeeded),
        Case(reply: .notNow("the store is busy"), status: 503, kind: .notNow, retryAfter: "1"),
    ]

    @Test("Each way of having none has its status, its type and its words", arguments: cases)
    func mapped(expected: Case) async throws {
        try await withTokens(ScriptedTokens(expected.reply)) { server in
            let reply = try await server.get("/v1/tokens/shop/s1")
            let problem: Problem = try reply.decode()
            #expect(reply.status == expected.status)
            #expect(problem.status == expected.status)
            #expect(problem.type == "urn:refreshd:problem:" + expected.kind.rawValue)
            #expect(reply.headers["content-type"] == "application/problem+json")
            #expect(reply.headers["cache-control"] == "no-store")
            #expect(reply.headers["retry-after"] == expected.retryAfter)
            #expect(problem.retryIn.map(String.init) == expected.retryAfter)
            #expect(problem.detail.hasSuffix("."))
        }
    }

    @Test("A problem carries what a program needs to act: standing, reason, time, grants, projects")
    func members() async throws {
        let tokens = ScriptedTokens(Self.unavailable(.backingOff, retryAt: now + .seconds(30)))
        try await withTokens(tokens) { server in
            let waiting: Problem = try await server.get("/v1/tokens/shop/s1").decode()
            #expect(waiting.project == "shop" && waiting.sessionID == "s1")
            #expect(waiting.standing == "backing off" && waiting.reason == "provider failed")
            #expect(waiting.retryAt?.iso == "2026-11-24T02:03:34.005Z")
            #expect(waiting.detail.contains("shop/s1") && waiting.detail.contains("provider failed"))

            tokens.reply(.severalGrants([grant]))
            let several = try await server.get("/v1/tokens?user=ada&provider=google")
            #expect(
                several.body.contains(
                    #""grants":[{"project":"shop","provider":"google","provider_uid":"ada@example.org","user_id":"ada"}]"#
                ))

            tokens.reply(.unknownProject(known: [id("shop"), id("club")]))
            let unknown: Problem = try await server.get("/v1/tokens/x/s1").decode()
            #expect(unknown.knownProjects == ["shop", "club"])
        }
    }

    @Test(
        "A problem says when it may be better, and when more calls come; who would wait too long is not told to",
        arguments: [
            (.due, nil, "refreshd goes on by itself; ask again in 5 s, or wait for it with `max_wait`."),
            (
                .due, .seconds(300),
                "Its refresh waits for a call, and refreshd may make the next at 2026-11-24T02:08:04.005Z; ask again in "
                    + "300 s, or wait for it with `max_wait`."
            ),
            (
                .due, .seconds(1800),
                "Its refresh waits for a call, and refreshd may make the next at 2026-11-24T02:33:04.005Z; ask again in "
                    + "1800 s."
            ),
            (
                .due, .seconds(-1),
                "Its refresh waits for a call, and refreshd may make the next now; ask again in 1 s, or wait for it "
                    + "with `max_wait`."
            ),
            (
                .inDoubt, .seconds(600),
                "refreshd goes on by itself, next at 2026-11-24T02:13:04.005Z; ask again in 600 s."
            ),
        ] as [(Standing, Duration?, String)])
    func nextCall(standing: Standing, wait: Duration?, told: String) async throws {
        let retryAt = wait.map { now + $0 }
        try await withTokens(ScriptedTokens(Self.unavailable(standing, retryAt: retryAt))) { server in
            let problem: Problem = try await server.get("/v1/tokens/shop/s1").decode()
            let start =
                "Session shop/s1 has no token that works at the moment (\(standing.rawValue): provider failed). "
            #expect(problem.detail == start + told)
            #expect(problem.retryAt == WireTime(retryAt))
        }
    }

    @Test("Every kind of problem has a type of its own and is recognised when it is read")
    func kinds() throws {
        for kind in Problem.Kind.allCases {
            let problem = Problem(kind, detail: "x")
            #expect(try WireCoding.decode(Problem.self, from: WireCoding.encode(problem)).kind == kind)
            #expect((400...599).contains(problem.status))
        }
    }
}
