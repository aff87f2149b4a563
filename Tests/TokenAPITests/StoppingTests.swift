// A stop answers everybody who was let in.

import Fakes
import RefreshEngine
import Testing

@testable import TokenAPI

@Suite("A server that stops", .timeLimit(.minutes(10)))
struct StoppingTests {
    private static let request = "GET /v1/tokens/shop/s1 HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test("answers who had connected and not asked yet")
    func newcomer() async throws {
        var limits = Limits()
        limits.firstRequest = .seconds(300)
        try await withTokens(ScriptedTokens(.unknownSession), limits: limits) { server in
            let newcomer = try await server.connect()
            // Whoever came later has been let in, so the newcomer has.
            #expect(try await server.get("/v1/tokens/shop/s1").status == 404)
            await server.stop()
            try await newcomer.send(Self.request)
            #expect(try await newcomer.readToEnd().hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test("waits a while for one who does not ask, and no longer")
    func silent() async throws {
        var limits = Limits()
        limits.firstRequest = .milliseconds(50)
        try await withTokens(ScriptedTokens(.unknownSession), limits: limits) { server in
            let silent = try await server.connect()
            #expect(try await server.get("/v1/tokens/shop/s1").status == 404)
            await server.stop()
            #expect(try await silent.readToEnd() == "")
        }
    }

    @Test("answers everybody who is on the way in as it stops, be they many")
    func many() async throws {
        try await withTokens(ScriptedTokens(.unknownSession)) { server in
            let clients = try await withThrowingTaskGroup(of: RawConnection.self) { group in
                for _ in 0..<100 { group.addTask { try await server.connect() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(try await server.get("/v1/tokens/shop/s1").status == 404)
            try await withThrowingTaskGroup { group in
                for client in clients { group.addTask { try await client.send(Self.request) } }
                await server.stop()
                try await group.waitForAll()
            }
            for client in clients { #expect(try await client.readToEnd().hasPrefix("HTTP/1.1 404 ")) }
        }
    }

    @Test("gives a long answer to its end to who reads slowly")
    func slowly() async throws {
        let long = String(repeating: "x", count: 1 << 20)
        var limits = Limits()
        limits.grace = .seconds(300)
        try await withTokens(ScriptedTokens(.token(servedToken(long), minValidMet: true)), limits: limits) { server in
            let client = try LazyClient(path: server.path)
            client.ask(Self.request)
            // It has begun to be answered, and its answer does not fit into the socket.
            while !client.isAnswered { try await Task.sleep(for: .milliseconds(5)) }
            await server.stop()
            #expect(try await client.readSlowly().utf8.count { $0 == UInt8(ascii: "x") } >= long.utf8.count)
        }
    }
}
