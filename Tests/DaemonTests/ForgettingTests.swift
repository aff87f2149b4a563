// A person is forgotten: at a wish, and when Appwrite knows them no more. What is on disk is searched byte by byte.

import AppwriteModel
import AppwriteSimulator
import Foundation
import Harness
import Testing

@Suite("Forgetting")
struct ForgettingTests {
    /// Whether one of these texts stands in a file of the store.
    private func stands(_ texts: [String], in daemon: Daemon) throws -> Bool {
        let folder = daemon.folder + "/state"
        return try FileManager.default.contentsOfDirectory(atPath: folder).contains { name in
            let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
            return texts.contains { bytes.range(of: Data($0.utf8)) != nil }
        }
    }

    @Test("forget erases all of a user, on disk too; a read is a 404 then, and others are served on")
    func wished() async throws {
        var plan = Plan()
        plan.settings.projects[0].apiKey = nil
        try await withWorld(plan) { world in
            let (anna, bert) = (try world.logIn("anna"), try world.logIn("bert"))
            try await world.daemon.start()
            for login in [anna, bert] { #expect(try await world.daemon.register(login, in: "main").status == 201) }
            try await world.untilServed(anna)
            let ids = [anna.userId, anna.sessionId]
            #expect(try stands(ids, in: world.daemon))

            let run = try await world.daemon.command(
                ["forget", "--user", anna.userId, "--socket", world.daemon.controlSocket])

            #expect(run.ending == .exited(0))
            #expect(run.output == "main: 1 session of user \(anna.userId) erased, with all tokens.\n")
            #expect(run.errors.isEmpty, "without an API key, nothing comes back")
            #expect(try await world.daemon.token(of: anna).status == 404)
            #expect(try !stands(ids, in: world.daemon))
            #expect(try await world.daemon.token(of: bert).status == 200)
            #expect(try await world.daemon.stop() == .exited(0))
            #expect(try !stands(ids, in: world.daemon))
        }
    }

    @Test("who is gone from Appwrite is erased as soon as the key sees it")
    func gone() async throws {
        try await withWorld { world in
            let (anna, bert) = (try world.logIn("anna"), try world.logIn("bert"))
            try await world.daemon.start()
            try await world.untilServed(anna)
            try await world.untilServed(bert)

            world.simulator.change { $0.deleteUser(anna.userId, of: "demo", now: $1) }

            // The look before a refresh finds nobody.
            _ = try await world.daemon.command(
                ["session", "refresh", "main/\(anna.sessionId)", "--socket", world.daemon.controlSocket])
            try await eventually("anna to be erased") { try await world.daemon.token(of: anna).status == 404 }
            #expect(try !stands([anna.userId, anna.sessionId], in: world.daemon))
            #expect(try await world.daemon.token(of: bert).status == 200)
        }
    }
}
