// The control socket: what operators see, and what they are told.

import Fakes
import RefreshEngine
import RefreshPolicy
import Testing

@testable import TokenAPI

@Suite("Control", .timeLimit(.minutes(10)))
struct ControlTests {
    @Test("A registration hands the secret to the port and answers with the session")
    func register() async throws {
        let port = control()
        try await withControl(port) { server in
            let reply = try await server.send(
                "POST", "/v1/sessions", body: #"{"project":"shop","secret":"opens-\#(canary)"}"#,
                type: "application/json; charset=utf-8")
            #expect(reply.status == 201)
            #expect(try reply.decode(SessionBody.self) == SessionBody(row(), now: now))
        }
        #expect(port.registered.map { $0.reveal() } == ["opens-\(canary)"])
    }

    @Test("A session is shown with everything but its secrets")
    func show() async throws {
        let failing = row(verdict: .failing(failures: 2, retryAt: now + .seconds(120)))
        try await withControl(control(rows: [failing])) { server in
            let reply = try await server.get("/v1/sessions/shop/s1")
            #expect(
                reply.body == """
                    {"created_at":"2026-11-22T02:03:04.005Z","elected":true,"expires_at":"2026-11-24T02:04:34.005Z",\
                    "expires_in":90,"failures":2,"found_at":"2026-11-23T02:03:04.005Z","has_refresh_token":true,\
                    "issued_at":"2026-11-24T02:02:04.005Z","keep":"always","looked_at":"2026-11-24T02:02:59.005Z",\
                    "project":"shop","provider":"google","provider_uid":"ada@example.org",\
                    "reason":"provider refused the refresh (invalid_grant)","retry_at":"2026-11-24T02:05:04.005Z",\
                    "session_expires_at":"2027-11-24T02:03:04.005Z","session_id":"s1","source":"secret",\
                    "standing":"backing off","story":{"conditions":[],"host":{"limit":10,"metering":"metered",\
                    "name":"cloud.example.org","remaining":4,"reset_at":"2026-11-24T02:13:04.005Z","reset_in":600},\
                    "kept":"always","next":{"what":"refresh"},"now":"2026-11-24T02:03:04.005Z","outcomes":[]},\
                    "user_id":"ada"}
                    """)
        }
    }

    @Test("A listing comes in pages, each naming where the next begins, the last naming nothing")
    func pages() async throws {
        let rows = ["a", "b", "c", "d", "e"].map { row($0) }
        try await withControl(control(rows: rows)) { server in
            var seen: [[String]] = []
            var after = ""
            while seen.count < 9 {
                let page: SessionPageBody = try await server.get("/v1/sessions?limit=2\(after)").decode()
                seen.append(page.sessions.map(\.sessionID))
                guard let next = page.next else { break }
                after = "&after=\(next)"
            }
            #expect(seen == [["a", "b"], ["c", "d"], ["e"]])

            let exact: SessionPageBody = try await server.get("/v1/sessions?limit=5").decode()
            #expect(exact.sessions.count == 5 && exact.next == nil)
        }
    }

    @Test("A listing is filtered by project, user, provider and standing")
    func filters() async throws {
        let rows = [row("a", user: "ada"), row("b", user: "bob")]
        try await withControl(control(rows: rows)) { server in
            func sessions(_ query: String) async throws -> [String] {
                try await server.get("/v1/sessions?\(query)").decode(SessionPageBody.self).sessions.map(\.sessionID)
            }
            for (query, expected) in [
                ("user=bob", ["b"]), ("project=shop&provider=google&standing=backing+off", ["a", "b"]),
                ("standing=backing%20off&user=ada", ["a"]), ("standing=fresh", []), ("project=club", []),
            ] {
                let found = try await sessions(query)
                #expect(found == expected)
            }
        }
    }

    @Test("A session is removed, and then unknown")
    func remove() async throws {
        try await withControl(control()) { server in
            let reply = try await server.send("DELETE", "/v1/sessions/shop/s1")
            #expect(reply.status == 204 && reply.body.isEmpty && reply.headers["content-length"] == nil)
            let again = try await server.send("DELETE", "/v1/sessions/shop/s1")
            #expect(again.status == 404)
            #expect(try again.decode(Problem.self).sessionID == "s1")
        }
    }

    @Test(
        "A refresh says how it ended",
        arguments: [
            (RefreshReport.Ending.renewed, "renewed"), (.notNow, "not now"), (.failed, "failed"),
            (.underWay, "under way"),
        ])
    func refresh(ending: RefreshReport.Ending, word: String) async throws {
        try await withControl(control(ending: ending)) { server in
            let reply = try await server.send("POST", "/v1/sessions/shop/s1/refresh?max_wait=1")
            #expect(reply.status == 200)
            let body: RefreshBody = try reply.decode()
            #expect(body.ending == word && body.session.sessionID == "s1")
        }
    }

    @Test("The status is the daemon in a glance")
    func status() async throws {
        try await withControl(control()) { server in
            let reply = try await server.get("/v1/status")
            #expect(
                reply.body == """
                    {"conditions":[],"counts":[{"count":3,"project":"shop","standing":"in doubt"}],\
                    "hosts":[{"limit":10,"metering":"metered","name":"cloud.example.org","remaining":4,\
                    "reset_at":"2026-11-24T02:13:04.005Z","reset_in":600}],"now":"2026-11-24T02:03:04.005Z",\
                    "projects":["shop"],"started_at":"2026-11-24T01:03:04.005Z"}
                    """)
            #expect(try reply.decode(StatusBody.self) == StatusBody(engineStatus))
        }
    }

    @Test("The status says what is wrong with more than one session, and whom the calls suffice for")
    func troubled() async throws {
        try await withControl(control(status: troubledStatus)) { server in
            let reply = try await server.get("/v1/status")
            #expect(
                reply.body == """
                    {"conditions":[\
                    {"cause":"calls do not suffice","count":7,"scope":{"kind":"host","name":"cloud.example.org"},\
                    "since":"2026-11-24T02:02:04.005Z"},\
                    {"cause":"calls are counted after all","count":1,"scope":{"kind":"project","name":"shop"},\
                    "since":"2026-11-24T02:02:34.005Z"},\
                    {"cause":"provider failing","count":3,"probe_at":"2026-11-24T02:04:03.005Z",\
                    "scope":{"kind":"lane","name":"shop/google"},"since":"2026-11-24T02:03:04.005Z"}],\
                    "counts":[],"hosts":[{"limit":10,"metering":"metered","name":"cloud.example.org","remaining":4,\
                    "reset_at":"2026-11-24T02:13:04.005Z","reset_in":600,\
                    "shortage":{"available_per_hour":8,"kept":7,"needed_per_hour":14.364,"not_kept":7}}],\
                    "now":"2026-11-24T02:03:04.005Z","projects":["shop"],"started_at":"2026-11-24T01:03:04.005Z"}
                    """)
            #expect(try reply.decode(StatusBody.self) == StatusBody(troubledStatus))
        }
    }

    @Test(
        "A listing's wrong parameters are named",
        arguments: [
            ("standing=tired", "standing"), ("after=shop", "after"), ("after=shop/current", "after"),
            ("limit=0", "limit"), ("limit=1001", "limit"), ("user=%20", "user"),
        ])
    func parameters(query: String, parameter: String) async throws {
        try await withControl(control()) { server in
            let problem: Problem = try await server.get("/v1/sessions?\(query)").decode()
            #expect(problem.kind == .badParameter && problem.parameter == parameter)
        }
    }
}

