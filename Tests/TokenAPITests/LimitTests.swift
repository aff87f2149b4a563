// Law 11 on the sockets: everything has a limit.

import Fakes
import Foundation
import RefreshPolicy
import Testing

@testable import TokenAPI

@Suite("Limits", .timeLimit(.minutes(10)))
struct LimitTests {
    private let request = "GET /v1/tokens/shop/s1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    private func limits(_ change: (inout Limits) -> Void) -> Limits {
        var limits = Limits()
        change(&limits)
        return limits
    }

    @Test("Two hundred connections at once are all served")
    func twoHundred() async throws {
        try await withTokens(ScriptedTokens(.token(servedToken(), minValidMet: true))) { server in
            var connections: [RawConnection] = []
            for _ in 0..<200 { connections.append(try await server.connect()) }
            try await withThrowingTaskGroup(of: String.self) { group in
                for connection in connections {
                    group.addTask {
                        try await connection.send(request)
                        return try await connection.readToEnd()
                    }
                }
                var served = 0
                for try await text in group where text.hasPrefix("HTTP/1.1 200 ") { served += 1 }
                #expect(served == 200)
            }
        }
    }

    @Test(
        "A connection above the limit is told so and closed; when one is closed, the next is let in",
        arguments: [
            { (limits: inout Limits) in limits.connections = 2 },
            { (limits: inout Limits) in limits.connectionsPerUser = 2 },
        ] as [@Sendable (inout Limits) -> Void])
    func tooMany(change: @escaping @Sendable (inout Limits) -> Void) async throws {
        let tokens = ScriptedTokens(nil)
        var limits = limits(change)
        limits.patience = .milliseconds(100)
        try await withTokens(tokens, limits: limits) { server in
            let first = try await server.connect()
            let second = try await server.connect()
            try await first.send("GET /v1/tokens/shop/s1?max_wait=60 HTTP/1.1\r\nHost: x\r\n\r\n")
            try await second.send("GET /v1/tokens/shop/s1?max_wait=60 HTTP/1.1\r\nHost: x\r\n\r\n")
            var events = tokens.events.makeAsyncIterator()
            _ = await (events.next(), events.next())

            for _ in 0..<3 {
                let text = try await server.connect().readToEnd()
                #expect(text.hasPrefix("HTTP/1.1 503 "))
                #expect(text.contains("urn:refreshd:problem:too-many-connections"))
            }
            #expect(server.log.all.split(separator: "\n").filter { $0.contains("too many connections") }.count == 1)

            try await first.hangUp()
            _ = await events.next()
            tokens.reply(.unknownSession)
            var last = ""
            while !last.hasPrefix("HTTP/1.1 404 ") {
                try Task.checkCancellation()
                let next = try await server.connect()
                // Refused until the server has seen the hang-up; then a write may meet a closed socket.
                do { try await next.send(request) } catch {}
                last = try await next.readToEnd()
            }
        }
    }

    @Test("Who asked for its last answer holds no place any more when it has it, though it has not hung up")
    func lastAnswer() async throws {
        let limits = limits {
            $0.connections = 1
            $0.waiting = 0
        }
        try await withTokens(ScriptedTokens(.unknownSession), limits: limits) { server in
            for close in ["close", "Close", "TE, close"] {
                let connection = try await server.connect()
                try await connection.send("GET /v1/tokens/shop/s1 HTTP/1.1\r\nHost: x\r\nConnection: \(close)\r\n\r\n")
                #expect(try await connection.hearToEnd().hasPrefix("HTTP/1.1 404 "))
                let next = try await server.connect()
                try await next.send(request)
                #expect(try await next.readToEnd().hasPrefix("HTTP/1.1 404 "))
            }
        }
    }

    @Test("Requests sent ahead are all answered before the connection ends with the last")
    func sentAhead() async throws {
        try await withTokens(ScriptedTokens(.unknownSession)) { server in
            let connection = try await server.connect()
            try await connection.send("GET /v1/tokens/shop/s1 HTTP/1.1\r\nHost: x\r\n\r\n\(request)")
            #expect(try await connection.readToEnd().split(separator: "HTTP/1.1 404 ").count == 2)
        }
    }

    @Test("A head that is too large is refused", arguments: ["path", "field"])
    func hugeHead(part: String) async throws {
        try await withTokens(ScriptedTokens(.unknownSession)) { server in
            let padding = String(repeating: "x", count: 17 * 1024)
            let connection = try await server.connect()
            let head =
                part == "path"
                ? "GET /v1/tokens?user=\(padding) HTTP/1.1\r\nHost: x\r\n\r\n"
                : "GET /v1/tokens/shop/s1 HTTP/1.1\r\nHost: x\r\nX-Padding: \(padding)\r\n\r\n"
            try await connection.send(head)
            try expectBadRequest(try await connection.readToEnd())
        }
    }

    @Test(
        "What is no HTTP is refused, by a problem like any other",
        arguments: [
            "give me a token\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "GET /v1/\0 HTTP/1.1\r\n\r\n", "GET /v1/tokens?user=\u{FF} HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
            "GET / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        ])
    func notHTTP(text: String) async throws {
        try await withTokens(ScriptedTokens(.unknownSession)) { server in
            let connection = try await server.connect()
            try await connection.send(text)
            try expectBadRequest(try await connection.readToEnd())
        }
    }

    private func expectBadRequest(_ text: String) throws {
        #expect(text.hasPrefix("HTTP/1.1 400 "))
        #expect(text.contains("\r\nContent-Type: application/problem+json\r\n"))
        #expect(text.contains("\r\nConnection: close\r\n"))
        let body = try #require(text.split(separator: "\r\n\r\n", maxSplits: 1).last)
        let problem: Problem = try WireCoding.decode(from: Data(body.utf8))
        #expect(problem.kind == .badRequest)
        #expect(text.contains("\r\nContent-Length: \(body.utf8.count)\r\n"))
    }

    @Test("A client that sends and never reads is given up when its connection is idle, and costs nobody else")
    func neverReads() async throws {
        try await withTokens(ScriptedTokens(.unknownSession), limits: limits { $0.idle = .seconds(1) }) { server in
            let client = try LazyClient(path: server.path)
            client.sendUntilStuck("GET /v1/tokens/shop/s1 HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await server.get("/v1/tokens/shop/s1").status == 404)
            while !client.isHungUpOn {
                try Task.checkCancellation()
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    @Test("A body above 64 KiB is a 413, announced or not")
    func hugeBody() async throws {
        let port = control()
        try await withControl(port) { server in
            let large = #"{"project":"shop","secret":""# + String(repeating: "x", count: 64 * 1024) + #""}"#
            let announced = try await server.send("POST", "/v1/sessions", body: large)
            #expect(announced.status == 413)
            #expect(try announced.decode(Problem.self).kind == .bodyTooLarge)

            let connection = try await server.connect()
            let size = String(large.utf8.count, radix: 16)
            try await connection.send(
                """
                POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r
                Transfer-Encoding: chunked\r\n\r\n\(size)\r\n\(large)\r\n0\r\n\r\n
                """)
            #expect(try await connection.readToEnd().hasPrefix("HTTP/1.1 413 "))
        }
        #expect(port.registered.isEmpty)
    }

    @Test(
        "A request that does not come to its end is given up",
        arguments: ["", "GET /v1/tok", "GET / HTTP/1.1\r\nHo"])
    func halfHead(beginning: String) async throws {
        let limits = limits { $0.idle = .milliseconds(100) }
        try await withTokens(ScriptedTokens(.unknownSession), limits: limits) { server in
            let connection = try await server.connect()
            // On a slow machine it may be given up before it has begun.
            do { try await connection.send(beginning) } catch {}
            #expect(try await connection.readToEnd() == "")
        }
    }

    @Test("A body that does not come to its end is given up with a 408")
    func halfBody() async throws {
        try await withControl(control(), limits: limits { $0.receive = .milliseconds(100) }) { server in
            let connection = try await server.connect()
            try await connection.send(
                """
                POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r
                {"project":
                """)
            let text = try await connection.readToEnd()
            #expect(text.hasPrefix("HTTP/1.1 408 "))
            #expect(text.contains("urn:refreshd:problem:too-slow"))
        }
    }

    @Test("A connection is used for many requests, one after another")
    func keptAlive() async throws {
        try await withTokens(ScriptedTokens(.unknownSession), limits: limits { $0.connections = 1 }) { server in
            for _ in 0..<20 {
                let reply = try await server.get("/v1/tokens/shop/s1")
                #expect(reply.status == 404)
            }
        }
    }
}
