// PATCHes of one session at the same time, over sockets: there is no lock, so each sends the refresh token it found.
import AppwriteModel
import AppwriteSimulator
import Testing

@Suite("Two PATCHes at once", .timeLimit(.minutes(10)))
struct ConcurrencyTests {
    @Test("with a provider that rotates: the first gets its 200, the second 400, and the session lives on")
    func rotation() async throws {
        try await overlap(ProviderBehaviour(reuse: .refused)) { client, session, first, second in
            #expect(second.status == 400)
            #expect(second.json["type"]?.text == "user_oauth2_bad_request")
            #expect(first.status == 200)
            let next = try await client.patch(session)
            #expect(next.status == 200)
        }
    }

    @Test("with a provider that revokes the family on reuse: the refresh token that was stored is dead")
    func familyRevoked() async throws {
        try await overlap(ProviderBehaviour(reuse: .revokesFamily)) { client, session, first, second in
            #expect([first.status, second.status] == [200, 400])
            let (next, ledger) = (try await client.patch(session), try await client.ledger())
            #expect(next.status == 400)
            #expect(ledger.tokens.allSatisfy { $0.revokedAt != nil })
        }
    }

    @Test("with a provider that does not rotate: both get a token of their own, and the later one is stored")
    func noRotation() async throws {
        try await overlap(ProviderBehaviour(rotation: .omits)) { client, _, first, second in
            #expect([first.status, second.status] == [200, 200])
            let tokens = [first, second].map { $0.json["providerAccessToken"]?.text }
            #expect(tokens[0] != tokens[1])
            let ledger = try await client.ledger()
            #expect(ledger.sessions.map(\.accessToken) == [tokens[0]])
        }
    }

    /// The first PATCH waits for its provider's answer until the second is through. Both count.
    private func overlap(
        _ behaviour: ProviderBehaviour,
        _ judge: (Client, LoggedIn, _ first: Client.Answer, _ second: Client.Answer) async throws -> Void
    ) async throws {
        let provider = Gate()
        let clock = SimulatorClock(now: { ModelFixture.start }, wait: { _ in await provider.pass() })
        try await withSimulator(SimulatorSettings(clock: clock)) { url, simulator in
            let client = Client(url: url)
            let session = try client.logIn(to: simulator)
            simulator.change { server, _ in
                server.setProvider("google", of: "demo", to: behaviour)
                server.setFaults([Fault(delay: 1, times: 1)], at: .session(session.sessionId), of: "demo")
            }
            let first = Task { try await client.patch(session) }
            await provider.reached()
            let second = try await client.patch(session)
            await provider.open()
            try await judge(client, session, try await first.value, second)
            #expect(simulator.ledger.patches.prefix(2).map(\.othersUnderWay) == [0, 1])
            #expect(second.headers["X-Ratelimit-Remaining"] == "8")
        }
    }
}
