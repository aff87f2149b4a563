// What is no YAML, no text or no file; and that no message repeats what may be a secret.

import Foundation
import Refreshd
import Testing

@Suite("The text of settings") struct SettingsTextTests {
    @Test(
        "What is no YAML is told at its place",
        arguments: [
            (
                "projects:\n\tmain: 1\n",
                "refreshd.yaml:2:1: this is not valid YAML: found character that cannot start any token (a tab: "
                    + "indent with spaces), while scanning for the next token from line 2."
            ),
            (
                "projects: [\n",
                "refreshd.yaml:2:1: this is not valid YAML: did not find expected node content, while parsing a flow "
                    + "node from line 2."
            ),
            (
                "a: *b\n",
                "refreshd.yaml:1:4: this is not valid YAML: found undefined alias (a pattern that starts with * needs "
                    + "quotes)."
            ),
            (
                "a: [{ user: * }]\n",
                "refreshd.yaml:1:14: this is not valid YAML: did not find expected alphabetic or numeric character "
                    + "(a pattern that starts with * needs quotes), while scanning an alias from line 1."
            ),
            ("ä: \u{7}\n", "refreshd.yaml:1:4: this is not valid YAML: control characters are not allowed."),
            ("[a, b]\n", "refreshd.yaml:1:1: found a list, expected a section: keys below this one, indented."),
        ])
    func notYAML(text: String, told: String) {
        #expect(mistakes(in: text) == [told])
    }

    @Test("A file that is missing, a folder, too large or no UTF-8 is told as such")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let large = folder.appending(path: "large")
        try Data(repeating: 0x23, count: Settings.largestFile + 1).write(to: large)
        let bytes = folder.appending(path: "bytes")
        try Data([0x61, 0x0A, 0xFF, 0x0A]).write(to: bytes)
        let missing = folder.path + "/missing"

        #expect(refusal(of: missing) == "the settings file \(missing) does not exist")
        #expect(refusal(of: folder.path) == "the settings file \(folder.path) is a folder, not a file")
        #expect(
            refusal(of: large.path) == "the settings file \(large.path) is larger than 1024 KiB, which is the limit")
        #expect(
            refusal(of: bytes.path) == "one mistake in the settings:\n\(bytes.path):2:1: this is not valid YAML: "
                + "the line holds bytes that are not UTF-8.")
    }

    @Test(
        "Law 7: what may be a secret is not repeated, wherever it was put",
        arguments: [
            "apiKey: SWORDFISH", "apiKeyCredential: standard_SWORDFISH", "apiKeyCredential: 'SWORDFISH!'",
            "apiKeyFile: SWORDFISH", "devKey: SWORDFISH", "devKeyFile: [SWORDFISH]", "apikey: SWORDFISH",
            "endpoint: https://me:SWORDFISH@cloud.example/v1", "apiKey: SWORDFISH, apiKey: SWORDFISH",
        ])
    func secrets(line: String) {
        let told = mistakes(in: "projects: { main: { project: shop, \(line) } }")

        #expect(!told.isEmpty)
        #expect(!told.contains { $0.contains("SWORDFISH") })
    }

    @Test("Deep nesting, many anchors and many repetitions end in a message")
    func hostileText() {
        let deep = String(repeating: "[", count: 5000)
        let anchors = (1...30).map { "a\($0): &a\($0) [\($0 > 1 ? "*a\($0 - 1), *a\($0 - 1)" : "x")]" }
        let repeated = String(repeating: "a: b\n", count: 200)

        for text in [deep, anchors.joined(separator: "\n"), repeated] {
            #expect(!mistakes(in: text).isEmpty)
        }
    }

    private func refusal(of path: String) -> String? {
        do throws(SettingsError) {
            _ = try Settings.load(path)
            return nil
        } catch {
            return error.description
        }
    }
}
