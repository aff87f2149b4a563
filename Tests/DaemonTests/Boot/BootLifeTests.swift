// What systemd does to a service: stops it in the middle of its work, finds it stuck, boots the whole machine anew.

import AppwriteSimulator
import Foundation
import Harness
import Testing

extension BootTests {
    @Test("a machine that boots anew brings refreshd up with all it knew, even where Appwrite is out of reach")
    func reboot() async throws {
        try await Station.with { station in
            let login = try await station.simulator.logIn("anna")
            try await station.machine.succeed("systemctl", "enable", "--now", "refreshd")
            try await station.untilServed("anna")

            try await station.simulator.hangUp()
            try await station.machine.reboot()
            try await station.untilServed("anna")
            #expect(try await station.token(of: "anna").output == login.accessToken + "\n")
        }
    }

    @Test("a stop with a refresh in flight is in order, and its answer is not lost")
    func stopInFlight() async throws {
        try await Station.with { station in
            // Given a refresh whose answer takes longer than a stop
            let login = try await station.simulator.logIn("anna")
            try await station.simulator.spoil(login, ["answer": "asUsual", "delay": 3, "times": 1])
            try await station.machine.succeed("systemctl", "start", "refreshd")
            try await station.untilServed("anna")
            try await station.control("POST", "/v1/sessions/main/\(login.sessionId)/refresh")
            try await eventually("the refresh to be sent") {
                try await !station.simulator.ledger().patches.isEmpty
            }

            // When it is stopped
            try await station.machine.succeed("systemctl", "stop", "refreshd")

            // Then it ended by itself, without an error, and the next run has what Appwrite has
            #expect(try await station.show("Result") == "success")
            #expect(try await station.show("ExecMainStatus") == "0")
            try await station.machine.succeed("systemctl", "start", "refreshd")
            try await eventually("the token of the refresh that nobody waited for") {
                let served = try await station.token(of: "anna")
                return served.ending == .exited(0) && served.output != login.accessToken + "\n"
            }
        }
    }

    @Test("law 10: a daemon that does nothing any more is killed by the watchdog, started anew, and serves")
    func watchdog() async throws {
        try await Station.with { station in
            try await station.change("refreshd.service", "watchdog", "[Service]\nWatchdogSec=4s")
            _ = try await station.simulator.logIn("anna")
            try await station.machine.succeed("systemctl", "start", "refreshd")
            try await station.untilServed("anna")
            let stuck = try await station.show("MainPID")

            try await station.machine.succeed("systemctl", "kill", "--signal=STOP", "refreshd")
            try await eventually("another process") {
                let pid = try await station.show("MainPID")
                return pid != stuck && pid != "0"
            }
            try await station.untilServed("anna")
            #expect(try await station.show("NRestarts") == "1")
            let told = try await station.journal("--unit=refreshd", "_PID=1").compactMap { $0["MESSAGE"]?.text }
            #expect(told.contains { $0.contains("Watchdog timeout") })
            // And it left no dump, which would hold tokens: systemd would say code=dumped.
            #expect(told.contains { $0.contains("code=killed, status=6/ABRT") })
        }
    }
    @Test("law 10: a loop that is stuck, while tokens are served still, is told, killed and started anew")
    func stuckLoop() async throws {
        try await Station.with { station in
            // Only programs that were built for tests can be made to stick.
            let search = try await station.machine.run("grep", "-q", "REFRESHD_FAULT_STUCK_LOOP", "/usr/bin/refreshd")
            guard search.ending == .exited(0) else { return }
            try await station.change(
                "refreshd.service", "fault",
                """
                [Service]
                Environment=REFRESHD_FAULT_STUCK_LOOP=/run/refreshd/stuck REFRESHD_FAULT_PATIENCE=4
                WatchdogSec=8s
                """)
            _ = try await station.simulator.logIn("anna")
            try await station.machine.succeed("systemctl", "start", "refreshd")
            try await station.untilServed("anna")
            let stuck = try await station.show("MainPID")

            try await station.machine.succeed("install", "-o", "refreshd", "/dev/null", "/run/refreshd/stuck")
            try await eventually("the stuck loop to be told") {
                try await !station.journal("REFRESHD_EVENT=loop-stuck").isEmpty
            }
            try await eventually("another process") {
                let pid = try await station.show("MainPID")
                return pid != stuck && pid != "0"
            }
            try await station.untilServed("anna")
            #expect(try await station.show("NRestarts") == "1")
        }
    }
}
