// Killed with -9 at each boundary of a refresh: law 4 (one spend in flight), law 6 (the charge is stored before the call
// is sent) and law 8 (stored before served) hold across the restart.

import AppwriteModel
import AppwriteSimulator
import Harness
import Testing

@Suite("Killed with -9")
struct KillTests {
    /// Where a refresh was cut by the kill, such that it never bears a token.
    enum Fruitless: CaseIterable, Sendable {
        case storedAndNotSent
        case sentAndNeverAnswered
    }

    @Test(
        "law 4: a refresh that bore nothing is only looked at until doubtFor has passed", arguments: Fruitless.allCases)
    func fruitless(_ cut: Fruitless) async throws {
        var plan = Plan()
        plan.settings.waits["doubtFor"] = "60s"
        try await withWorld(plan) { world in
            // Given a refresh under way of a token that ends before the doubt does
            let began = world.simulator.now()
            let anna = try world.logIn(lifetime: .own(55_000))
            switch cut {
            case .storedAndNotSent: world.simulator.setOutage(Outage(.silence, only: "jwts"))
            case .sentAndNeverAnswered: world.spoil(anna, Fault(ending: .hangs, times: 1))
            }
            try await world.daemon.start()
            try await world.untilServed(anna)
            try await world.daemon.refresh(anna)
            try await world.until("refreshing", anna)
            if cut == .sentAndNeverAnswered {
                try await eventually("the PATCH to arrive") { !world.patches(of: anna).isEmpty }
            }

            // When the daemon is killed and started again
            try await world.daemon.kill()
            let fruitless = world.patches(of: anna).count
            world.simulator.setOutage(nil)
            try await world.daemon.start()
            try await world.until("in doubt", anna)
            #expect(try await world.daemon.callsLeft() == 9, "the charge of the call in doubt is not forgotten")

            // Then a waiting reader gets a new token, by a PATCH that waited
            let token = try await eventually("a new token") {
                let reply = try await world.daemon.token(of: anna, minValid: 1, maxWait: 60)
                return reply["access_token"].flatMap { $0 == anna.accessToken ? nil : $0 }
            }
            let patches = world.patches(of: anna).dropFirst(fruitless)
            #expect(patches.first.map { $0.at >= began + 60_000 } == true)
            #expect(world.simulator.ledger.tokens.contains { $0.token == token && $0.storedAt != nil })
            #expect(patches.allSatisfy { $0.forbidden.isEmpty })
        }
    }

    @Test("law 4: a refresh that Appwrite answers after the kill is found by a look and not sent again")
    func answeredMeanwhile() async throws {
        let provider = Latch()
        var plan = Plan()
        plan.clock = provider.clock
        try await withWorld(plan) { world in
            // Given a refresh that waits for the provider
            let anna = try world.logIn()
            world.spoil(anna, Fault(delay: 1, times: 1))
            try await world.daemon.start()
            try await world.untilServed(anna)
            try await world.daemon.refresh(anna)
            try await eventually("the PATCH to arrive") { !world.patches(of: anna).isEmpty }

            // When the daemon is killed and started again, and then the provider answers
            try await world.daemon.kill()
            try await world.daemon.start()
            try await world.until("in doubt", anna)
            #expect(try await world.daemon.callsLeft() == 9, "the charge of the call in doubt is not forgotten")
            let asked = ContinuousClock.now
            async let reading = world.daemon.token(of: anna, minValid: 3600, maxWait: 120)
            provider.open()

            // Then the reader that waits gets the new token once it is seen, and no second PATCH was sent
            let reply = try await reading
            #expect(asked.duration(to: .now) < .seconds(100))
            #expect(reply["access_token"] == world.currentToken(of: anna))
            #expect(reply["access_token"] != anna.accessToken)
            #expect(world.patches(of: anna).map(\.status) == [200])
            #expect(try await world.daemon.callsLeft() == 9)
        }
    }

    @Test("law 4: a token that Appwrite stored and whose answer was lost is found by a look and not sent for again")
    func answerDropped() async throws {
        try await withWorld { world in
            let anna = try world.logIn()
            world.spoil(anna, Fault(ending: .droppedAfterCommit, times: 1))
            try await world.daemon.start()
            try await world.untilServed(anna)
            try await world.daemon.refresh(anna)
            try await eventually("the answer to be dropped") { world.patches(of: anna).first?.ending != nil }

            try await world.daemon.kill()
            try await world.daemon.start()
            let reply = try await world.daemon.token(of: anna, minValid: 3600, maxWait: 60)
            #expect(reply["access_token"] == world.currentToken(of: anna))
            #expect(reply["access_token"] != anna.accessToken)
            #expect(world.patches(of: anna).count == 1)
            #expect(try await world.daemon.callsLeft() == 9)
        }
    }

    @Test("law 8: a token that was served is served after the kill, with Appwrite out of reach")
    func servedAgain() async throws {
        try await withWorld { world in
            // Given one session found and never refreshed, and one renewed just now
            let (anna, bert) = (try world.logIn("anna"), try world.logIn("bert"))
            try await world.daemon.start()
            try await world.untilServed(anna)
            try await world.untilServed(bert)
            try await world.daemon.refresh(bert)
            let renewed = try await eventually("a new token of bert") {
                let token = try await world.daemon.token(of: bert)["access_token"]
                return token == bert.accessToken ? nil : token
            }

            try await world.daemon.kill()
            world.simulator.setOutage(Outage(.hangUp))
            try await world.daemon.start()
            #expect(try await world.daemon.token(of: anna)["access_token"] == anna.accessToken)
            #expect(try await world.daemon.token(of: bert)["access_token"] == renewed)
            #expect(try await world.daemon.callsLeft() == 9)
            #expect(world.simulator.ledger.patches.count == 1)
        }
    }

    @Test("law 8: a registration that was acknowledged survives a kill in the same moment")
    func registered() async throws {
        var plan = Plan()
        plan.settings.projects[0].apiKey = nil
        try await withWorld(plan) { world in
            let anna = try world.logIn()
            try await world.daemon.start()
            #expect(try await world.daemon.register(anna).status == 201)
            try await world.daemon.kill()

            world.simulator.setOutage(Outage(.hangUp))
            try await world.daemon.start()
            #expect(try await world.daemon.token(of: anna)["access_token"] == anna.accessToken)

            // Its secret survived too: the session can still be refreshed.
            world.simulator.setOutage(nil)
            try await world.daemon.refresh(anna)
            try await eventually("a token renewed by the secret") {
                let token = try await world.daemon.token(of: anna)["access_token"]
                return token != anna.accessToken && token == world.currentToken(of: anna)
            }
            #expect(world.patches(of: anna).map(\.credential) == [.secret])
        }
    }
}
