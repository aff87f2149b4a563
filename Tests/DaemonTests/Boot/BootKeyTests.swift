// The store's key as an encrypted credential, changed by the steps that refreshd itself says.

import AppwriteSimulator
import Foundation
import Testing

extension BootTests {
    @Test("the store's key, an encrypted credential, is changed by the steps that refreshd says; tokens are served on")
    func storeKey() async throws {
        try await Station.with { station in
            let machine = station.machine
            let encrypt = "systemd-creds encrypt --name="
            let load = "LoadCredentialEncrypted=refreshd-key:/etc/refreshd/refreshd-key.cred"
            try await machine.succeed(
                "sh", "-c", "refreshd key new | \(encrypt)refreshd-key - /etc/refreshd/refreshd-key.cred")
            try await station.change("refreshd.service", "sealing", "[Service]\n\(load)")
            let login = try await station.simulator.logIn("anna")
            try await machine.succeed("systemctl", "start", "refreshd")
            try await station.untilServed("anna")

            // When another is wanted, it says how; and each of its steps is done
            let steps = try await machine.run("refreshd", "key", "rotate")
            #expect(steps.ending == .exited(78))
            let make = "refreshd key new | \(encrypt)refreshd-key-next - /etc/refreshd/refreshd-key-next.cred"
            let loadNext = "LoadCredentialEncrypted=refreshd-key-next:/etc/refreshd/refreshd-key-next.cred"
            #expect(steps.errors.contains("1. Make another: \(make) 2. Add \(loadNext) to the unit"))
            try await machine.succeed("sh", "-c", make)
            try await station.change("refreshd.service", "sealing", "[Service]\n\(load)\n\(loadNext)")
            try await machine.succeed("systemctl", "restart", "refreshd")
            let last = try await machine.succeed("refreshd", "key", "rotate")
            let replace = """
                systemd-creds decrypt --name=refreshd-key-next /etc/refreshd/refreshd-key-next.cred - | \
                \(encrypt)refreshd-key - /etc/refreshd/refreshd-key.cred
                """
            #expect(last.contains(replace))
            #expect(try await station.token(of: "anna").output == login.accessToken + "\n")
            try await machine.succeed("cp", "/etc/refreshd/refreshd-key.cred", "/etc/refreshd/former.cred")
            try await machine.succeed("sh", "-c", replace)
            try await station.change("refreshd.service", "sealing", "[Service]\n\(load)")
            try await machine.succeed("systemctl", "restart", "refreshd")

            // Then it runs by the new key alone, with all that it knew
            #expect(try await station.token(of: "anna").output == login.accessToken + "\n")
            #expect(try await station.journal("--unit=refreshd", "REFRESHD_EVENT=key-changed").count == 1)
            #expect(try await station.journal("--unit=refreshd", "--priority=warning").isEmpty)
        }
    }
}
