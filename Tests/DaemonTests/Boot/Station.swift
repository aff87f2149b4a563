// What most tests under a booted systemd begin with: a machine with the package installed, settings, a key, a simulated
// Appwrite, a user who may read tokens and one who may not.

import AppwriteSimulator
import Foundation
import Harness

struct Station: Sendable {
    let machine: Machine
    let simulator: MachineSimulator

    /// Of the readers' group; and of none.
    static let reader = "reader"
    static let stranger = "stranger"

    /// Gives `body` a station whose refreshd was never started. However `body` ends, all is gone afterwards.
    static func with(
        isolation: isolated (any Actor)? = #isolation, _ body: (Station) async throws -> Void
    ) async throws {
        try await Machine.with { machine in
            let station = try await Station(machine)
            do {
                try await body(station)
            } catch {
                // What it was that could not be read does not hide what was.
                let journal = (try? await machine.run("journalctl", "--no-pager", "--lines=200").output) ?? "none"
                throw HarnessTrouble("\(error)\nThe machine's journal:\n\(journal)")
            }
            try await station.simulator.end()
        }
    }

    private init(_ machine: Machine) async throws {
        self.machine = machine
        simulator = try await MachineSimulator(machine)
        try await install()
        try await setUp()
    }

    /// Installs the package, or installs it again.
    func install() async throws {
        guard let package = Boot.package else { throw HarnessTrouble("there is no package") }
        try await machine.install(package)
    }

    private func setUp() async throws {
        try await machine.succeed("useradd", "--groups", "refreshd", Self.reader)
        try await machine.succeed("useradd", Self.stranger)
        try machine.write(Self.settings, to: "/etc/refreshd/refreshd.yaml")
        try machine.write(MachineSimulator.apiKey + "\n", to: "/etc/refreshd/main-api-key", mode: 0o600)
        try await change(
            "refreshd.service", "key", "[Service]\nLoadCredential=main-api-key:/etc/refreshd/main-api-key")
        if let runtime = try await runtime() {
            try await change("refreshd.service", "runtime", "[Service]\nBindReadOnlyPaths=\(runtime)")
        }
    }

    static let settings = """
        projects:
          main:
            endpoint: \(MachineSimulator.endpoint)
            project: \(MachineSimulator.project)
            apiKeyCredential: main-api-key
            ipVersion: 4
            discovery: { every: 300ms, walkEvery: 600ms }
        waits: { firstRetry: 200ms }

        """

    /// Where Swift's libraries are, if the program does not hold them itself: it does not see the rest of the machine.
    private func runtime() async throws -> String? {
        let libraries = try await machine.succeed("ldd", "/usr/bin/refreshd").split(separator: "\n")
        let path = libraries.first { $0.contains("libswiftCore.so") }?.split(separator: " ").dropFirst(2).first
        return path.map { (String($0) as NSString).deletingLastPathComponent }
    }

    /// Lays a drop-in beside a unit.
    func change(_ unit: String, _ name: String, _ text: String) async throws {
        try machine.write(text + "\n", to: "/etc/systemd/system/\(unit).d/\(name).conf")
        try await machine.succeed("systemctl", "daemon-reload")
    }

    /// A property of a unit's, as `systemctl show` has it.
    func show(_ property: String, of unit: String = "refreshd.service") async throws -> String {
        let output = try await machine.succeed("systemctl", "show", "--value", "--property", property, unit)
        return output.trimmingCharacters(in: .newlines)
    }

    /// `refreshd token`, as that user; it waits for no refresh.
    func token(of account: String, as user: String = reader) async throws -> CommandResult {
        try await machine.run(
            "refreshd", "token", "--user", account, "--provider", "google", "--max-wait", "0s", as: user)
    }

    /// A call on the control socket, as root; throws where it is refused.
    func control(_ method: String, _ path: String) async throws {
        try await machine.succeed(
            "curl", "--silent", "--show-error", "--fail-with-body", "--unix-socket", "/run/refreshd/control.sock",
            "--request", method, "http://localhost" + path)
    }

    /// Waits until the token of that account can be read.
    func untilServed(_ account: String) async throws {
        try await eventually("the token of \(account) to be served") {
            try await token(of: account).ending == .exited(0)
        }
    }

    /// Entries of the journal, the oldest first.
    func journal(_ matches: String...) async throws -> [JSON] {
        let lines = try await machine.succeed(["journalctl", "--no-pager", "--output=json"] + matches)
        return try lines.split(separator: "\n").map { try JSONCoding.decode(JSON.self, from: Data($0.utf8)) }
    }
}
