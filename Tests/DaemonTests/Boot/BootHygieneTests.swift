// What the process may and may not, and what it leaves: no right, no file of the machine's, no dump, no secret.

import AppwriteSimulator
import Foundation
import Testing

extension BootTests {
    @Test("the process has no capability, sees no file but what it needs, and cannot be dumped")
    func rights() async throws {
        try await Station.with { station in
            try await station.machine.succeed("systemctl", "start", "refreshd")
            let process = "/proc/\(try await station.show("MainPID"))"
            let status = try await station.machine.succeed("cat", process + "/status")
            for line in ["CapPrm:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"] {
                #expect(status.contains(line + "\n"))
            }
            let limits = try await station.machine.succeed("cat", process + "/limits")
            #expect(limits.contains(#/Max core file size +0 +0\s/#))
            // Of a process that refuses to be dumped, root owns the files.
            #expect(try await station.machine.succeed("stat", "--format=%U", process + "/mem") == "root\n")

            // By /proc, what it sees as the root of the file system, beside the machine's own.
            let machine = try await station.machine.succeed("ls", "/")
            #expect(machine.contains("srv\n"))
            let seen = try await station.machine.succeed("ls", process + "/root/", process + "/root/var/lib")
            #expect(!seen.contains("srv\n") && !seen.contains("dpkg\n"))
            // All that its user can write to: its own folders, and file systems in memory that nobody else sees.
            let writable = try await station.machine.run(
                "nsenter", "--target", try await station.show("MainPID"), "--mount", "--", "setpriv", "--reuid",
                "refreshd", "--regid", "refreshd", "--clear-groups", "--", "find", "/", "-type", "d,f", "-writable",
                "-not", "-path", "/proc/*"
            ).output.split(separator: "\n")
            let own = ["/run/refreshd", "/var/lib/refreshd", "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue"]
            let others = writable.filter { place in !own.contains { place == $0 || place.hasPrefix($0 + "/") } }
            #expect(Set(others).isSubset(of: ["/run", "/run/systemd/notify"]), "\(others)")
            #expect(writable.contains("/var/lib/refreshd/sessions.db"))

            let analysis = try await station.machine.run(
                "systemd-analyze", "security", "--no-pager", "--threshold=11", "refreshd.service")
            #expect(analysis.ending == .exited(0), "\(analysis.output)")
        }
    }

    @Test("law 7: after a day's worth of events no secret is in the whole journal")
    func canary() async throws {
        try await Station.with { station in
            let simulator = station.simulator
            let words = "bad token {refresh_token}"
            let faults: [(String, JSON)] = [
                ("anna", ["answer": "asUsual"]),
                ("ben", ["answer": "refuses", "status": 400, "error": "invalid_grant", "description": .string(words)]),
                ("carl", ["answer": "refusesInText", "status": 503, "text": "canary_text_7f2a"]),
                ("dora", ["answer": "emptySuccess", "times": 1]),
            ]
            try station.machine.write(
                Station.settings + "log: { level: debug }\n", to: "/etc/refreshd/refreshd.yaml")
            try await station.machine.succeed("systemctl", "start", "refreshd")
            var logins: [LoggedIn] = []
            for (account, fault) in faults {
                let login = try await simulator.logIn(account)
                try await simulator.spoil(login, fault)
                try await station.untilServed(account)
                try await station.control("POST", "/v1/sessions/main/\(login.sessionId)/refresh?max_wait=20")
                logins.append(login)
            }
            _ = try await station.token(of: "anna", as: Station.stranger)
            _ = try await station.token(of: "nobody")
            try await station.machine.succeed("systemctl", "restart", "refreshd")
            try await station.untilServed("anna")

            let journal = try await station.machine.succeed("journalctl", "--no-pager", "--all", "--output=export")
            #expect(journal.contains(logins[0].sessionId))
            var secrets = logins.flatMap { [$0.accessToken, $0.refreshToken, $0.secret] }
            secrets += try await simulator.ledger().tokens.map(\.token)
            secrets += [MachineSimulator.apiKey, "canary_text_7f2a", "eyJ0eXAi", "eyJhbGci"]
            #expect(secrets.count > 16)
            for secret in secrets where !secret.isEmpty {
                #expect(!journal.contains(secret), "a secret shows: \(secret.prefix(8))…")
            }
        }
    }
}
