// Readers that wait, hang up, or are there when the daemon stops.

import Fakes
import RefreshEngine
import RefreshPolicy
import Testing

@testable import TokenAPI

@Suite("Waiting readers", .timeLimit(.minutes(10)))
struct WaitingTests {
    private let waiting = "GET /v1/tokens/shop/s1?max_wait=300 HTTP/1.1\r\nHost: x\r\n\r\n"
    private let asked = ScriptedTokens.Event.asked(TokenRequest(subject: .session(key), maxWait: .seconds(300)))

    @Test("A reader that waits is answered when the port answers, and may then ask again")
    func answered() async throws {
        let tokens = ScriptedTokens(nil)
        try await withTokens(tokens) { server in
            async let reply = server.get("/v1/tokens/shop/s1?max_wait=300")
            #expect(await tokens.events.first { _ in true } == asked)
            tokens.reply(.token(servedToken(), minValidMet: true))
            let (first, second) = (try await reply, try await server.get("/v1/tokens/shop/s1?max_wait=300"))
            #expect(first.status == 200 && second.status == 200)
        }
    }

    @Test("Hanging up ends the wait at the port")
    func hangUp() async throws {
        let tokens = ScriptedTokens(nil)
        try await withTokens(tokens) { server in
            var events = tokens.events.makeAsyncIterator()
            let connection = try await server.connect()
            try await connection.send(waiting)
            #expect(await events.next() == asked)
            try await connection.hangUp()
            guard case .left? = await events.next() else { return #expect(Bool(false), "the reader did not leave") }
        }
    }

    @Test("A reader that only says it will send no more is answered still")
    func halfClosed() async throws {
        let tokens = ScriptedTokens(nil)
        try await withTokens(tokens) { server in
            var events = tokens.events.makeAsyncIterator()
            let connection = try await server.connect()
            try await connection.send(waiting)
            try await connection.sendNoMore()
            #expect(await events.next() == asked)
            // A full turn of the server: what it has seen of this connection, it has seen by now.
            _ = try await server.send("PUT", "/v1/tokens")
            tokens.reply(.token(servedToken(), minValidMet: true))
            #expect(try await connection.readToEnd().hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("When the daemon stops, a request under way is answered and an idle connection closed")
    func stopAnswers() async throws {
        let tokens = ScriptedTokens(nil)
        var limits = Limits()
        limits.grace = .seconds(600)
        try await withTokens(tokens, limits: limits) { server in
            var events = tokens.events.makeAsyncIterator()
            let idle = try await server.connect()
            let busy = try await server.connect()
            try await busy.send(waiting)
            #expect(await events.next() == asked)
            await server.stop()
            #expect(try await idle.readToEnd() == "")
            tokens.reply(.token(servedToken(), minValidMet: true))
            #expect(try await busy.readToEnd().hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("When the time to stop is over, waits are ended, and their readers are told to ask again")
    func stopEndsWaits() async throws {
        let tokens = ScriptedTokens(nil)
        var limits = Limits()
        limits.grace = .milliseconds(10)
        limits.farewell = .seconds(600)
        try await withTokens(tokens, limits: limits) { server in
            var events = tokens.events.makeAsyncIterator()
            let busy = try await server.connect()
            try await busy.send(waiting)
            #expect(await events.next() == asked)
            await server.stop()
            let text = try await busy.readToEnd()
            #expect(text.hasPrefix("HTTP/1.1 503 "))
            #expect(text.contains("urn:refreshd:problem:not-now"))
        }
    }

    @Test("When that time is over too, the connection is closed, and the server ends")
    func stopEndsAll() async throws {
        let tokens = StubbornTokens()
        var limits = Limits()
        limits.grace = .milliseconds(10)
        limits.farewell = .milliseconds(10)
        try await withTokens(tokens, limits: limits) { server in
            let busy = try await server.connect()
            try await busy.send(waiting)
            await tokens.asked()
            await server.stop()
            #expect(try await busy.readToEnd() == "")
            tokens.relent()
        }
    }
}

/// Does not end a wait when it is asked to.
private final class StubbornTokens: TokenReading {
    private let (arrivals, arrive) = AsyncStream.makeStream(of: Void.self)
    private let (end, ending) = AsyncStream.makeStream(of: Void.self)

    func token(for request: TokenRequest) async -> TokenReply {
        arrive.yield()
        // A task of its own hears nothing of the cancellation.
        let end = end
        await Task { for await _ in end {} }.value
        return .unknownSession
    }

    let projects: [ProjectAlias] = []
    func grant(of key: SessionKey) async throws(StoreError) -> Grant? { nil }

    func asked() async { _ = await arrivals.first { true } }
    func relent() { ending.finish() }
}