@Suite("Control that is refused", .timeLimit(.minutes(10)))
struct ControlProblemTests {
    @Test(
        "Each failure of the port has its status and type",
        arguments: [
            (.unknownProject(known: []), 404, .unknownProject),
            (.unknownSession, 404, .unknownSession),
            (.notRefreshable(Reason(.noProviderTokens)), 422, .notRefreshable),
            (.appwrite(.refused(.loginRefused)), 422, .secretRefused),
            (.appwrite(.refused(.sessionUnknown)), 422, .secretRefused),
            (.appwrite(.refused(.userBlocked)), 422, .secretRefused),
            (.appwrite(.refused(.projectUnknown)), 502, .appwriteRefused),
            (.appwrite(.refused(.rateLimited)), 502, .appwriteRefused),
            (.appwrite(.refused(.providerFailed)), 502, .appwriteRefused),
            (.appwrite(.refused(.serverFailed(status: 500))), 502, .appwriteRefused),
            (.appwrite(.silent(.notUnderstood)), 502, .appwriteRefused),
            (.appwrite(.silent(.unreachable(.nameUnknown))), 504, .appwriteSilent),
            (.appwrite(.silent(.timedOut)), 504, .appwriteSilent),
            (.appwrite(.silent(.cancelled)), 503, .notNow),
            (.store(.unavailable("disk full")), 503, .storeUnavailable),
            (.store(.unavailable("The disk is full.")), 503, .storeUnavailable),
            (.delayed(.unavailable("The disk is full.")), 503, .storeUnavailable),
            (.store(.damaged("bad page")), 500, .storeDamaged),
        ] as [(ControlError, Int, Problem.Kind)])
    func mapped(error: ControlError, status: Int, kind: Problem.Kind) async throws {
        try await withControl(control(failure: error)) { server in
            for reply in [
                try await server.send("POST", "/v1/sessions", body: #"{"project":"shop","secret":"x"}"#),
                try await server.get("/v1/sessions"),
                try await server.get("/v1/sessions/shop/s1"),
                try await server.send("DELETE", "/v1/sessions/shop/s1"),
                try await server.send("POST", "/v1/sessions/shop/s1/refresh"),
                try await server.get("/v1/status"),
            ] {
                #expect(reply.status == status)
                let problem: Problem = try reply.decode()
                #expect(problem.kind == kind)
                #expect(problem.detail.hasSuffix(".") && !problem.detail.contains(".."))
            }
        }
    }

    @Test("Where Appwrite is not reached, the answer says what is in the way", arguments: Obstacle.allCases)
    func obstacle(_ obstacle: Obstacle) async throws {
        try await withControl(control(failure: .appwrite(.silent(.unreachable(obstacle))))) { server in
            let problem: Problem = try await server.get("/v1/sessions").decode()
            #expect(problem.detail.hasPrefix("Appwrite was not reached (\(obstacle.rawValue)). "))
        }
    }

    @Test(
        "A body that is not what was expected is told so, without a word of it",
        arguments: [
            ("", "application/json", 400), ("{", "application/json", 400), ("[]", "application/json", 400),
            (#"{"project":"shop"}"#, "application/json", 400),
            (#"{"project":"shop","secret":""}"#, "application/json", 400),
            (#"{"project":"shop","secret":"a\r\nX-Appwrite-Key: \#(canary)"}"#, "application/json", 422),
            (#"{"project":"console","secret":"\#(canary)"}"#, "application/json", 400),
            (#"{"project":["\#(canary)"],"secret":"\#(canary)"}"#, "application/json", 400),
            (#"{"project":"shop","secret":"\#(canary)"}"#, "text/plain", 415),
            (#"{"project":"shop","secret":"\#(canary)"}"#, nil, 415),
        ] as [(String, String?, Int)])
    func body(body: String, type: String?, status: Int) async throws {
        let port = control()
        try await withControl(port) { server in
            let reply = try await server.send("POST", "/v1/sessions", body: body, type: type)
            #expect(reply.status == status)
            #expect(!reply.everything.contains(canary))
            #expect(reply.headers["accept"] == (status == 415 ? "application/json" : nil))
            #expect(!server.log.all.contains(canary))
        }
        #expect(port.registered.isEmpty)
    }

    @Test("No secret is in a listing, a report, a status, a problem or the log, whoever puts it where")
    func canaries() async throws {
        let rows = [row("a"), row("b")]
        try await withControl(control(rows: rows)) { server in
            for reply in [
                try await server.send("POST", "/v1/sessions", body: #"{"project":"shop","secret":"\#(canary)"}"#),
                try await server.get("/v1/sessions"),
                try await server.get("/v1/sessions/shop/a"),
                try await server.send("POST", "/v1/sessions/shop/b/refresh"),
                try await server.get("/v1/status"),
                try await server.get("/v1/sessions?user=\(canary)%00"),
                try await server.get("/v1/sessions?\(canary)=1"),
                try await server.get("/v1/sessions?after=\(canary)"),
                try await server.get("/v1/sessions?standing=\(canary)"),
                try await server.get("/v1/\(canary)"),
                try await server.send("PUT", "/v1/sessions/\(canary)/x", body: canary),
            ] {
                #expect(!reply.everything.contains(canary))
            }
            #expect(!server.log.all.contains(canary))
        }
        try await withTokens(ScriptedTokens(.token(servedToken(), minValidMet: true))) { server in
            _ = try await server.get("/v1/tokens/shop/s1")
            let wrong = try await server.get("/v1/tokens?user=\(canary)%20&provider=google")
            #expect(!wrong.everything.contains(canary))
            #expect(!server.log.all.contains(canary))
        }
    }
}
