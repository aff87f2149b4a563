// What a PATCH does to a session in the model, for good and ill.
import AppwriteModel
import Testing

@Suite("A PATCH")
struct PatchTests {
    @Test("always asks the provider, stores new tokens, and moves the session's own end, later or earlier")
    func movesEnd() throws {
        var world = ModelFixture()
        let session = world.logIn()
        world.now += ModelFixture.minute
        let first = try world.patched(session)
        #expect(first.accessToken != session.accessToken)
        #expect(first.accessTokenExpiry == world.now + ModelFixture.hour)
        #expect(first.expiresAt == session.expiresAt + ModelFixture.minute)
        world.server.setSessionLength(ModelFixture.minute, of: "demo")
        #expect(try world.patched(session).expiresAt == world.now + ModelFixture.minute)
    }

    @Test("shows the old $updatedAt, while a later read shows the new one")
    func updatedAt() throws {
        var world = ModelFixture()
        let session = world.logIn()
        world.now += ModelFixture.minute
        #expect(try world.patched(session).updatedAt == session.updatedAt)
        #expect(world.stored(session)?.updatedAt == world.now)
    }

    @Test("leaves identities as the login wrote them")
    func identitiesUntouched() throws {
        var world = ModelFixture()
        let session = world.logIn()
        let before = world.server.project("demo")?.identities
        world.now += ModelFixture.minute
        _ = try world.patched(session)
        #expect(world.server.project("demo")?.identities == before)
        _ = world.logIn()
        #expect(world.server.project("demo")?.identities.first?.updatedAt == world.now)
    }

    @Test("that the provider answers with a 200 and an error wipes the token and keeps the refresh token")
    func wipes() throws {
        var world = ModelFixture()
        let session = world.logIn()
        world.setFault(Fault(.emptySuccess, times: 1), at: session)
        let wiped = try world.patched(session)
        #expect(wiped.accessToken == "")
        #expect(wiped.accessTokenExpiry == world.now)
        #expect(world.stored(session)?.refreshToken == session.refreshToken)
        #expect(try world.patched(session).accessToken != "", "a later good refresh repairs it")
    }

    @Test("stores nothing when the provider refuses, and passes its words on, an echoed refresh token too")
    func refusalStoresNothing() {
        var world = ModelFixture()
        let session = world.logIn()
        world.setFault(
            Fault(.refuses(status: 400, error: "invalid_grant", description: "no such token {refresh_token}")),
            at: session)
        let refusal = world.patch(session).refusal
        #expect(refusal?.type == "user_oauth2_bad_request")
        #expect(refusal?.message == "invalid_grant: no such token \(session.refreshToken)")
        #expect(world.stored(session) == session)
    }

    @Test("with a JWT brings an expired session back to life; its own secret does not")
    func revival() throws {
        var world = ModelFixture()
        let session = world.logIn(
            Login(
                project: "demo", provider: "google", providerUID: "anna",
                sessionExpiresAt: world.now + ModelFixture.minute))
        world.now += 2 * ModelFixture.minute
        #expect(world.patch(session).refusal?.type == "general_unauthorized_scope")
        #expect(try world.patched(session, by: world.jwt(for: session)).expiresAt > world.now)
        #expect(world.patch(session).status == 200)
        #expect(world.server.ledger.patches.map(\.forbidden) == [[.sessionExpired], [.sessionExpired], []])
    }

    @Test("of a session without OAuth only extends it; a token-flow session differs by version")
    func withoutProvider() throws {
        for version in AppwriteVersion.allCases {
            for kind in SessionKind.allCases where kind != .oauth {
                var world = ModelFixture(version)
                let session = world.logIn(kind)
                world.now += ModelFixture.minute
                let outcome = world.patch(session)
                if kind == .tokenFlow, version == .v1_9_6 {
                    #expect(outcome.refusal?.type == "user_oauth2_bad_request")
                    #expect(world.stored(session) == session)
                } else {
                    #expect(outcome.status == 200)
                    #expect(world.stored(session)?.expiresAt == session.expiresAt + ModelFixture.minute)
                }
                #expect(world.server.ledger.patches.last?.forbidden == [.notOAuth])
            }
        }
    }

