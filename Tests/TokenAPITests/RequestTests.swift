// Requests that are wrong, and what they are told.

import Fakes
import RefreshEngine
import Testing

@testable import TokenAPI

@Suite("Wrong requests", .timeLimit(.minutes(10)))
struct RequestTests {
    @Test(
        "A wrong parameter is named with what was expected, and the port is not asked",
        arguments: [
            ("?provider=google", "user"),
            ("?user=ada", "provider"),
            ("?user=&provider=google", "user"),
            ("?user=a%2Fb&provider=google", "user"),
            ("?user=ada&provider=google&project=console", "project"),
            ("?user=ada&user=bob&provider=google", "user"),
            ("?user=%FF&provider=google", "user"),
            ("?user=%zz&provider=google", "user"),
            ("?user=ada&provider=google&provider_uid=a%00b", "provider_uid"),
            ("?user=ada&provider=google&provider_uid=a%0Ab", "provider_uid"),
            ("?user=ada&provider=google&provider_uid=" + String(repeating: "x", count: 2049), "provider_uid"),
            ("?user=ada&provider=google&min_valid=-1", "min_valid"),
            ("?user=ada&provider=google&min_valid=1.5", "min_valid"),
            ("?user=ada&provider=google&min_valid=%2B5", "min_valid"),
            ("?user=ada&provider=google&min_valid=86401", "min_valid"),
            ("?user=ada&provider=google&min_valid=", "min_valid"),
            ("?user=ada&provider=google&max_wait=301", "max_wait"),
            ("?user=ada&provider=google&max_wait=99999999999999999999", "max_wait"),
            ("?user=ada&provider=google&max_wait=\u{661}".addingPercent, "max_wait"),
            ("/shop/current", "session_id"),
            ("/shop/recent", "session_id"),
            ("/console/s1", "project"),
            ("/sh%6Fp/-s1", "project"),
            ("/shop/s1?max_wait=x", "max_wait"),
        ])
    func parameter(target: String, parameter: String) async throws {
        let tokens = ScriptedTokens(.token(servedToken(), minValidMet: true))
        try await withTokens(tokens) { server in
            let reply = try await server.get("/v1/tokens" + target)
            let problem: Problem = try reply.decode()
            #expect(reply.status == 400)
            #expect(problem.kind == .badParameter)
            #expect(problem.parameter == parameter)
            #expect(problem.detail.hasPrefix("`\(parameter)` "))
            tokens.reply(.unknownSession)
            #expect(try await server.get("/v1/tokens/shop/asked").status == 404)
        }
        let first = await tokens.events.first { _ in true }
        guard case .asked(let request)? = first else { return #expect(Bool(false), "nothing was asked") }
        #expect(request.subject == .session(.init(project: id("shop"), session: id("asked"))))
    }

    @Test("A parameter that is not known is a mistake, not ignored; the known ones are listed")
    func unknownParameter() async throws {
        try await withTokens(ScriptedTokens(.unknownSession)) { server in
            let reply = try await server.get("/v1/tokens?user=ada&provider=google&minvalid=5")
            let problem: Problem = try reply.decode()
            #expect(problem.kind == .badParameter)
            #expect(problem.detail.contains("`minvalid`") && problem.detail.contains("`min_valid`"))
        }
    }

    @Test(
        "A path that is none is a 404 of refreshd's own form",
        arguments: [
            "/", "/v1", "/v1/tokens/", "/v1/tokens/shop", "/v1/tokens/shop/s1/x", "/v2/tokens", "/v1/status",
            "//v1/tokens", "/v1/../v1/tokens",
        ])
    func noSuchPath(target: String) async throws {
        try await withTokens(ScriptedTokens(.unknownSession)) { server in
            let reply = try await server.get(target)
            #expect(reply.status == 404)
            #expect(try reply.decode(Problem.self).kind == .noSuchPath)
        }
    }

    @Test(
        "Another method is a 405 that names the right ones",
        arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
    func method(method: String) async throws {
        try await withTokens(ScriptedTokens(.unknownSession)) { server in
            let reply = try await server.send(method, "/v1/tokens")
            #expect(reply.status == 405)
            #expect(reply.headers["allow"] == "GET")
            #expect(try reply.decode(Problem.self).kind == .methodNotAllowed)
        }
        try await withControl(control()) { server in
            let reply = try await server.send(method == "DELETE" || method == "POST" ? "PUT" : method, "/v1/sessions")
            #expect(reply.headers["allow"] == "POST, GET")
        }
    }

    @Test("HEAD is answered without a body")
    func head() async throws {
        try await withTokens(ScriptedTokens(.unknownSession)) { server in
            let connection = try await server.connect()
            try await connection.send("HEAD /v1/tokens HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let text = try await connection.readToEnd()
            #expect(text.hasPrefix("HTTP/1.1 405 "))
            #expect(text.hasSuffix("\r\n\r\n"))
        }
    }
}

extension String {
    /// Everything beyond ASCII percent-encoded, as a URL needs it.
    fileprivate var addingPercent: String {
        utf8.map { $0 < 0x80 ? String(UnicodeScalar($0)) : "%" + String($0, radix: 16, uppercase: true) }.joined()
    }
}
