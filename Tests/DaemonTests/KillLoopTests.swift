// Killed again and again at moments nobody chose, under load, against the provider that forgives least: one that revokes
// a whole login when a refresh token comes twice. The server's own record is the judge.

import AppwriteModel
import AppwriteSimulator
import Harness
import Testing

@Suite("A loop of kills")
struct KillLoopTests {
    private let kills = 15
    private let doubtFor: Milliseconds = 8000

    @Test("laws 1, 3, 4, 6: no window overspent, no PATCH twice, no login revoked, and all is fresh in the end")
    func loop() async throws {
        var plan = Plan()
        plan.window = 4000
        plan.provider = ProviderBehaviour(lifetime: 12_000, rotation: .rotates, reuse: .revokesFamily)
        plan.settings.projects[0].budget = ["window": "4s", "openingDelay": "1s"]
        plan.settings.waits["doubtFor"] = "8s"
        plan.settings.calls["refreshTimeout"] = "4s"
        try await withWorld(plan) { world in
            // Given more sessions than a window has calls, a provider that takes its time, and answers that get lost
            let logins = try (1...14).map { try world.logIn("user\($0)") }
            spoilNowAndThen(world)

            // When the daemon is killed at random moments while apps read
            try await withThrowingTaskGroup(of: Void.self) { apps in
                for login in logins {
                    apps.addTask { try await read(login, in: world) }
                }
                var dice = SeededDice(seed: 20_261)
                // On a slow machine a daemon comes to little between two kills: until there was load.
                var killed = 0
                while killed < kills || world.simulator.ledger.patches.count <= kills && killed < 10 * kills {
                    killed += 1
                    try await world.daemon.start()
                    try await Task.sleep(for: .milliseconds(Int.random(in: 50...1500, using: &dice)))
                    try await world.daemon.kill()
                }
                apps.cancelAll()
                try await apps.waitForAll()
            }

            // Then everything comes right by itself, with tokens that live an hour
            world.simulator.change { server, _ in
                server.setFaults([], at: .provider("google"), of: "demo")
                server.setProvider(
                    "google", of: "demo", to: ProviderBehaviour(rotation: .rotates, reuse: .revokesFamily))
            }
            try await world.daemon.start()
            for login in logins {
                try await eventually("a token of \(login.providerUid) that lives long", within: .seconds(120)) {
                    try await world.daemon.token(of: login, minValid: 1800).json["min_valid_met"] == true
                }
            }
            judge(world.simulator.ledger)
        }
    }

    /// Every PATCH takes a quarter of a second; each eighth is done and its answer lost.
    private func spoilNowAndThen(_ world: World) {
        let round = [Fault(delay: 250, times: 7), Fault(ending: .droppedAfterCommit, times: 1)]
        world.simulator.change { server, _ in
            server.setFaults((0..<100).flatMap { _ in round }, at: .provider("google"), of: "demo")
        }
    }

    /// Reads until cancelled. Law 3: what is served works.
    private func read(_ login: LoggedIn, in world: World) async throws {
        while !Task.isCancelled {
            let asked = world.simulator.now()
            // A daemon that is dead at the moment answers nobody.
            guard let reply = try? await world.daemon.token(of: login, minValid: 5, maxWait: 1) else { continue }
            if let token = reply["access_token"] {
                let record = world.simulator.ledger.tokens.first { $0.token == token }
                #expect(record?.sessionID == login.sessionId && record?.storedAt != nil)
                // Clocks agree to the second that the `Date` header has.
                #expect(record?.statedEnd.map { asked < $0 + 1000 } == true, "served after its end: \(token)")
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func judge(_ ledger: Ledger) {
        #expect(ledger.patches.count > kills, "there was load")
        #expect(ledger.patches.filter { $0.charge == .overLimit }.isEmpty)
        #expect(ledger.patches.filter { !$0.forbidden.isEmpty }.isEmpty)
        #expect(ledger.tokens.filter { $0.revokedAt != nil }.isEmpty)
        for later in ledger.patches where later.othersUnderWay > 0 {
            let others = ledger.patches.filter { earlier in
                earlier.sessionID == later.sessionID && earlier.number < later.number
                    && earlier.endedAt.map { $0 > later.at } ?? true
            }
            #expect(others.allSatisfy { later.at - $0.at >= doubtFor - 1000 }, "sent twice at once: \(later)")
        }
    }
}
