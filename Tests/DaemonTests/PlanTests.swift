// `refreshd plan` against what the daemon then does, by the simulated Appwrite's own record.

import AppwriteModel
import AppwriteSimulator
import Foundation
import Harness
import Testing

@Suite("A plan")
struct PlanTests {
    /// What of the plan is waited for.
    private let calls = 9

    @Test("is what the daemon then does, call for call, where nothing unforeseen happens")
    func agrees() async throws {
        var plan = Plan()
        plan.settings.projects[0].devKey = "dev-key"
        try await withWorld(plan) { world in
            // Given three sessions that are renewed every 20, 24 and 28 seconds: of the calls no two come close together
            let logins = try [("anna", 30_000), ("bert", 36_000), ("carl", 42_000)].map { user, lifetime in
                try world.logIn(user, lifetime: .own(Milliseconds(lifetime)))
            }
            try await world.daemon.start()
            for login in logins { try await world.untilServed(login) }

            // On a machine that is very slow a call may come late, and those after it in another order
            try await eventually("a plan of which no call is late", within: .seconds(600)) {
                // When the plan is asked for, and no call comes meanwhile
                let (before, planned) = try await eventually("a plan between two calls") {
                    let before = world.simulator.ledger.patches.count
                    let planned = try await self.plan(by: world.daemon)
                    return world.simulator.ledger.patches.count == before ? (before, planned) : nil
                }
                try await eventually("\(calls) calls") { world.simulator.ledger.patches.count >= before + calls }
                let made = world.simulator.ledger.patches.dropFirst(before).prefix(calls)

                // Then the daemon's calls are those of the plan, in its order
                let isLate = zip(made, planned).contains { Double($0.at) / 1000 > $1.at.timeIntervalSince1970 + 1 }
                let sessions = made.map { "main/\($0.sessionID)" }
                if !isLate { #expect(sessions == planned.prefix(calls).map(\.session)) }
                return !isLate
            }
        }
    }

    @Test("is told to people too, and to nobody where there is no daemon")
    func told() async throws {
        try await withWorld { world in
            _ = try world.logIn()
            try await world.daemon.start()
            let text = try await world.daemon.command(
                [
                    "plan", "--hours", "3", "--config", world.daemon.folder + "/settings.yaml", "--socket",
                    world.daemon.controlSocket,
                ])
            #expect(text.ending == .exited(0), "\(text.errors)")
            #expect(text.output.contains("HOUR FROM"))
            try await world.daemon.kill()
            let alone = try await world.daemon.command(
                ["plan", "--config", world.daemon.folder + "/settings.yaml", "--socket", world.daemon.controlSocket])
            #expect(alone.ending == .exited(69))
            #expect(alone.output.isEmpty)
        }
    }

    private func plan(by daemon: Daemon) async throws -> [Body.Call] {
        let plan = try await daemon.command(
            [
                "plan", "--hours", "1", "--json", "--config", daemon.folder + "/settings.yaml", "--socket",
                daemon.controlSocket,
            ])
        #expect(plan.ending == .exited(0), "\(plan.errors)")
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            try Date(
                String(from: decoder), strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true))
        }
        return try decoder.decode(Body.self, from: Data(plan.output.utf8)).calls
    }

    private struct Body: Decodable {
        let calls: [Call]

        struct Call: Decodable {
            let at: Date
            let session: String
        }
    }
}
