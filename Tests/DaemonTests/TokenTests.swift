// What an app gets, whatever goes on behind: law 3 (a token that works is served to its real end and never after) and
// law 13 (a greater wish gets what there is).

import AppwriteModel
import AppwriteSimulator
import Harness
import Testing

@Suite("Token answers")
struct TokenTests {
    /// How Appwrite is out of reach.
    static let outages: [Outage.Answer] = [.hangUp, .page(status: 502), .silence]

    @Test("a cached token comes while the provider hangs for another session, and while Appwrite is down")
    func cached() async throws {
        try await withWorld { world in
            let (anna, bert) = (try world.logIn("anna"), try world.logIn("bert"))
            world.spoil(bert, Fault(ending: .hangs))
            try await world.daemon.start()
            try await world.untilServed(anna)
            try await world.untilServed(bert)
            try await world.daemon.refresh(bert)
            try await eventually("the PATCH to arrive") { !world.patches(of: bert).isEmpty }
            for login in [anna, bert] {
                let reply = try await world.daemon.token(of: login, maxWait: 60)
                #expect(reply["access_token"] == login.accessToken)
                #expect(reply.json["min_valid_met"] == true)
            }
            for outage in Self.outages {
                world.simulator.setOutage(Outage(outage))
                #expect(try await world.daemon.token(of: anna)["access_token"] == anna.accessToken)
                #expect(try await world.daemon.token(ofSession: bert)["access_token"] == bert.accessToken)
            }
        }
    }

    @Test("law 13: min_valid that cannot be had is answered with what there is; max_wait bounds the wait")
    func wishes() async throws {
        try await withWorld { world in
            // Given a token of ten minutes
            let anna = try world.logIn(lifetime: .own(600_000))
            try await world.daemon.start()
            try await world.untilServed(anna)

            // A wish beyond its life is no reason to spend on a token that is new.
            let greedy = try await world.daemon.token(of: anna, minValid: 3600, maxWait: 60)
            #expect(greedy["access_token"] == anna.accessToken)
            #expect(greedy.json["min_valid_met"] == false)
            #expect(world.patches(of: anna).isEmpty)

            world.spoil(anna, Fault(ending: .hangs))
            try await world.daemon.refresh(anna)
            try await eventually("the PATCH to arrive") { !world.patches(of: anna).isEmpty }
            let asked = ContinuousClock.now
            let patient = try await world.daemon.token(of: anna, minValid: 3600, maxWait: 1)
            #expect(asked.duration(to: .now) >= .seconds(1))
            #expect(patient["access_token"] == anna.accessToken)
            #expect(patient.json["min_valid_met"] == false)
        }
    }

    @Test("a reader that waits gets the token of the refresh that it waits for")
    func waits() async throws {
        let provider = Latch()
        var plan = Plan()
        plan.clock = provider.clock
        try await withWorld(plan) { world in
            let anna = try world.logIn(lifetime: .own(6000))
            world.spoil(anna, Fault(delay: 1, times: 1))
            try await world.daemon.start()
            // Within its margin the token is due, and the daemon renews it by itself.
            try await eventually("the PATCH to arrive") { !world.patches(of: anna).isEmpty }
            async let reading = world.daemon.token(of: anna, minValid: 5, maxWait: 60)
            provider.open()
            let reply = try await reading
            #expect(reply.status == 200)
            #expect(world.patches(of: anna).first?.status == 200)
            let token = try #require(reply["access_token"])
            #expect(world.simulator.ledger.tokens.contains { $0.token == token && $0.storedAt != nil })
            #expect(token != anna.accessToken)
        }
    }

    @Test("law 3: a logout that a look finds stops the serving at once")
    func logout() async throws {
        try await withWorld { world in
            let anna = try world.logIn()
            try await world.daemon.start()
            try await world.untilServed(anna)
            world.simulator.change { _ = $0.endSession(anna.sessionId, of: "demo", now: $1) }
            let gone = try await eventually("the logout to be found") {
                let reply = try await world.daemon.token(of: anna)
                return reply.status == 200 ? nil : reply
            }
            #expect(gone.status == 410)
            #expect(gone["type"] == "urn:refreshd:problem:ended")
            #expect(try await world.daemon.show(anna)["reason"] == "session gone")
            #expect(world.patches(of: anna).isEmpty)
        }
    }

    @Test("law 3: needs login serves on to the end of the token, and not longer")
    func needsLogin() async throws {
        try await withWorld { world in
            let anna = try world.logIn(lifetime: .own(30_000))
            world.simulator.change { $0.revokeAtProvider(anna.sessionId, of: "demo", now: $1) }
            try await world.daemon.start()
            try await world.untilServed(anna)
            try await world.daemon.refresh(anna)
            try await world.until("needs login", anna)

            let end = try #require(anna.accessTokenExpiry)
            let problem = try await eventually("the end of the token") {
                let asked = world.simulator.now()
                let reply = try await world.daemon.token(of: anna, minValid: 0)
                let answered = world.simulator.now()
                // The clocks agree to the second that the `Date` header has.
                if reply.status == 200 { #expect(asked <= end + 1000) } else { #expect(answered >= end - 1000) }
                return reply.status == 200 ? nil : reply
            }
            #expect(problem.status == 409)
            #expect(problem["type"] == "urn:refreshd:problem:needs-login")
            #expect(problem["reason"] == "provider refused the refresh (invalid_grant)")
            #expect(world.patches(of: anna).count == 1)
        }
    }

    @Test("a blocked user's token is served no more once Appwrite has said so", arguments: AppwriteVersion.allCases)
    func blocked(_ version: AppwriteVersion) async throws {
        var plan = Plan()
        plan.version = version
        try await withWorld(plan) { world in
            let anna = try world.logIn()
            try await world.daemon.start()
            try await world.untilServed(anna)
            world.simulator.change { $0.setStatus(.blocked, ofUser: anna.userId, in: "demo", now: $1) }
            try await world.daemon.refresh(anna)
            try await world.until("ended", anna)
            let reply = try await world.daemon.token(of: anna)
            #expect(reply.status == 410)
            #expect(reply["reason"] == "user blocked")
        }
    }
}
