// The life of a user's sessions from the first login to the last logout, against each Appwrite that was measured. The
// daemon is not told which one it has before it.

import AppwriteModel
import AppwriteSimulator
import Harness
import Testing

@Suite("The main course")
struct CourseTests {
    @Test("found, renewed in time, refused, logged in anew, blocked, logged out", arguments: AppwriteVersion.allCases)
    func course(_ version: AppwriteVersion) async throws {
        var plan = Plan()
        plan.version = version
        try await withWorld(plan) { world in
            try await world.daemon.start()

            // A login is found by itself, and its token never ends in a reader's hands.
            let anna = try world.logIn("anna", lifetime: .own(20_000))
            try await world.untilServed(anna)
            try await eventually("two renewals") {
                let asked = world.simulator.now()
                let reply = try await world.daemon.token(of: anna, minValid: 0)
                let tokens = world.simulator.ledger.tokens
                let now = world.simulator.now()
                if reply.status == 200 {
                    let end = tokens.first { $0.token == reply["access_token"] }?.statedEnd
                    #expect(end.map { asked < $0 + 1000 } == true)
                } else {
                    // A machine that is very slow does not renew it in time; then there is none.
                    #expect(reply.status == 503 && tokens.contains { $0.statedEnd ?? now + 1 <= now })
                }
                return world.patches(of: anna).count { $0.status == 200 } >= 2
            }
            #expect(world.patches(of: anna).allSatisfy { $0.credential == .jwt && $0.charge == .counted })

            // Sessions without provider tokens are left alone: this version's PATCH would extend them, or fail and count.
            let flow = try world.simulator.logIn(
                Login(project: "demo", kind: .tokenFlow, provider: "google", providerUID: "carl"))
            let email = try world.simulator.logIn(Login(project: "demo", kind: .email, providerUID: "dora"))
            try await world.until("unrefreshable", flow)
            #expect(try await world.daemon.token(ofSession: flow).status == 409)
            #expect(try await world.daemon.show(email).status == 404)

            // Rights taken back at the provider: the user must log in again, and then all is well by itself.
            world.simulator.change { $0.revokeAtProvider(anna.sessionId, of: "demo", now: $1) }
            try await world.until("needs login", anna)
            let spent = world.patches(of: anna).count
            let again = try world.logIn("anna")
            try await eventually("the new login's token") {
                try await world.daemon.token(of: anna)["access_token"] == again.accessToken
            }
            #expect(world.patches(of: anna).count == spent)

            // A blocked user is only found out by a PATCH: a JWT is still minted, the list still lists.
            let bert = try world.logIn("bert")
            try await world.untilServed(bert)
            world.simulator.change { $0.setStatus(.blocked, ofUser: bert.userId, in: "demo", now: $1) }
            try await world.daemon.refresh(bert)
            try await world.until("ended", bert)
            #expect(try await world.daemon.token(of: bert).status == 410)
            #expect(world.patches(of: bert).map(\.type) == ["user_blocked"])

            // A logout ends it.
            world.simulator.change { _ = $0.endSession(again.sessionId, of: "demo", now: $1) }
            try await world.until("ended", again)
            #expect(try await world.daemon.token(ofSession: again).status == 410)

            let forbidden = world.simulator.ledger.patches.filter { !$0.forbidden.isEmpty }
            #expect(forbidden.allSatisfy { $0.sessionID == bert.sessionId }, "spent where it must not be: \(forbidden)")
            #expect(world.patches(of: flow).isEmpty)
        }
    }

    @Test(
        "a registered session is kept by its own secret alone, until it is logged out",
        arguments: AppwriteVersion.allCases)
    func registered(_ version: AppwriteVersion) async throws {
        var plan = Plan()
        plan.version = version
        plan.settings.projects[0].apiKey = nil
        try await withWorld(plan) { world in
            let anna = try world.logIn(lifetime: .own(6000))
            try await world.daemon.start()
            #expect(try await world.daemon.register(anna).status == 201)
            try await eventually("a renewal") { world.patches(of: anna).contains { $0.status == 200 } }
            try await eventually("the renewed token") {
                let token = try await world.daemon.token(of: anna, minValid: 0)["access_token"]
                return token != anna.accessToken && token == world.currentToken(of: anna)
            }
            #expect(world.patches(of: anna).allSatisfy { $0.credential == .secret })

            // One refused look may be a hiccup; a second one, well apart, is a logout.
            world.simulator.change { _ = $0.endSession(anna.sessionId, of: "demo", now: $1) }
            try await world.until("ended", anna)
            #expect(try await world.daemon.token(of: anna).status == 410)
        }
    }
}
