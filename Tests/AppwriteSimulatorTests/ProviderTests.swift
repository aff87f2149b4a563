// The model's providers: rotation, reuse, lifetimes told and true, and faults that are used up.
import AppwriteModel
import Testing

@Suite("A provider")
struct ProviderTests {
    @Test("that rotates gives a new refresh token each time; the others leave the old one in force")
    func rotation() throws {
        for rotation in ProviderBehaviour.Rotation.allCases {
            var world = ModelFixture(.v1_9_6, ProviderBehaviour(rotation: rotation))
            let session = world.logIn()
            let first = try world.patched(session)
            #expect((first.refreshToken != session.refreshToken) == (rotation == .rotates))
            #expect(try world.patched(session).accessToken != first.accessToken)
        }
    }

    @Test("gives one of two overlapping PATCHes a 200 and the other a 400")
    func overlapWithRotation() throws {
        var world = ModelFixture(.v1_9_6, ProviderBehaviour(reuse: .refused))
        let session = world.logIn()
        #expect(try overlap(session, in: &world) == [200, 400])
        #expect(world.server.ledger.tokens.allSatisfy { $0.revokedAt == nil })
        #expect(world.patch(session).status == 200)
    }

    @Test("that revokes the family on reuse kills the tokens that the other PATCH had just won")
    func familyRevoked() throws {
        var world = ModelFixture(.v1_9_6, ProviderBehaviour(reuse: .revokesFamily))
        let session = world.logIn()
        #expect(try overlap(session, in: &world) == [200, 400])
        #expect(world.server.ledger.tokens.map(\.revokedAt) == [world.now, world.now])
        #expect(world.patch(session).refusal?.type == "user_oauth2_bad_request")
    }

    @Test("that says no under a 200 makes the second of two PATCHes wipe what the first has just won")
    func overlapWipes() throws {
        var world = ModelFixture(.v1_9_6, ProviderBehaviour(refusals: .success))
        let session = world.logIn()
        #expect(try overlap(session, in: &world) == [200, 200])
        #expect(world.stored(session)?.accessToken == "")
        #expect(world.stored(session)?.refreshToken == session.refreshToken, "the dead one, as it was when it began")
        #expect(try world.patched(session).accessToken == "", "and so it stays")
    }

    @Test("whose adapter Appwrite does not find is not asked: 200, extended, with the old token")
    func noAdapter() throws {
        var world = ModelFixture(.v1_8_1)
        let blog = world.logIn(Login(project: "demo", provider: "wordpress", providerUID: "blog"))
        let other = world.logIn()
        world.setFault(Fault(.noAdapter), at: other)
        world.now += ModelFixture.minute
        for session in [blog, other] {
            var extended = session
            extended.expiresAt += ModelFixture.minute
            #expect(try world.patched(session) == extended)
            extended.updatedAt = world.now
            #expect(world.stored(session) == extended)
        }
        #expect(world.server.ledger.tokens.count == 2, "those of the logins")
        #expect(try world.patched(world.logIn(uid: "bob")).accessToken.hasPrefix("at_bob_g1"))
    }

    @Test("shows the date of a token that was not asked for as a stored one")
    func noAdapterDates() throws {
        var world = ModelFixture()
        let session = world.logIn()
        world.setFault(Fault(.noAdapter, times: 1), at: session)
        guard case .answered(.success(let old), _) = world.patch(session),
            case .answered(.success(let new), _) = world.patch(session)
        else { throw Refusal.serverError }
        #expect(old.tokenExpiry == .stored)
        #expect(new.tokenExpiry == .justSet)
    }

