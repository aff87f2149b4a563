// `refreshd settings`: what holds, and where each of it came from.

import Foundation
import Testing

@testable import Refreshd

@Suite("The settings that hold", .timeLimit(.minutes(10))) struct SettingsListingTests {
    private let text = """
        # Of a shop.
        projects:
          main:
            endpoint: HTTPS://Cloud.example/v1/
            project: shop
            apiKeyCredential: main-api-key
            devKeyFile: "/etc/refreshd/dev key"
            devKeyExpires: 2027-01-31
            keep:
              - { user: "*-bot", keep: always }
              - keep: 03:00 for 45m
            budget: { limit: 5 }
            providers: { salesforce: { assumedLifetime: 2h } }
          "2nd":
            endpoint: https://b.example/v1
            project: b
            ipVersion: 4
        sockets: { token: { mode: 666, group: apps } }
        log:
          level: debug

        """

    @Test("Each setting is shown with its file and line, as a default, or as not set")
    func origins() async throws {
        try await withSettings(text) { file in
            let run = await refreshd(["settings", "--config", file])

            #expect(run.status == 0)
            let lines = run.output.split(separator: "\n").map { String($0.replacing(/[ ]{2,}#/, with: "  #")) }
            for line in [
                "    endpoint: https://cloud.example/v1  # \(file):4",
                "    apiKeyCredential: main-api-key  # \(file):6", "    apiKeyFile:  # not set",
                "    devKeyFile: \"/etc/refreshd/dev key\"  # \(file):7",
                "    devKeyExpires: \"2027-01-31T00:00:00.000Z\"  # \(file):8",
                "      - { user: \"*-bot\", keep: always }  # \(file):10",
                "      - { keep: \"03:00 for 45m\" }  # \(file):11", "      limit: 5  # \(file):12",
                "      window: 1h  # default", "      salesforce:", "        assumedLifetime: 2h  # \(file):13",
                "  2nd:", "    ipVersion: \"4\"  # \(file):17", "    keep: []  # default",
                "    providers: {}  # default",
                "    mode: \"0666\"  # \(file):18", "    path: /run/refreshd/token.sock  # default",
                "  level: debug  # \(file):20", "  doubtFor: 10m  # default",
            ] {
                #expect(lines.contains(line), "\(line) in\n\(run.output)")
            }
            let columns = Set(
                run.output.split(separator: "\n").compactMap { $0.firstIndex(of: "#")?.utf16Offset(in: $0) })
            #expect(columns.count == 1, "aligned")
        }
    }

    @Test("The text is a settings file that says the same")
    func again() async throws {
        try await withSettings(text) { file in
            let shown = await refreshd(["settings", "--config", file]).output
            let (read, given) = (try Settings.parse(shown, file: "shown"), try Settings.parse(text, file: "given"))
            #expect(read == given)
        }
    }

    @Test("A folder that systemd sets is shown as of the environment")
    func environment() throws {
        let folders = ServiceFolders(environment: ["STATE_DIRECTORY": "/s", "RUNTIME_DIRECTORY": "/r"])
        let (_, effective) = try Settings.read(text: text, file: "f", folders: folders)
        let named = effective.filter { if case .environment = $0.origin { true } else { false } }

        #expect(
            named.map(\.path) == [
                ["state", "directory"], ["sockets", "token", "path"], ["sockets", "control", "path"],
            ])
        #expect(named.map(\.value) == [.text("/s"), .text("/r/token.sock"), .text("/r/control.sock")])
        #expect(named.map(\.origin).last == .environment("RUNTIME_DIRECTORY"))
    }

    @Test("JSON says the same for programs")
    func json() async throws {
        struct Shown: Decodable {
            let settings: [Setting]
            struct Setting: Decodable {
                let path: [String]
                let index: Int?
                let from: String
                let line: Int?
            }
        }
        try await withSettings(text) { file in
            let run = await refreshd(["settings", "--config", file, "--json"])
            let shown = try JSONDecoder().decode(Shown.self, from: Data(run.output.utf8))

            let endpoint = shown.settings.first { $0.path == ["projects", "main", "endpoint"] }
            #expect(endpoint?.from == "file")
            #expect(endpoint?.line == 4)
            #expect(shown.settings.first { $0.path == ["state", "keyFile"] }?.from == "none")
            #expect(shown.settings.filter { $0.path == ["projects", "main", "keep"] }.map(\.index) == [0, 1])
            #expect(run.output.contains(#""value":{"keep":"always","user":"*-bot"}"#))
        }
    }

    @Test("Mistakes are told as check-settings tells them")
    func mistakes() async throws {
        try await withSettings("log: { level: loud }\n") { file in
            let check = await refreshd(["check-settings", "--config", file])
            #expect(await refreshd(["settings", "--config", file]).everything == check.everything)
            #expect(check.status == 78)
        }
    }

    private func withSettings(_ text: String, _ body: (String) async throws -> Void) async throws {
        try await withFolder { folder in
            let file = folder + "/refreshd.yaml"
            try Data(text.utf8).write(to: URL(filePath: file))
            try await body(file)
        }
    }
}
