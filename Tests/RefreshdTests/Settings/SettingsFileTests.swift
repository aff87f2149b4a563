// The settings file that operators copy: it shows every key, and each default as it is.

import Appwrite
import Foundation
import RefreshPolicy
import Refreshd
import Testing

@Suite("The settings file that is shipped") struct SettingsFileTests {
    private let text: String

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        text = try String(contentsOf: root.appending(path: "config/refreshd.yaml"), encoding: .utf8)
    }

    /// The text with every shown default set.
    private var uncommented: String {
        text.replacing(/(?m)^( *)#(?=\S)/) { $0.output.1 }
    }

    @Test("The defaults it shows are those that hold")
    func defaults() throws {
        let endpoint = try Endpoint("https://cloud.example/v1", plainHTTP: .loopbackOnly)
        var project = ProjectSettings(
            endpoint: endpoint, project: try #require(AppwriteProjectID("my-project")),
            rules: ProjectRules(alias: try #require(ProjectAlias("main")), host: endpoint.hostName, hasAPIKey: true))
        project.apiKey = .credential(name: "main-api-key", directory: nil)
        let defaults = Settings(projects: [project])

        #expect(try Settings.parse(text, file: "refreshd.yaml") == defaults)
        #expect(try Settings.parse(uncommented, file: "refreshd.yaml") == defaults)
    }

    @Test("It shows every key there is")
    func everyKey() throws {
        // Given a key that nobody knows in each section, the mistakes tell all keys that are known there.
        let sections = uncommented.replacing(
            /(?m)^( *)(main|budget|pace|discovery|state|sockets|token|control|waits|calls|log):$/
        ) {
            "\($0.output.0)\n\($0.output.1)  xxxxxxxxxxxx:"
        }
        let error = try #require(throws: SettingsError.self) {
            try Settings.parse("xxxxxxxxxxxx:\n" + sections, file: "refreshd.yaml")
        }
        guard case .mistaken(file: _, let mistakes) = error else { return #expect(Bool(false), "\(error)") }

        #expect(mistakes.count == 12)
        for mistake in mistakes {
            guard case .unknownKey(nearest: nil, let known) = mistake.kind else {
                #expect(Bool(false), "\(mistake)")
                continue
            }
            let shown = keysShown(in: mistake.path.dropLast())
            #expect(known.filter { !shown.contains($0) } == [], "\(mistake.path)")
        }
    }

    /// The keys that stand directly below a section, found by their indentation.
    private func keysShown(in path: ArraySlice<String>) -> [String] {
        var lines = uncommented.split(separator: "\n")[...]
        for (depth, key) in path.enumerated() {
            let start = String(repeating: " ", count: 2 * depth) + key + ":"
            lines = lines.drop { !$0.hasPrefix(start) }.dropFirst()
            lines = lines.prefix { $0.hasPrefix(String(repeating: " ", count: 2 * depth + 2)) || $0.hasPrefix("#") }
        }
        let indent = String(repeating: " ", count: 2 * path.count)
        return lines.compactMap { line in
            guard line.hasPrefix(indent), let key = line.dropFirst(indent.count).split(separator: ":").first,
                key.first != " ", key.first != "#"
            else { return nil }
            return String(key)
        }
    }
}
