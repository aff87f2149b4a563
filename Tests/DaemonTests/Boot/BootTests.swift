// refreshd as it is installed and run: from its package, by its units, under a systemd that was really booted.

import AppwriteSimulator
import Foundation
import Harness
import Testing

/// All tests that need such a machine; each has one of its own.
@Suite("Under a booted systemd", .serialized, .enabled("a systemd can be booted here") { await Boot.isPossible() })
struct BootTests {
    @Test(
        "a package installed, enabled and started is READY, says how all stands, and serves members of its group alone")
    func firstStart() async throws {
        try await Station.with { station in
            // Given a package that was just installed: nothing runs, nothing is enabled
            #expect(try await station.show("ActiveState") == "inactive")
            #expect(try await station.machine.run("systemctl", "is-enabled", "refreshd").output == "disabled\n")

            // When it is started, and somebody logs in
            let login = try await station.simulator.logIn("anna")
            try await station.machine.succeed("systemctl", "enable", "--now", "refreshd")
            try await station.untilServed("anna")

            // Then systemd knows how it is
            #expect(try await station.show("ActiveState") == "active")
            #expect(try await station.show("SubState") == "running")
            try await eventually("a STATUS that shows the session") {
                try await station.show("StatusText").hasPrefix("1 fresh; 127.0.0.1 ")
            }

            // and a member reads the token, a stranger is refused and told why
            let read = try await station.token(of: "anna")
            #expect(read.output == login.accessToken + "\n")
            let refused = try await station.token(of: "anna", as: Station.stranger)
            #expect(refused.ending == .exited(77))
            #expect(refused.output.isEmpty)
            #expect(refused.errors.contains("Members of the group refreshd may"))

            // and nobody has anything to complain of: neither Swift's runtime, nor systemd about the unit
            let entries = try await station.journal("--unit=refreshd", "--priority=warning")
            #expect(entries.isEmpty, "\(entries.map { $0["MESSAGE"]?.text ?? "" })")
            let foreign = try await station.journal("--unit=refreshd", "_COMM=refreshd").filter {
                $0["SYSLOG_IDENTIFIER"]?.text == "refreshd" && $0["_TRANSPORT"]?.text == "stdout"
            }
            #expect(foreign.isEmpty, "\(foreign.map { $0["MESSAGE"]?.text ?? "" })")
        }
    }
}
