// A simulated Appwrite, and settings for it in a folder of their own: what `refreshd check` is run upon.

import AppwriteModel
import AppwriteSimulator
import Foundation
import Testing
import TokenAPI

@testable import Refreshd

struct CheckWorld: Sendable {
    static let key = "standard_\(Sample.canary)"
    static let devKey = "dev_\(Sample.canary)"

    let folder: String
    let url: String
    let simulator: Simulator

    /// Writes the settings of one project and checks them. The state folder is there and empty, and no daemon runs.
    func check(
        _ lines: [String] = [], endpoint: String? = nil, project: String = "demo", key: String? = CheckWorld.key,
        arguments: [String] = []
    ) async throws -> CommandRun {
        var yaml = ["projects:", "  main:", "    endpoint: \(endpoint ?? url + "/v1")", "    project: \(project)"]
        if let key {
            try write(key, to: "key")
            yaml.append("    apiKeyFile: \(folder)/key")
        }
        yaml += lines.map { "    \($0)" }
        yaml += [
            "state: { directory: \(folder)/state }",
            "sockets: { token: { path: \(folder)/t.sock }, control: { path: \(folder)/c.sock } }",
        ]
        try write(yaml.joined(separator: "\n"), to: "settings.yaml")
        return await refreshd(["check", "--config", folder + "/settings.yaml"] + arguments)
    }

    func write(_ text: String, to name: String, mode: Int = 0o600) throws {
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    static func run(_ version: AppwriteVersion = .v1_9_6, _ body: @Sendable (CheckWorld) async throws -> Void)
        async throws
    {
        let settings = SimulatorSettings(server: ServerSettings(version: version))
        try await withSimulator(settings) { url, simulator in
            simulator.change { server, _ in
                server.setUp(
                    ProjectSetup(
                        id: "demo",
                        apiKeys: [
                            APIKey(key: key, scopes: ["users.read", "users.write"]),
                            APIKey(key: "reader", scopes: ["users.read"]),
                        ],
                        devKeys: [DevKey(key: devKey)],
                        providers: ["google", "dropbox", "github", "wordpress"].map { ProviderSetup(name: $0) }))
            }
            try await withFolder { folder in
                try FileManager.default.createDirectory(
                    atPath: folder + "/state", withIntermediateDirectories: false,
                    attributes: [.posixPermissions: 0o700])
                try await body(CheckWorld(folder: folder, url: url, simulator: simulator))
            }
            // Whatever was checked: it cost nothing, and changed nothing.
            #expect(simulator.ledger.patches.isEmpty)
        }
    }
}

extension CommandRun {
    /// The finding of the text that is about `subject`, with its severity and advice.
    func finding(_ subject: String) -> String {
        let lines = output.split(separator: "\n")
        guard
            let index = lines.firstIndex(where: {
                $0.contains(/^  [a-z]+ +\w/) && $0.split(separator: " ")[1] == subject
            })
        else { return "none" }
        let words = lines[index].split(separator: " ").joined(separator: " ")
        guard index + 1 < lines.count, lines[index + 1].contains(" > ") else { return words }
        return words + " " + lines[index + 1].split(separator: " ").joined(separator: " ")
    }
}
