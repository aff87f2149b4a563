// The store's key as operators handle it: exported, changed while the daemon is stopped, and taken to another machine
// with a copy of the store. What was registered by its secret alone shows whether anything was lost.

import AppwriteSimulator
import Foundation
import Harness
import Testing

@Suite("The key and the backup")
struct KeyCommandTests {
    private static func keylessPlan() -> Plan {
        var plan = Plan()
        plan.settings.projects[0].apiKey = nil
        return plan
    }

    private func register(_ count: Int, in world: World) async throws -> [LoggedIn] {
        let logins = try (1...count).map { try world.logIn("user\($0)") }
        for login in logins { #expect(try await world.daemon.register(login).status == 201) }
        return logins
    }

    private func expectServed(_ logins: [LoggedIn], in world: World) async throws {
        for login in logins {
            let reply = try await world.daemon.token(of: login, minValid: 0)
            #expect(reply["access_token"] == world.currentToken(of: login), "\(login.providerUid): \(reply.text)")
        }
        #expect(try world.daemon.logLines(with: "does not unseal").isEmpty)
    }

    @Test("a copy made while the daemon runs, and the exported key, serve the tokens from another folder")
    func backup() async throws {
        try await withWorld(Self.keylessPlan()) { world in
            let daemon = world.daemon
            try await daemon.start()
            let logins = try await register(5, in: world)
            let config = ["--config", daemon.folder + "/settings.yaml"]
            let backup = try await daemon.command(["backup", daemon.folder + "/copy.db"] + config)
            #expect(backup.ending == .exited(0), "\(backup.errors)")
            let export = try await daemon.command(["key", "export", daemon.folder + "/key-copy"] + config)
            #expect(export.ending == .exited(0), "\(export.errors)")
            // Both say the same key.
            let id = try #require(export.output.firstMatch(of: /key ([0-9a-f]{16})/)?.output.1)
            #expect(backup.output.contains("It needs the key \(id)."))
            #expect(try await daemon.command(["key", "export"] + config).output == daemon.text(of: "key-copy"))
            let again = try await daemon.command(["backup", daemon.folder + "/copy.db"] + config)
            #expect(again.ending == .exited(74))
            #expect(again.errors.contains("is there already"))

            // When the machine is lost, and another gets the two files
            try await daemon.kill()
            try FileManager.default.removeItem(atPath: daemon.folder + "/state")
            let other = daemon.folder + "/other-state"
            try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
            try FileManager.default.moveItem(atPath: daemon.folder + "/copy.db", toPath: other + "/sessions.db")
            try FileManager.default.moveItem(atPath: daemon.folder + "/key-copy", toPath: other + "/sealing-key")
            let settings = try daemon.text(of: "settings.yaml")
            try daemon.write(settings.replacing("/state }", with: "/other-state }"), to: "settings.yaml")
            try await daemon.start()

            try await expectServed(logins, in: world)
            try await daemon.refresh(logins[0], maxWait: 30)
            #expect(world.patches(of: logins[0]).count == 1, "its secret was restored too")
            try await expectServed(logins, in: world)
        }
    }

    @Test("the key is changed while the daemon is stopped; the former one is kept")
    func rotation() async throws {
        try await withWorld(Self.keylessPlan()) { world in
            let daemon = world.daemon
            try await daemon.start()
            let logins = try await register(5, in: world)
            let key = try daemon.text(of: "state/sealing-key")
            #expect(try await daemon.stop() == .exited(0))
            let done = try await daemon.rotateKey()
            #expect(done.ending == .exited(0), "\(done.errors)")
            #expect(done.output.contains("5 sessions are sealed anew"))
            try expectKept(key, by: daemon)
            try await daemon.start()
            try await expectServed(logins, in: world)
        }
    }

    @Test("the key is changed while the daemon runs, twice; tokens are served all the time, and after a restart")
    func rotationWhileRunning() async throws {
        try await withWorld(Self.keylessPlan()) { world in
            let daemon = world.daemon
            try await daemon.start()
            let logins = try await register(5, in: world)
            for _ in 0..<2 {
                let key = try daemon.text(of: "state/sealing-key")
                async let rotation = daemon.rotateKey()
                try await expectServed(logins, in: world)
                let done = try await rotation
                #expect(done.ending == .exited(0), "\(done.errors)")
                #expect(done.output.contains("5 sessions are sealed anew"), "\(done.output)")
                try expectKept(key, by: daemon)
                try await expectServed(logins, in: world)
                try await daemon.refresh(logins[0], maxWait: 60)
            }
            #expect(try daemon.logLines(with: "the store is sealed with the key").count == 2)
            #expect(try await daemon.stop() == .exited(0))
            try await daemon.start()
            try await expectServed(logins, in: world)
        }
    }

    private func expectKept(_ key: String, by daemon: Daemon) throws {
        #expect(try daemon.text(of: "state/sealing-key") != key)
        #expect(try daemon.stateFiles()["sealing-key.next"] == nil)
        let kept = try daemon.stateFiles().filter { $0.key.hasPrefix("sealing-key.") }.values
        #expect(kept.contains { String(decoding: $0, as: UTF8.self) == key })
    }

    @Test("a change of keys whose daemon is killed at any moment loses nothing, and is gone on with by the next start")
    func killedWhileRunning() async throws {
        var dice = SeededDice(seed: 7)
        try await withWorld(Self.keylessPlan()) { world in
            let daemon = world.daemon
            try await daemon.start()
            let logins = try await register(9, in: world)
            var isBrokenOff = false
            for round in 1...60 where round <= 6 || !isBrokenOff {
                let command = try ChildProcess(
                    try BuiltProgram.path("refreshd"), daemon.rotation, output: daemon.folder + "/rotate.out",
                    errors: daemon.folder + "/rotate.err")
                if round <= 6 {
                    // The command itself takes a while to begin.
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...400, using: &dice)))
                } else {
                    try await begun(command, daemon)
                }
                try await daemon.kill()
                try await command.endAtOnce()
                let isBegun = try daemon.stateFiles()["sealing-key.next"] != nil
                isBrokenOff = isBrokenOff || isBegun
                try await daemon.start()
                try await expectServed(logins, in: world)
                if isBegun {
                    try await eventually("the change to be gone on with") {
                        try daemon.stateFiles()["sealing-key.next"] == nil
                    }
                    try await expectServed(logins, in: world)
                }
            }
            #expect(isBrokenOff)
        }
    }

    @Test(
        "a key that comes as a credential is changed by a next one beside it; the command says how, in an order that loses nothing"
    )
    func credential() async throws {
        let folder = "/tmp/rc-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // Left behind, it does no harm.
        var plan = Self.keylessPlan()
        plan.environment = ["CREDENTIALS_DIRECTORY": folder]
        try await withWorld(plan) { world in
            let daemon = world.daemon
            #expect(try await daemon.command(["key", "new", folder + "/refreshd-key"]).ending == .exited(0))
            try await daemon.start()
            let logins = try await register(3, in: world)
            let refused = try await daemon.rotateKey()
            #expect(refused.ending == .exited(78))
            #expect(refused.errors.contains("refreshd key new | systemd-creds encrypt --name=refreshd-key-next"))
            try await expectServed(logins, in: world)

            // When the next one is there, and the daemon is started anew
            #expect(try await daemon.command(["key", "new", folder + "/refreshd-key-next"]).ending == .exited(0))
            #expect(try await daemon.stop() == .exited(0))
            try await daemon.start()
            let done = try await daemon.rotateKey()
            #expect(done.ending == .exited(0), "\(done.errors)")
            #expect(done.output.contains("must come as refreshd-key"))
            try await expectServed(logins, in: world)

            // Then, with the new one in the place of the former, that one is not needed any more
            #expect(try await daemon.stop() == .exited(0))
            try FileManager.default.removeItem(atPath: folder + "/refreshd-key")
            try FileManager.default.moveItem(atPath: folder + "/refreshd-key-next", toPath: folder + "/refreshd-key")
            try await daemon.start()
            try await expectServed(logins, in: world)
        }
    }

    /// Waits until a change has begun, or its command has ended.
    private func begun(_ command: ChildProcess, _ daemon: Daemon) async throws {
        let next = daemon.folder + "/state/sealing-key.next"
        while command.ending == nil, !FileManager.default.fileExists(atPath: next) {
            try await Task.sleep(for: .microseconds(200))
        }
    }

    @Test("a change of keys that is killed at any moment loses nothing, and is gone on with")
    func killed() async throws {
        var dice = SeededDice(seed: 5)
        try await withWorld(Self.keylessPlan()) { world in
            let daemon = world.daemon
            try await daemon.start()
            let logins = try await register(9, in: world)
            #expect(try await daemon.stop() == .exited(0))
            let rotate = daemon.rotation
            let start = ContinuousClock.now
            #expect(try await daemon.command(rotate).ending == .exited(0))
            let whole = ContinuousClock.now - start
            // At least one change must be broken off in its middle.
            var isBrokenOff = false
            for round in 1...60 where round <= 12 || !isBrokenOff {
                let child = try ChildProcess(
                    try BuiltProgram.path("refreshd"), rotate, output: daemon.folder + "/rotate.out",
                    errors: daemon.folder + "/rotate.err")
                if round <= 12 {
                    try await Task.sleep(for: whole * Double.random(in: 0...1, using: &dice))
                } else {
                    // The dice go by how long the first took, which may have been longer than all others.
                    try await begun(child, daemon)
                }
                try await child.endAtOnce()
                if try daemon.stateFiles()["sealing-key.next"] != nil { isBrokenOff = true }
                guard round.isMultiple(of: 3) else { continue }
                try await daemon.start()
                try await expectServed(logins, in: world)
                #expect(try await daemon.stop() == .exited(0))
            }
            #expect(isBrokenOff)
            let last = try await daemon.command(rotate)
            #expect(last.ending == .exited(0), "\(last.errors)")
            #expect(try daemon.stateFiles()["sealing-key.next"] == nil)
            try await daemon.start()
            try await expectServed(logins, in: world)
        }
    }
}

extension Daemon {
    fileprivate var rotation: [String] { ["key", "rotate", "--config", folder + "/settings.yaml"] }

    fileprivate func rotateKey() async throws -> CommandResult { try await command(rotation) }
}