    @Test("of a token-flow session of before an upgrade extends it as before it")
    func upgrade() {
        var world = ModelFixture(.v1_8_1)
        let old = world.logIn(.tokenFlow)
        world.server.install(.v1_9_6)
        let new = world.logIn(.tokenFlow)
        #expect([old.provider, new.provider] == ["oauth2", "google"])
        #expect(world.patch(old).status == 200)
        #expect(world.patch(new).refusal?.type == "user_oauth2_bad_request")
    }

    @Test("takes ids of 36 characters on SQL stores and of 255 on MongoDB; one too long is counted")
    func longIDs() {
        for (store, longest) in [(Store.sql, 36), (.mongoDB, 255)] {
            var world = ModelFixture(store: store)
            let session = world.logIn()
            let caller = world.secret(of: session)
            for (length, type) in [(longest, "user_session_not_found"), (longest + 1, "general_argument_invalid")] {
                let id = String(repeating: "a", count: length)
                let outcome = world.server.patch(id, by: caller, now: world.now)
                #expect(outcome.refusal?.type == type)
                #expect(outcome.rate != nil)
            }
        }
    }

    @Test("of a provider the server no longer knows: 1.8.1 extends, 1.9.6 refuses")
    func unknownProvider() {
        for (version, type) in [(AppwriteVersion.v1_8_1, nil), (.v1_9_6, "project_provider_unsupported")] {
            var world = ModelFixture(version)
            let session = world.logIn()
            world.server.removeProvider("google", of: "demo")
            #expect(world.patch(session).refusal?.type == type)
        }
    }

    @Test("that began before a logout still answers 200, and stores nothing")
    func deletedMeanwhile() throws {
        var world = ModelFixture()
        let session = world.logIn()
        let begun = world.server.beginPatch(session.id, by: world.secret(of: session), now: world.now)
        guard case .underWay(let id) = begun else { throw Refusal.serverError }
        _ = world.server.askProvider(id, now: world.now)
        world.server.endSession(session.id, of: "demo", now: world.now)
        let answer = world.server.commitPatch(id, now: world.now)
        #expect(throws: Never.self) { try answer?.result.get() }
        #expect(answer != nil)
        #expect(world.stored(session) == nil)
        #expect(world.server.ledger.tokens.last?.storedAt == nil)
    }

    @Test("whose answer is lost after the commit is stored; before it, the rotated refresh token is gone")
    func lostAnswers() throws {
        var world = ModelFixture()
        let session = world.logIn()
        world.setFault(Fault(ending: .droppedAfterCommit, times: 1), at: session)
        #expect(world.patch(session) == .lost(.droppedAfterCommit))
        let stored = try #require(world.stored(session))
        #expect(stored.accessToken != session.accessToken)
        #expect(world.server.ledger.patches.last?.status == 200)

        world.setFault(Fault(ending: .droppedBeforeCommit, times: 1), at: session)
        #expect(world.patch(session) == .lost(.droppedBeforeCommit))
        #expect(world.stored(session) == stored)
        #expect(world.server.ledger.patches.last?.status == nil)
        #expect(world.patch(session).refusal?.type == "user_oauth2_bad_request")
    }

    @Test("that hangs stays under way, and the next one of that session is seen to overlap it")
    func overlap() {
        var world = ModelFixture()
        let session = world.logIn()
        world.setFault(Fault(ending: .hangs, times: 1), at: session)
        #expect(world.patch(session) == .lost(.hangs))
        #expect(world.patch(session).status == 200)
        #expect(world.server.ledger.patches.map(\.othersUnderWay) == [0, 1])
        #expect(world.server.ledger.patches.map(\.ending) == [nil, .answered])
    }

    @Test("is marked in the ledger when a careful client would never have sent it")
    func forbidden() {
        var world = ModelFixture()
        let bare = world.logIn(
            Login(project: "demo", provider: "google", providerUID: "bare", refreshToken: .omitted))
        _ = world.patch(bare)
        let gone = world.logIn(uid: "gone")
        world.server.endSession(gone.id, of: "demo", now: world.now)
        _ = world.patch(gone, by: world.jwt(for: gone))
        let blocked = world.logIn(uid: "blocked")
        world.server.setStatus(.blocked, ofUser: blocked.userID, in: "demo", now: world.now)
        _ = world.patch(blocked)
        #expect(world.server.ledger.patches.map(\.forbidden) == [[.noRefreshToken], [.sessionEnded], [.sessionEnded]])
    }
}
