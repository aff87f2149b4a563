// A world of many years does not grow: what is over is forgotten, and nothing else changes by it.
import AppwriteModel
import Testing

@Suite("Forgetting")
struct ForgettingTests {
    @Test("changes no answer of a long life, and keeps the records of the last day only")
    func longLife() throws {
        var forgetful = ModelFixture()
        var faithful = ModelFixture()
        let session = forgetful.logIn()
        #expect(faithful.logIn() == session)
        for hour in 1...2000 {
            for _ in 0..<2 { #expect(forgetful.patch(session) == faithful.patch(session)) }
            forgetful.now += ModelFixture.hour
            faithful.now += ModelFixture.hour
            if hour % 24 == 0 { forgetful.server.forget(before: forgetful.now - 24 * ModelFixture.hour) }
        }
        #expect(faithful.server.ledger.patches.count == 4000)
        #expect(forgetful.server.ledger.patches.count <= 2 * 48)
        #expect(forgetful.server.ledger.tokens.count <= 2 * 48)
        #expect(forgetful.server.ledger.patches.last == faithful.server.ledger.patches.last)
        #expect(forgetful.server.ledger.tokens.last == faithful.server.ledger.tokens.last)
    }

    @Test("keeps what is under way and what is alive, and finds it by number and by text")
    func keepsTheLiving() throws {
        var world = ModelFixture()
        let session = world.logIn()
        let lasting = world.logIn(
            Login(project: "demo", provider: "google", providerUID: "bot", lifetime: .own(nil)))
        world.setFault(Fault(ending: .hangs, times: 1), at: session)
        _ = world.patch(session)
        for _ in 0..<4 { _ = world.patch(lasting) }
        world.now += 30 * ModelFixture.minute
        world.server.forget(before: world.now)
        #expect(world.server.ledger.patches.map(\.number) == [0])
        #expect(world.server.ledger.patch(0)?.ending == .hangs, "it hung for too long and was cut")
        #expect(world.server.ledger.patch(1) == nil)
        #expect(world.server.ledger.token(session.accessToken)?.sessionID == session.id)
        #expect(world.server.ledger.token(lasting.accessToken) == nil)
        #expect(world.server.ledger.tokens.count == 3, "the living one, and the last two of those that never end")
        #expect(world.patch(session).status == 200)
        #expect(world.server.ledger.patch(5)?.othersUnderWay == 0)
    }

    @Test("drops what ended: a session's end, its last read, its login at the provider")
    func endedSessions() throws {
        var world = ModelFixture()
        let session = world.logIn()
        _ = try world.server.readSession(session.id, by: world.secret(of: session), now: world.now)
        world.server.endSession(session.id, of: "demo", now: world.now)
        world.server.forget(before: world.now)
        _ = world.patch(session)
        #expect(world.server.ledger.patches.last?.forbidden == [.sessionEnded])
        #expect(world.server.ledger.patches.last?.lastRead == world.now)
        world.server.forget(before: world.now + 1)
        _ = world.patch(session)
        #expect(world.server.ledger.patches.last?.forbidden == [])
        #expect(world.server.ledger.patches.last?.lastRead == nil)
    }

    @Test("an old refresh token is known for what it is after any number of refreshes")
    func oldRefreshTokens() throws {
        var world = ModelFixture(.v1_9_6, ProviderBehaviour(reuse: .revokesFamily), metering: .disabled)
        let session = world.logIn(uid: "a_g1_b")
        let begun = world.server.beginPatch(session.id, by: world.secret(of: session), now: world.now)
        guard case .underWay(let old) = begun else { throw Refusal.serverError }
        for _ in 0..<100 { #expect(world.patch(session).status == 200) }
        _ = world.server.askProvider(old, now: world.now)
        #expect(throws: Refusal.self) { try world.server.commitPatch(old, now: world.now)?.result.get() }
        #expect(world.server.ledger.tokens.allSatisfy { $0.revokedAt == world.now })
        #expect(world.patch(session).status == 400)
    }
}
