// A simulated Appwrite in a machine's network: the program of that name, told by its control routes what is to happen.

import AppwriteSimulator
import Foundation
import Harness

struct MachineSimulator: Sendable {
    let machine: Machine
    private let process: ChildProcess

    static let project = "demo"
    static let apiKey = "standard_canary_boot_5b1e77"
    private static let port = 8080
    static let endpoint = "http://127.0.0.1:\(port)/v1"

    init(_ machine: Machine) async throws {
        self.machine = machine
        process = try machine.startOutside(
            [try BuiltProgram.path("appwrite-simulator"), "--port", "\(Self.port)"], log: "simulator")
        try await eventually("the simulator to listen") {
            try machine.text(of: "simulator").hasPrefix("listening on ")
        }
        _ = try await post(
            "projects",
            [
                "id": .string(Self.project), "apiKeys": [["key": .string(Self.apiKey)]],
                "providers": [["name": "google"]],
            ])
    }

    func end() async throws {
        try await process.endAtOnce()
    }

    /// Logs a user in, whose id is the account's name. The token lives so many seconds.
    func logIn(_ account: String, lifetime: Int = 3600) async throws -> LoggedIn {
        let answer = try await post(
            "logins",
            [
                "project": .string(Self.project), "provider": "google", "providerUid": .string(account),
                "userId": .string(account), "lifetime": .number(Double(lifetime)),
            ])
        return try JSONCoding.decode(LoggedIn.self, from: Data(answer.utf8))
    }

    /// What goes wrong from now on when the login's session is refreshed; the faults as the control routes take them.
    func spoil(_ login: LoggedIn, _ faults: JSON...) async throws {
        _ = try await post(
            "faults",
            ["project": .string(Self.project), "session": .string(login.sessionId), "faults": .array(faults)])
    }

    /// From now on Appwrite is out of reach.
    func hangUp() async throws {
        _ = try await post("outage", ["answer": "hangUp"])
    }

    /// Everything that it saw.
    func ledger() async throws -> LedgerForm {
        try JSONCoding.decode(LedgerForm.self, from: Data(try await curl([]).utf8))
    }

    private func post(_ route: String, _ form: JSON) async throws -> String {
        let body = String(decoding: try JSONCoding.encode(form), as: UTF8.self)
        return try await curl(["--header", "Content-Type: application/json", "--data", body], route: route)
    }

    private func curl(_ options: [String], route: String = "ledger") async throws -> String {
        let url = "http://127.0.0.1:\(Self.port)/_simulator/\(route)"
        return try await machine.succeed(["curl", "--silent", "--show-error", "--fail-with-body", url] + options)
    }
}
