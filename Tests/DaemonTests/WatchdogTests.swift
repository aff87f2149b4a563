// The watchdog is fed by what gets on, and by nothing else: a daemon that is stuck is left to be killed.

import AppwriteModel
import AppwriteSimulator
import Foundation
import GRDB
import Glibc
import Harness
import Testing

@Suite("The watchdog's food")
struct WatchdogTests {
    private func withWatched(
        _ change: (inout Plan) -> Void = { _ in }, _ body: (World, NotifySocket) async throws -> Void
    ) async throws {
        try await withManager { manager in
            var plan = Plan()
            plan.environment = manager.environment.merging(
                [
                    "WATCHDOG_USEC": "400000", "REFRESHD_FAULT_PATIENCE": "10",
                    "REFRESHD_FAULT_STUCK_LOOP": manager.path + "-stuck",
                ]) { _, new in new }
            change(&plan)
            try await withWorld(plan) { world in
                try await world.daemon.start()
                try await fed(manager, "the first feeding")
                try await body(world, manager)
            }
        }
    }

    private func fed(_ manager: NotifySocket, _ what: String) async throws {
        let before = manager.lines.count { $0 == "WATCHDOG=1" }
        try await eventually(what) { manager.lines.count { $0 == "WATCHDOG=1" } > before + 3 }
    }

    /// Nothing for so long that there is no doubt.
    private func starved(_ manager: NotifySocket) async throws {
        var last = manager.lines.count { $0 == "WATCHDOG=1" }
        var quiet = 0
        try await eventually("the feeding to end") {
            try await Task.sleep(for: .seconds(1))
            let count = manager.lines.count { $0 == "WATCHDOG=1" }
            quiet = count == last ? quiet + 1 : 0
            last = count
            return quiet >= 5
        }
    }

    @Test("a loop that is stuck ends it, though tokens are served still; and the next run is well")
    func stuckLoop() async throws {
        try await withWatched { world, manager in
            let anna = try world.logIn()
            try await world.untilServed(anna)
            #expect(FileManager.default.createFile(atPath: manager.path + "-stuck", contents: nil))
            try await starved(manager)
            #expect(try world.daemon.logLines(with: "loop-stuck").count == 1)
            #expect(try await world.daemon.token(of: anna).status == 200)
            // systemd's way with a daemon that does not feed its watchdog.
            try world.daemon.child.send(SIGABRT)
            #expect(try await world.daemon.child.untilEnd() == .killed(by: SIGABRT))
            try await world.daemon.start()
            try await fed(manager, "the feeding of the next run")
            try await world.untilServed(anna)
        }
    }

    @Test("a token socket where nobody answers ends it")
    func stuckAPI() async throws {
        try await withWatched { world, manager in
            #expect(unlink(world.daemon.tokenSocket) == 0)
            // Takes connections into its queue, and nobody ever looks after them.
            let deaf = try ActivationSocket("token", at: world.daemon.tokenSocket)
            try await starved(manager)
            #expect(try world.daemon.logLines(with: "socket-stuck").count == 1)
            withExtendedLifetime(deaf) {}
        }
    }

    @Test("a provider that hangs does not, nor one that is waited for by an app")
    func hungProvider() async throws {
        try await withWatched { world, manager in
            let anna = try world.logIn(lifetime: .own(60_000))
            try await world.untilServed(anna)
            world.spoil(anna, Fault(ending: .hangs))
            async let waiting = world.daemon.refresh(anna, maxWait: 30)
            try await eventually("the refresh to be sent") { !world.patches(of: anna).isEmpty }
            try await Task.sleep(for: .seconds(12))  // Longer than its patience with what is stuck.
            try await fed(manager, "the feeding while a provider hangs")
            _ = try await waiting
        }
    }

    @Test("a process that is stopped for longer than the patience is fed for when it goes on")
    func suspended() async throws {
        try await withWatched { world, manager in
            try world.daemon.child.send(SIGSTOP)
            try await Task.sleep(for: .seconds(12))
            try world.daemon.child.send(SIGCONT)
            try await fed(manager, "the feeding after a sleep")
        }
    }

    @Test("a store of an earlier version is changed as it is opened, and the manager is asked for the time")
    func migration() async throws {
        try await withManager { manager in
            try await withDaemon(DaemonSettings(), port: 9, environment: manager.environment) { daemon in
                try await daemon.start()
                #expect(try await daemon.stop() == .exited(0))
                #expect(!manager.lines.contains { $0.hasPrefix("EXTEND_TIMEOUT_USEC=") })
                let database = try DatabaseQueue(path: daemon.store)
                try await database.write { database in
                    try database.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = '6 nothing is paused'")
                    #expect(database.changesCount == 1)
                }
                try database.close()
                let before = manager.lines.count
                try await daemon.start()
                try await eventually("READY=1") { manager.lines.dropFirst(before).contains("READY=1") }
                let told = manager.lines.dropFirst(before).prefix { $0 != "READY=1" }
                #expect(told.contains("EXTEND_TIMEOUT_USEC=60000000"))
                #expect(told.contains("STATUS=changing the store into the form of this version"))
                #expect(try daemon.logLines(with: "store-migrating").count == 1)
            }
        }
    }
}
