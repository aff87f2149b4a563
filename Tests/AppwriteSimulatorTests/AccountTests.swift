// Who is let in and who no longer: logins that end others, what is switched off, what is demanded of a user.
import AppwriteModel
import Testing

@Suite("A user's account")
struct AccountTests {
    @Test("a password set by an admin ends all sessions, one set by the user keeps the session at hand")
    func passwords() {
        var world = ModelFixture()
        let sessions = (0..<3).map { _ in world.logIn() }
        let user = sessions[0].userID
        world.server.endSessions(ofUser: user, in: "demo", keeping: sessions[1].id, now: world.now)
        #expect(sessions.map { world.patch($0).refusal?.type } == [scope, nil, scope])
        world.server.endSessions(ofUser: user, in: "demo", now: world.now)
        #expect(world.patch(sessions[1]).refusal?.type == scope)
        #expect(world.patch(sessions[1], by: world.jwt(for: sessions[1])).refusal?.type == scope)
    }

    @Test("a login with the old cookie ends the old session")
    func replaced() {
        var world = ModelFixture()
        let old = world.logIn()
        let new = world.logIn(
            Login(project: "demo", provider: "google", providerUID: "anna", replaces: old.id))
        #expect(new.userID == old.userID)
        #expect(world.patch(old).refusal?.type == scope)
        #expect(world.patch(new).status == 200)
    }

    @Test("25 logins leave eleven sessions in 1.8.1 and all of them in 1.9.6; the oldest go first")
    func sessionsPerUser() {
        for (version, count) in [(AppwriteVersion.v1_8_1, 11), (.v1_9_6, 25)] {
            var world = ModelFixture(version)
            let logins = (0..<25).map { _ in world.logIn() }
            let left = world.server.project("demo")?.user(logins[0].userID)?.sessionIDs
            #expect(left == logins.suffix(count).map(\.id))
        }
    }

    @Test("any live secret opens all sessions of its user, and none of another's: that is a counted 404")
    func secrets() {
        var world = ModelFixture()
        let (one, two, foreign) = (world.logIn(), world.logIn(), world.logIn(uid: "bob"))
        #expect(world.patch(one, by: world.secret(of: two)).status == 200)
        let outcome = world.patch(foreign, by: world.secret(of: two))
        #expect(outcome.refusal?.type == "user_session_not_found")
        #expect(outcome.rate?.remaining == 8)
        world.server.endSession(two.id, of: "demo", now: world.now)
        #expect(world.patch(one, by: world.secret(of: two)).refusal?.type == scope)
    }

    @Test("a JWT that names no session opens all of its user's, and one of a session that is gone opens none")
    func sessionlessJWT() {
        var world = ModelFixture()
        let (one, two) = (world.logIn(), world.logIn())
        var caller = world.jwt(for: one)
        caller.jwt = .signed(JWTClaims(userID: one.userID, sessionID: "", expiresAt: world.now + 1))
        #expect(world.patch(two, by: caller).status == 200)
        #expect(world.patch(two, by: world.jwt(for: one)).status == 200)
        world.server.endSession(one.id, of: "demo", now: world.now)
        #expect(world.patch(two, by: world.jwt(for: one)).refusal?.type == scope)
    }

    @Test("a service or API that is switched off refuses all users without counting, while keys list and mint on")
    func switchedOff() throws {
        for (service, type) in [
            (AccountService.serviceDisabled, "general_service_disabled"), (.apiDisabled, "general_api_disabled"),
        ] {
            var world = ModelFixture()
            let session = world.logIn()
            world.server.setUp(ProjectSetup(id: "demo", accountService: service))
            for caller in [world.secret(of: session), world.jwt(for: session)] {
                let outcome = world.patch(session, by: caller)
                #expect(outcome.refusal?.type == type)
                #expect(outcome.refusal?.status == 403)
                #expect(outcome.rate == nil)
                let (id, now) = (session.id, world.now)
                #expect(throws: Refusal.self) { try world.server.readSession(id, by: caller, now: now) }
            }
            let key = Caller(project: "demo", apiKey: "key")
            let (user, now) = (session.userID, world.now)
            #expect(try world.server.sessions(ofUser: user, by: key, now: now) == [session])
            #expect(
                try world.server.mintJWT(userID: user, sessionID: session.id, seconds: 60, by: key, now: now)
                    .sessionID == session.id)
            world.server.setUp(ProjectSetup(id: "demo"))
            #expect(world.patch(session).rate?.remaining == 9)
        }
    }

    @Test("a provider that is switched off lets nobody log in, and is asked for new tokens all the same")
    func providerOff() throws {
        var world = ModelFixture()
        let session = world.logIn()
        world.server.setLogins(.off, through: "google", of: "demo")
        let login = Login(project: "demo", provider: "google", providerUID: "bob")
        #expect(world.server.logIn(login, now: world.now) == nil)
        #expect(try world.patched(session).accessToken != session.accessToken)
        world.server.setLogins(.on, through: "google", of: "demo")
        #expect(world.server.logIn(login, now: world.now) != nil)
    }

    @Test("a demanded password reset refuses the user's calls; a demanded second factor leaves OAuth sessions alone")
    func demands() {
        var world = ModelFixture()
        let oauth = world.logIn()
        let email = world.logIn(
            Login(project: "demo", kind: .email, providerUID: "a@b.test", userID: oauth.userID))
        world.server.setDemand(.secondFactor, onUser: oauth.userID, in: "demo")
        #expect(world.patch(oauth).status == 200)
        #expect(world.patch(oauth, by: world.jwt(for: oauth)).status == 200)
        #expect(world.patch(email).refusal?.type == "user_more_factors_required")
        world.server.setDemand(.passwordReset, onUser: oauth.userID, in: "demo")
        let refused = world.patch(oauth)
        #expect(refused.refusal?.type == "user_password_reset_required")
        #expect(refused.rate == nil)
        world.server.setDemand(.nothing, onUser: oauth.userID, in: "demo")
        #expect(world.patch(oauth).rate?.remaining == 7)
    }

    private let scope = "general_unauthorized_scope"
}
