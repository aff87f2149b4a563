// What goes wrong with an installation: keys that are not there or are refused, a disk that is full.

import AppwriteSimulator
import Foundation
import Harness
import Testing

extension BootTests {
    @Test(
        "a key that no unit loads stops the start: the journal and the status name it, and systemd does not try again")
    func missingCredential() async throws {
        try await Station.with { station in
            try station.machine.write("", to: "/etc/systemd/system/refreshd.service.d/key.conf")
            try await station.machine.succeed("systemctl", "daemon-reload")
            #expect(try await station.machine.run("systemctl", "start", "refreshd").ending == .exited(1))
            #expect(try await station.show("ExecMainStatus") == "78")
            #expect(try await station.show("NRestarts") == "0")
            #expect(try await station.show("ActiveState") == "failed")
            #expect(try await station.show("StatusText").contains("main-api-key"))
            let told = try await station.journal("--unit=refreshd", "_COMM=refreshd")
            #expect(told.contains { $0["MESSAGE"]?.text?.contains("main-api-key") ?? false })
        }
    }

    @Test("a key that Appwrite refuses does not stop it: the status names the condition; a restart takes up another")
    func wrongCredential() async throws {
        try await Station.with { station in
            try station.machine.write("standard_wrong\n", to: "/etc/refreshd/main-api-key", mode: 0o600)
            try await station.machine.succeed("systemctl", "start", "refreshd")
            try await eventually("the condition in the status") {
                try await station.show("StatusText").contains("API key refused at main")
            }
            #expect(try await station.show("ActiveState") == "active")

            _ = try await station.simulator.logIn("anna")
            try station.machine.write(MachineSimulator.apiKey + "\n", to: "/etc/refreshd/main-api-key", mode: 0o600)
            try await station.machine.succeed("systemctl", "restart", "refreshd")
            try await station.untilServed("anna")
        }
    }

    /// While another is read all the time, for which systemd would start refreshd again at any moment.
    @Test("a socket whose file is deleted: the journal and the status tell it, and what they say brings it back")
    func lostSocket() async throws {
        try await Station.with { station in
            _ = try await station.simulator.logIn("anna")
            try await station.machine.succeed("systemctl", "start", "refreshd")
            try await station.untilServed("anna")
            try await station.machine.succeed(
                "systemd-run", "--unit=readers", "sh", "-c",
                "while :; do refreshd-token --user anna --provider google >/dev/null; done")
            try await station.machine.succeed("rm", "/run/refreshd/control.sock")
            try await eventually("a status that tells it") {
                try await station.show("StatusText").hasPrefix("nobody reaches /run/refreshd/control.sock")
            }
            let told = try await station.journal("REFRESHD_EVENT=socket-lost")
            let message = try #require(told.first?["MESSAGE"]?.text)
            #expect(told.count == 1)
            let remedy = try #require(message.firstMatch(of: #/: (systemctl .* refreshd)\. See/#))
            try await station.machine.succeed("sh", "-ec", String(remedy.1))
            let list = try await station.machine.succeed("refreshd", "session", "list")
            #expect(list.contains("anna"))
            try await station.untilServed("anna")
        }
    }

    @Test("a disk that is full: tokens are served on, the status says so, and it heals by itself")
    func fullDisk() async throws {
        try await Station.with { station in
            // Given a daemon whose state has a small disk of its own
            _ = try await station.simulator.logIn("anna")
            try await station.machine.succeed("install", "-d", "-o", "refreshd", "-m", "700", "/var/lib/refreshd")
            try await station.machine.succeed(
                "mount", "-t", "tmpfs", "-o", "size=8m,mode=700,uid=refreshd,gid=refreshd", "disk", "/var/lib/refreshd")
            try await station.machine.succeed("systemctl", "start", "refreshd")
            try await station.untilServed("anna")

            // When it is full, and there is something to be written
            _ = try await station.machine.run("sh", "-c", "cat /dev/zero > /var/lib/refreshd/filler")
            try await eventually("a status that tells it") {
                _ = try await station.simulator.logIn("user-\(UInt32.random(in: 0 ... .max))")
                return try await station.show("StatusText").hasPrefix("the store fails")
            }

            // Then what was served is served, and all comes right with the room
            #expect(try await station.token(of: "anna").ending == .exited(0))
            _ = try await station.simulator.logIn("ben")
            try await station.machine.succeed("rm", "/var/lib/refreshd/filler")
            try await station.untilServed("ben")
            try await eventually("a status that is well") {
                try await !station.show("StatusText").hasPrefix("the store fails")
            }
            #expect(try await station.show("NRestarts") == "0")
        }
    }
}