    @Test("of note is known by its ways: what it leaves out at a login, and how it says no")
    func known() throws {
        var world = ModelFixture()
        func logIn(_ name: String) -> Session {
            world.logIn(Login(project: "demo", provider: name, providerUID: "anna"))
        }
        #expect(logIn("google").refreshToken != "")
        #expect(logIn("dropbox").refreshToken == "")
        let salesforce = logIn("salesforce")
        #expect(salesforce.accessTokenExpiry == world.now)
        let truth = world.server.ledger.token(salesforce.accessToken)
        #expect(truth?.expiresAt == world.now + 2 * ModelFixture.hour)
        let github = logIn("github")
        #expect(world.server.ledger.token(github.accessToken)?.expiresAt == nil)
        #expect(try world.patched(github).accessToken == "", "it had no refresh token, and lost the good token too")
        let slack = logIn("slack")
        world.server.revokeAtProvider(slack.id, of: "demo", now: world.now)
        #expect(try world.patched(slack).accessToken == "")
    }

    /// Two PATCHes of one session, both begun before either asked.
    private func overlap(_ session: Session, in world: inout ModelFixture) throws -> [Int?] {
        var begun: [PatchID] = []
        for _ in 0..<2 {
            let start = world.server.beginPatch(session.id, by: world.secret(of: session), now: world.now)
            guard case .underWay(let id) = start else { throw Refusal.serverError }
            begun.append(id)
        }
        return begun.map { id in
            _ = world.server.askProvider(id, now: world.now)
            _ = world.server.commitPatch(id, now: world.now)
            return world.server.ledger.patches[id].status
        }
    }

    @Test("that sends no expires_in leaves an expiry of now on a token that lives on")
    func expiresInOmitted() throws {
        var world = ModelFixture(.v1_9_6, ProviderBehaviour(lifetime: nil, expiresIn: .omitted))
        let session = world.logIn()
        #expect(session.accessTokenExpiry == world.now)
        world.now += ModelFixture.minute
        #expect(try world.patched(session).accessTokenExpiry == world.now)
        #expect(world.server.ledger.tokens.allSatisfy { $0.expiresAt == nil })
    }

    @Test("refuses a refresh after the user has taken the rights back there")
    func revokedByUser() {
        var world = ModelFixture()
        let session = world.logIn()
        world.server.revokeAtProvider(session.id, of: "demo", now: world.now)
        #expect(world.patch(session).refusal?.type == "user_oauth2_bad_request")
        #expect(world.server.ledger.tokens.first?.revokedAt == world.now)
    }

    @Test("is spoiled for so many answers as a fault says, a session's own faults first, then the next one's turn")
    func faultsAreUsedUp() {
        var world = ModelFixture()
        let session = world.logIn()
        world.server.setFaults(
            [Fault(.refuses(status: 503, error: "busy", description: nil), times: 2), Fault(.down, times: 1)],
            at: .provider("google"), of: "demo")
        world.setFault(Fault(.refuses(status: 429, error: "slow_down", description: nil), times: 1), at: session)
        #expect((0..<5).map { _ in world.patch(session).status } == [429, 503, 503, 500, 200])
    }

    @Test("maps to Appwrite's types by status, and a 500 keeps its words to itself")
    func types() {
        var world = ModelFixture(metering: .disabled)
        let session = world.logIn()
        let expected = [
            400: "user_oauth2_bad_request", 401: "user_oauth2_unauthorized", 403: "user_oauth2_provider_error",
            404: "user_oauth2_provider_error", 429: "user_oauth2_provider_error", 500: "user_oauth2_provider_error",
            503: "user_oauth2_provider_error",
        ]
        for (status, type) in expected {
            world.setFault(Fault(.refuses(status: status, error: "e", description: "d"), times: 1), at: session)
            let refusal = world.patch(session).refusal
            #expect(refusal?.status == status)
            #expect(refusal?.type == type)
            #expect(refusal?.message == (status == 500 ? "Server Error" : "e: d"))
        }
    }

    @Test("and the whole model replay exactly from a seed")
    func replays() throws {
        func history() throws -> Ledger {
            var world = ModelFixture()
            let session = world.logIn()
            _ = try world.patched(session)
            return world.server.ledger
        }
        #expect(try history().tokens == history().tokens)
        #expect(try history().patches == history().patches)
    }
}
