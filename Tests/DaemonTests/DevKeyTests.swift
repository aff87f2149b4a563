// Appwrite counts by host name, and says nothing when a dev key has expired: it just counts again.

import AppwriteModel
import AppwriteSimulator
import Harness
import Testing

@Suite("Two hosts, one with a dev key")
struct DevKeyTests {
    private let devKey = "devkey_4f1c99a7"

    @Test("law 6: a dev key that expires is told once, the 429 is obeyed, tokens are served on, the other host is free")
    func expires() async throws {
        var plan = Plan()
        plan.settings.projects = [
            .init(alias: "metered", host: "127.0.0.1", project: "demo"),
            .init(alias: "exempt", host: "localhost", project: "test", devKey: devKey),
        ]
        try await withWorld(plan) { world in
            let metered = try world.logIn("anna")
            let exempt = try (1...12).map { try world.logIn("user\($0)", project: "test") }
            try await world.daemon.start()
            try await world.untilServed(metered, project: "metered")
            for login in exempt { try await world.untilServed(login, project: "exempt") }

            // Given a dev key that lifts the limit
            for login in exempt {
                #expect(try await refresh(login, of: "exempt", in: world) == "renewed")
            }
            #expect(world.simulator.ledger.patches.map(\.charge) == Array(repeating: .exempt, count: 12))

            // When it expires, and many refreshes are sent at once
            world.simulator.change { server, _ in server.removeKey(devKey, of: "test") }
            for login in exempt.prefix(8) {
                #expect(try await refresh(login, of: "exempt", in: world) == "renewed")
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for login in exempt.suffix(8) {
                    group.addTask { _ = try await refresh(login, of: "exempt", in: world) }
                }
                try await group.waitForAll()
            }
            let words = "Appwrite counts our calls, although by the settings it does not"
            try await eventually("the daemon to say so") { try !world.daemon.logLines(with: words).isEmpty }
            let sent = world.simulator.ledger.patches.count

            // Then nothing more is sent there, every token is served on, and it was said once
            for login in exempt {
                #expect(try await refresh(login, of: "exempt", in: world) == "not now")
                #expect(
                    try await world.daemon.token(of: login, project: "exempt")["access_token"]
                        == world.currentToken(of: login))
            }
            #expect(world.simulator.ledger.patches.count == sent)
            #expect(try world.daemon.logLines(with: words).count == 1)

            // And the other host's window knows nothing of it
            #expect(try await refresh(metered, of: "metered", in: world) == "renewed")
            #expect(try await world.daemon.callsLeft(at: "127.0.0.1") == 9)
            #expect(world.patches(of: metered).map(\.host) == ["127.0.0.1"])
        }
    }

    private func refresh(_ login: LoggedIn, of project: String, in world: World) async throws -> String? {
        let path = "/v1/sessions/\(project)/\(login.sessionId)/refresh?max_wait=60"
        return try await world.daemon.control("POST", path)["ending"]
    }
}
