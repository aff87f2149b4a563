// The store is a cache of what Appwrite knows, but for what was registered by hand.

import AppwriteSimulator
import Foundation
import Testing

@Suite("A lost store")
struct StoreLossTests {
    @Test("what an API key finds comes back by itself; what was registered without one is gone")
    func deleted() async throws {
        var plan = Plan()
        plan.settings.projects.append(.init(alias: "keyless", project: "other", apiKey: nil))
        try await withWorld(plan) { world in
            let found = try ["anna", "bert", "carl"].map { try world.logIn($0) }
            let registered = try world.logIn("dora", project: "other")
            try await world.daemon.start()
            #expect(try await world.daemon.register(registered, in: "keyless").status == 201)
            for login in found { try await world.untilServed(login) }
            try await world.untilServed(registered, project: "keyless")

            // When the store is deleted while the daemon is stopped
            #expect(try await world.daemon.stop() == .exited(0))
            for file in ["sessions.db", "sessions.db-wal", "sessions.db-shm"] {
                let path = "\(world.daemon.folder)/state/\(file)"
                if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
            }
            try await world.daemon.start()

            // Then
            for login in found {
                try await world.untilServed(login)
                #expect(try await world.daemon.token(of: login)["access_token"] == login.accessToken)
            }
            #expect(try await world.daemon.token(of: registered, project: "keyless").status == 404)
            #expect(world.simulator.ledger.patches.isEmpty, "nothing was spent on finding them")
        }
    }
}
