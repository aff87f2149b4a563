// What dpkg does to an installation: an upgrade, a removal, a purge; and a second environment beside the first.

import AppwriteSimulator
import Foundation
import Harness
import Testing

extension BootTests {
    @Test("an upgrade starts a running daemon anew and keeps all; it starts none that does not run")
    func upgrade() async throws {
        try await Station.with { station in
            try await station.install()
            #expect(try await station.show("ActiveState") == "inactive")

            _ = try await station.simulator.logIn("anna")
            try await station.machine.succeed("systemctl", "start", "refreshd")
            try await station.untilServed("anna")
            let before = try await station.show("MainPID")
            try await station.simulator.hangUp()
            try await station.install()
            try await eventually("another process") {
                let pid = try await station.show("MainPID")
                return pid != before && pid != "0"
            }
            try await station.untilServed("anna")
            let settings = try await station.machine.succeed("cat", "/etc/refreshd/refreshd.yaml")
            #expect(settings == Station.settings)
        }
    }

    @Test("removed, the daemon is gone and its state and settings stay; purged, these are gone too")
    func removal() async throws {
        try await Station.with { station in
            _ = try await station.simulator.logIn("anna")
            try await station.machine.succeed("systemctl", "enable", "--now", "refreshd")
            try await station.untilServed("anna")

            try await station.machine.succeed("dpkg", "--remove", "refreshd")
            #expect(try await station.machine.run("systemctl", "is-active", "refreshd").output != "active\n")
            #expect(try await station.machine.run("pidof", "refreshd").ending == .exited(1))
            try await station.machine.succeed(
                "test", "-e", "/var/lib/refreshd/sessions.db", "-a", "-e", "/etc/refreshd/refreshd.yaml", "-a", "!",
                "-e", "/usr/bin/refreshd")

            try await station.install()
            try await station.machine.succeed("systemctl", "start", "refreshd")
            try await station.untilServed("anna")

            try await station.machine.succeed("dpkg", "--purge", "refreshd")
            let left = try await station.machine.run(
                "find", "/etc", "/run", "/usr/bin", "/usr/lib", "/usr/share", "/var", "-name", "*refreshd*"
            ).output.split(separator: "\n")
            // What somebody else made is theirs: the key and the drop-ins.
            #expect(Set(left) == ["/etc/refreshd", "/etc/systemd/system/refreshd.service.d"])
            #expect(try await station.machine.succeed("ls", "/etc/refreshd") == "main-api-key\n")
            try await station.machine.succeed("id", "refreshd")
        }
    }

    @Test("a second environment is an instance, with settings, state and sockets of its own")
    func secondEnvironment() async throws {
        try await Station.with { station in
            _ = try await station.simulator.logIn("anna")
            try station.machine.write(Station.settings, to: "/etc/refreshd/staging.yaml")
            try await station.machine.succeed(
                "cp", "-r", "/etc/systemd/system/refreshd.service.d", "/etc/systemd/system/refreshd@staging.service.d")
            try await station.machine.succeed("systemctl", "daemon-reload")
            try await station.machine.succeed("systemctl", "start", "refreshd", "refreshd@staging")
            try await station.untilServed("anna")
            try await eventually("the other to serve") {
                try await station.machine.run(
                    "refreshd", "token", "--user", "anna", "--provider", "google", "--socket",
                    "/run/refreshd-staging/token.sock", as: Station.reader
                ).ending == .exited(0)
            }
            try await station.machine.succeed("test", "-e", "/var/lib/refreshd-staging/sessions.db")
            try await station.machine.succeed("systemctl", "stop", "refreshd")
            #expect(try await station.show("ActiveState", of: "refreshd@staging.service") == "active")
        }
    }
}
