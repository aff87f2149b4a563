// What an API key may, and in which words it is refused.
import AppwriteModel
import Testing

@Suite("An API key")
struct KeyTests {
    @Test("that has expired is told so, but for a short-lived one, whose bearer is then nobody")
    func expired() {
        for (key, type) in [("standard", "project_key_expired"), ("ephemeral_1", "general_unauthorized_scope")] {
            let refusal = refusal { world in
                let end = world.now
                world.server.setUp(
                    ProjectSetup(id: "demo", apiKeys: [APIKey(key: key, scopes: ["users.read"], expiresAt: end)]))
                return Caller(project: "demo", apiKey: key)
            }
            #expect(refusal?.status == 401)
            #expect(refusal?.type == type)
            if key != "standard" { #expect(refusal?.message.contains("(role: guests)") == true) }
        }
    }

    @Test("that was taken back is as wrong as any other text")
    func removed() {
        let refusal = refusal { world in
            world.server.removeKey("key", of: "demo")
            return Caller(project: "demo", apiKey: "key")
        }
        #expect(refusal?.type == "user_unauthorized")
    }

    @Test("without a project is wrong in 1.8.1, and misses the project in 1.9.6")
    func projectMissing() {
        for (version, status, type) in [
            (AppwriteVersion.v1_8_1, 401, "user_unauthorized"), (.v1_9_6, 403, "project_id_missing"),
        ] {
            let refusal = refusal(version) { _ in Caller(project: nil, apiKey: "key") }
            #expect(refusal?.status == status)
            #expect(refusal?.type == type)
        }
    }

    @Test("reads sessions by users.read, since 1.9.6 by sessions.read too; it mints by users.write alone")
    func scopes() {
        for (version, scope, isEnough) in [
            (AppwriteVersion.v1_8_1, "users.read", true), (.v1_8_1, "sessions.read", false),
            (.v1_9_6, "users.read", true), (.v1_9_6, "sessions.read", true), (.v1_9_6, "users.write", false),
        ] {
            let refusal = refusal(version) { world in
                world.server.setUp(ProjectSetup(id: "demo", apiKeys: [APIKey(key: "narrow", scopes: [scope])]))
                return Caller(project: "demo", apiKey: "narrow")
            }
            #expect((refusal == nil) == isEnough, "\(version.rawValue) \(scope)")
        }
        var world = ModelFixture()
        let session = world.logIn()
        world.server.setUp(ProjectSetup(id: "demo", apiKeys: [APIKey(key: "reader", scopes: ["users.read"])]))
        let (now, reader) = (world.now, Caller(project: "demo", apiKey: "reader"))
        #expect(throws: Refusal.self) {
            try world.server.mintJWT(
                userID: session.userID, sessionID: session.id, seconds: 60, by: reader, now: now)
        }
    }

    /// How a listing of a user's sessions is refused; nil: it is not.
    private func refusal(
        _ version: AppwriteVersion = .v1_9_6, to prepare: (inout ModelFixture) -> Caller
    ) -> Refusal? {
        var world = ModelFixture(version)
        let session = world.logIn()
        let caller = prepare(&world)
        do throws(Refusal) {
            _ = try world.server.sessions(ofUser: session.userID, by: caller, now: world.now)
            return nil
        } catch {
            return error
        }
    }
}
