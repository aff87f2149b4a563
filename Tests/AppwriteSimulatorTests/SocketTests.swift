// The simulator over a real socket: control routes, counters by host name, lost connections, clients that hang up.
import AppwriteModel
import AppwriteSimulator
import AsyncHTTPClient
import Foundation
import Testing

@Suite("Over a socket", .timeLimit(.minutes(10)))
struct SocketTests {
    /// Time stands still, so that no window ends in the middle of a test.
    private let still = SimulatorSettings(clock: .frozen(at: 1_795_469_378_000))

    @Test("a world is set up, used and judged by HTTP alone")
    func wholeRound() async throws {
        try await withSimulator(still) { url, _ in
            let client = Client(url: url)
            #expect(
                try await client.control(
                    "projects",
                    #"{"id":"demo","apiKeys":[{"key":"k"}],"providers":[{"name":"google","lifetime":60}]}"#
                ).status == 204)
            let session = try await client.logIn(
                #"{"project":"demo","provider":"google","providerUid":"anna"}"#)
            let minted = try await client.send(
                "POST", "/v1/users/\(session.userId)/jwts", ["X-Appwrite-Project": "demo", "X-Appwrite-Key": "k"],
                body: #"{"sessionId":"\#(session.sessionId)"}"#)
            let jwt = try #require(minted.json["jwt"]?.text)
            let patched = try await client.send(
                "PATCH", "/v1/account/sessions/\(session.sessionId)",
                ["X-Appwrite-Project": "demo", "X-Appwrite-JWT": jwt])
            #expect(patched.status == 200)
            #expect(patched.headers["X-Ratelimit-Remaining"] == "9")

            let ledger = try await client.ledger()
            #expect(ledger.patches.map(\.status) == [200])
            #expect(ledger.patches.map(\.charge) == [.counted])
            #expect(ledger.tokens.map(\.token) == [session.accessToken, patched.json["providerAccessToken"]?.text])
            #expect(ledger.tokens.allSatisfy { $0.expiresAt == $0.issuedAt + 60_000 })
            #expect(ledger.sessions.map(\.sessionId) == [session.sessionId])
        }
    }

    @Test("two host names of one address have a counter each")
    func hostNames() async throws {
        try await withSimulator(still) { url, simulator in
            let client = Client(url: url)
            let session = try client.logIn(to: simulator)
            for host in ["a.test:80", "A.test", "b.test"] {
                _ = try await client.patch(session, ["Host": host])
            }
            let ledger = try await client.ledger()
            #expect(ledger.patches.map(\.host) == ["a.test", "a.test", "b.test"])
            #expect(ledger.patches.map(\.ip) == ["127.0.0.1", "127.0.0.1", "127.0.0.1"])
            let last = try await client.patch(session, ["Host": "b.test"])
            #expect(last.headers["X-Ratelimit-Remaining"] == "8")
        }
    }

    @Test("others behind the same address spend the counter")
    func othersSpend() async throws {
        try await withSimulator(still) { url, simulator in
            let client = Client(url: url)
            let session = try client.logIn(to: simulator)
            #expect(try await client.control("calls", #"{"times":3}"#).status == 204)
            #expect(try await client.patch(session).headers["X-Ratelimit-Remaining"] == "6")
            #expect(try await client.control("calls", #"{"call":"delete","times":10}"#).status == 204)
            #expect(try await client.patch(session).status == 429)
            #expect(try await client.control("calls", #"{"call":"get"}"#).status == 400)
        }
    }

    @Test("a connection is lost after the commit, or before it, without an answer")
    func dropped() async throws {
        try await withSimulator { url, simulator in
            let client = Client(url: url)
            let session = try client.logIn(to: simulator)
            let faults = #"[{"ending":"droppedAfterCommit","times":1},{"ending":"droppedBeforeCommit","times":1}]"#
            _ = try await client.control(
                "faults", #"{"project":"demo","session":"\#(session.sessionId)","faults":\#(faults)}"#)
            for _ in 0..<2 {
                await #expect(throws: (any Error).self) { try await client.patch(session) }
            }
            let ledger = try await client.ledger()
            #expect(ledger.patches.map(\.ending) == [.droppedAfterCommit, .droppedBeforeCommit])
            #expect(ledger.tokens.map { $0.storedAt != nil } == [true, true, false])
        }
    }

    @Test("a client that hangs up in the middle stops nothing: the new token is stored all the same")
    func clientHangsUp() async throws {
        let provider = Gate()
        let clock = SimulatorClock(now: SimulatorClock.system.now) { _ in await provider.pass() }
        try await withSimulator(SimulatorSettings(clock: clock)) { url, simulator in
            let client = Client(url: url)
            let session = try client.logIn(to: simulator)
            simulator.change { server, _ in
                server.setFaults([Fault(delay: 1, times: 1)], at: .session(session.sessionId), of: "demo")
            }
            let call = Task { try await client.patch(session) }
            await provider.reached()
            call.cancel()
            await #expect(throws: (any Error).self) { try await call.value }
            #expect(simulator.ledger.patches.map(\.ending) == [nil])
            await provider.open()
            while simulator.ledger.patches[0].ending == nil { await Task.yield() }
            #expect(simulator.ledger.patches.map(\.status) == [200])
            #expect(simulator.ledger.tokens.last?.storedAt != nil)
        }
    }

    @Test("a PATCH that hangs does not keep the simulator from ending")
    func hangEndsWithSimulator() async throws {
        let hanging = try await withSimulator { url, simulator in
            let client = Client(url: url)
            let session = try client.logIn(to: simulator)
            simulator.change { server, _ in
                server.setFaults([Fault(ending: .hangs)], at: .session(session.sessionId), of: "demo")
            }
            let call = Task { try await client.patch(session) }
            while simulator.ledger.patches.isEmpty { await Task.yield() }
            return call
        }
        await #expect(throws: (any Error).self) { try await hanging.value }
    }

    @Test("the Date header, the window and new tokens follow the server's own clock")
    func clock() async throws {
        let start: Milliseconds = 1_795_469_378_000
        let settings = SimulatorSettings(
            server: ServerSettings(windowLength: 20_000), clock: .frozen(at: start))
        try await withSimulator(settings) { url, simulator in
            let client = Client(url: url)
            let session = try client.logIn(to: simulator)
            let before = try await client.patch(session)
            #expect(before.headers["Date"] == "Mon, 23 Nov 2026 21:29:38 GMT")
            #expect(before.headers["X-Ratelimit-Reset"] == "1795469380")
            _ = try await client.control("clock", #"{"advance":2}"#)
            let after = try await client.patch(session)
            #expect(after.headers["Date"] == "Mon, 23 Nov 2026 21:29:40 GMT")
            #expect(after.headers["X-Ratelimit-Remaining"] == "9")
            #expect(after.headers["X-Ratelimit-Reset"] == "1795469400")
        }
    }

    @Test("in an outage a proxy's page comes in Appwrite's place, and the model hears of nothing")
    func outage() async throws {
        try await withSimulator { url, simulator in
            let client = Client(url: url)
            let session = try client.logIn(to: simulator)
            _ = try await client.control("outage", #"{"status":503,"times":2}"#)
            for _ in 0..<2 {
                #expect(try await client.status("GET", "/v1/account/sessions/\(session.sessionId)") == 503)
            }
            #expect(try await client.status("GET", "/v1/health/version") == 200)
            simulator.setOutage(Outage(.hangUp))
            await #expect(throws: (any Error).self) { try await client.patch(session) }
            #expect(simulator.ledger.patches.isEmpty)
        }
    }

    @Test("an outage of one route leaves the others alone; in silence its requests wait for its end")
    func outageOfOneRoute() async throws {
        try await withSimulator { url, simulator in
            let client = Client(url: url)
            let session = try client.logIn(to: simulator)
            _ = try await client.control("outage", #"{"answer":"silence","only":"jwts"}"#)
            let minting = Task { try await client.status("POST", "/v1/users/\(session.userId)/jwts") }
            #expect(try await client.patch(session).status == 200)
            _ = try await client.control("outage", #"{"answer":"hangUp"}"#)
            await #expect(throws: (any Error).self) { try await minting.value }
        }
    }

    @Test("a project and a provider keep what a later form leaves out")
    func laterForms() async throws {
        try await withSimulator { url, simulator in
            let client = Client(url: url)
            let first = #"{"id":"p","sessionLength":60,"providers":[{"name":"x","lifetime":30,"rotation":"omits"}]}"#
            _ = try await client.control("projects", first)
            _ = try await client.control("projects", #"{"id":"p","accountService":"apiDisabled"}"#)
            _ = try await client.control("projects/p/providers", #"{"name":"x","lifetime":"forever"}"#)
            let project = try #require(simulator.change { server, _ in server.project("p") })
            #expect(project.sessionLength == 60_000)
            #expect(project.accountService == .apiDisabled)
            #expect(project.provider("x")?.behaviour == ProviderBehaviour(lifetime: nil, rotation: .omits))
        }
    }

    @Test("a user replaces a session, is asked for more, is logged out everywhere; a provider's logins are off")
    func accountForms() async throws {
        try await withSimulator(still) { url, simulator in
            let client = Client(url: url)
            let old = try client.logIn(to: simulator)
            let form = #"{"project":"demo","provider":"google","providerUid":"anna","replaces":"\#(old.sessionId)"}"#
            let new = try await client.logIn(form)
            #expect(try await client.patch(old).status == 401)
            _ = try await client.control("projects/demo/users/\(new.userId)", #"{"demand":"passwordReset"}"#)
            #expect(try await client.patch(new).status == 412)
            _ = try await client.control("projects/demo/users/\(new.userId)", #"{"demand":"nothing"}"#)
            _ = try await client.control("projects/demo/providers", #"{"name":"google","logins":"off"}"#)
            #expect(try await client.control("logins", form).status == 404)
            #expect(try await client.patch(new).status == 200)
            let everywhere = "/_simulator/projects/demo/users/\(new.userId)/sessions"
            #expect(try await client.status("DELETE", everywhere) == 204)
            #expect(try await client.patch(new).status == 401)
        }
    }

    @Test("control routes say what is wrong, and answer nobody but loopback")
    func controlMistakes() async throws {
        try await withSimulator { url, simulator in
            let client = Client(url: url)
            #expect(try await client.control("logins", #"{"project":"nope"}"#).status == 404)
            #expect(try await client.control("faults", #"{"project":"p","faults":[]}"#).status == 400)
            #expect(try await client.control("projects", "no JSON").status == 400)
            #expect(try await client.control("nothing", "{}").status == 404)
            let far = await simulator.respond(
                to: HTTPCall(method: "GET", target: "/_simulator/ledger", headers: [], peer: "10.0.0.1"))
            guard case .answer(let answer) = far else { throw CaptureMistake("it hung up") }
            #expect(answer.status == 403)
        }
    }
}
