// `refreshd check` beside the daemon: what only a daemon knows is told, and the daemon goes on undisturbed.

import AppwriteModel
import AppwriteSimulator
import Foundation
import Harness
import Testing

@Suite("A check")
struct CheckTests {
    private let devKey = "devkey_4f1c99a7"

    @Test("beside a running daemon sees it and its store, makes no call that counts, and asks for no session")
    func beside() async throws {
        try await withWorld { world in
            let login = try world.logIn()
            try await world.daemon.start()
            try await world.untilServed(login)

            let check = try await check(world)
            #expect(check.ending == .exited(0), "\(check.output)\(check.errors)")
            #expect(check.errors.isEmpty)
            #expect(check.output.contains(/fine +daemon +refreshd runs since/))
            #expect(check.output.contains(/fine +token-socket +refreshd answers at/))
            #expect(check.output.contains(/fine +store +.*sessions.db is sound: 1 session,/))
            #expect(check.output.contains(/fine +sealing-key +.*sealing-key can be read/))
            #expect(check.output.contains("1 session of 1 user can be refreshed (google 1)"))
            #expect(world.simulator.ledger.patches.isEmpty)
            #expect(try await world.daemon.token(of: login).status == 200)
        }
    }

    @Test("tells that a dev key is ignored, by what the daemon saw of its own refreshes, while it runs and after")
    func ignoredDevKey() async throws {
        var plan = Plan()
        plan.settings.projects[0].devKey = devKey
        try await withWorld(plan) { world in
            let login = try world.logIn()
            try await world.daemon.start()
            try await world.untilServed(login)
            let path = "/v1/sessions/main/\(login.sessionId)/refresh?max_wait=60"
            #expect(try await world.daemon.control("POST", path)["ending"] == "renewed")
            #expect(try await check(world).output.contains(/fine +metering +unmetered by a dev key/))

            world.simulator.change { server, _ in server.removeKey(devKey, of: "demo") }
            // Ten are counted, then comes a 429: by then at the latest the daemon has noticed.
            for _ in 1...12 { _ = try await world.daemon.control("POST", path) }
            let told = /metered in spite of the dev key: since [-0-9]+ [:0-9]+ UTC Appwrite counts the calls/
            let spent = world.simulator.ledger.patches.count
            try await eventually("the check to tell it") { try await check(world).output.contains(told) }
            try await world.daemon.kill()

            let after = try await check(world)
            #expect(after.ending == .exited(0))
            #expect(after.output.hasPrefix("warning: main: metered in spite of the dev key"))
            #expect(after.output.contains("make a new one in the Appwrite console"))
            #expect(after.output.contains("refreshd does not run"))
            #expect(world.simulator.ledger.patches.count == spent)
        }
    }

    private func check(_ world: World) async throws -> CommandResult {
        try await world.daemon.command(["check", "--config", world.daemon.folder + "/settings.yaml"])
    }
}
