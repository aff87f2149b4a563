// Settings that change while refreshd runs, by `systemctl reload`.

import AppwriteSimulator
import Foundation
import Harness
import Testing

extension BootTests {
    @Test("good settings hold after a reload; broken ones change nothing, and journal and status name the place")
    func reload() async throws {
        try await Station.with { station in
            _ = try await station.simulator.logIn("anna")
            try await station.machine.succeed("systemctl", "start", "refreshd")
            try await station.untilServed("anna")
            let process = try await station.show("MainPID")

            // When the project gets another name, it is served by that
            let renamed = Station.settings.replacing("main:", with: "shop:")
            try station.machine.write(renamed, to: "/etc/refreshd/refreshd.yaml")
            try await station.machine.succeed("systemctl", "reload", "refreshd")
            try await eventually("the session to be of shop") {
                try await station.machine.run("refreshd", "session", "list").output.contains("shop/")
            }

            // When they are broken, it goes on by the old ones, and says where
            try station.machine.write(renamed + "nonsense: 1\n", to: "/etc/refreshd/refreshd.yaml")
            _ = try await station.machine.run("systemctl", "reload", "refreshd")
            try await eventually("the status to say so") {
                try await station.show("StatusText").contains("new settings refused")
            }
            let told = try await station.journal("--unit=refreshd", "--priority=err").compactMap { $0["MESSAGE"]?.text }
            #expect(told.contains { $0.contains("refreshd.yaml:9") && $0.contains("nonsense") })
            #expect(try await station.token(of: "anna").ending == .exited(0))

            // And a third reload, of good ones, is well
            try station.machine.write(renamed, to: "/etc/refreshd/refreshd.yaml")
            try await station.machine.succeed("systemctl", "reload", "refreshd")
            try await eventually("a status that is well") {
                try await !station.show("StatusText").contains("refused")
            }
            #expect(try await station.show("MainPID") == process)
        }
    }
    /// Before 253, systemd knows no such type: there is nothing to try then.
    @Test("as notify-reload, from systemd 253 on, a reload returns when the new settings hold")
    func notifyReload() async throws {
        try await Station.with { station in
            let words = try await station.machine.succeed("systemctl", "--version").split(separator: " ")
            guard let version = Int(try #require(words.dropFirst().first)), version >= 253 else { return }
            try await station.machine.succeed(
                "install", "-D", "-m", "644", "/usr/share/doc/refreshd/examples/notify-reload.conf",
                "/etc/systemd/system/refreshd.service.d/notify-reload.conf")
            try await station.machine.succeed("systemctl", "daemon-reload")
            #expect(try await station.show("Type") == "notify-reload")
            _ = try await station.simulator.logIn("anna")
            try await station.machine.succeed("systemctl", "start", "refreshd")
            try await station.untilServed("anna")

            // When readers are refused from now on, they are at once; and again not
            for (rules, ending) in [("access: [{ uid: reader, refuse: read }, { allow: read }]\n", 77), ("", 0)]
                as [(String, Int32)]
            {
                try station.machine.write(Station.settings + rules, to: "/etc/refreshd/refreshd.yaml")
                try await station.machine.succeed("systemctl", "reload", "refreshd")
                let read = try await station.token(of: "anna")
                #expect(read.ending == .exited(ending), "\(read.errors)")
            }

            // When they are broken, the reload returns too, and the status says so
            try station.machine.write(Station.settings + "nonsense: 1\n", to: "/etc/refreshd/refreshd.yaml")
            try await station.machine.succeed("systemctl", "reload", "refreshd")
            #expect(try await station.show("StatusText").contains("new settings refused"))
            #expect(try await station.token(of: "anna").ending == .exited(0))
        }
    }
}
