// What is no YAML, no text or no file; and that no message repeats what may be a secret.

import Foundation
import Refreshd
import Testing

@Suite("The text of settings") struct SettingsTextTests {
    private static let keys = """
        this does not start in the column of the keys above it, or a quote before it is not closed. Keys of one section \
        start in the same column
        """
    private static let colon = """
        a colon cannot stand here: on the line above, the colon behind the key is missing, or the space behind that \
        colon. Write KEY: VALUE
        """

    @Test(
        "What is no YAML is told at its place, with what to write",
        arguments: [
            ("projects:\n\tmain: 1\n", "2:1", "a tab stands here. Indent with spaces"),
            ("projects:\n  main: a\n\t b\n", "3:1", "a tab stands here. Indent with spaces"),
            ("projects: [\n", "2:1", "a bracket is not closed before this, or a comma is missing"),
            ("a: { b: c\nd: e\n", "2:2", "the bracket from line 1 is not closed before this, or a comma is missing"),
            ("a: { b: c, d: e\n", "2:1", "the bracket from line 1 is not closed before this, or a comma is missing"),
            ("a: \"b\nc: d\n", "1:4", "the quote that opens here is not closed. Close it on the same line"),
            ("a: 'b\nc: d\n", "1:4", "the quote that opens here is not closed. Close it on the same line"),
            ("a: \"b\nc: \"d\"\n", "2:5", Self.keys),
            ("a:\n  b: c\n d: e\n", "3:2", Self.keys),
            (
                "a: \"C:\\q\"\n", "1:7",
                "between double quotes a backslash begins an escape, and this is none. Use single quotes"
            ),
            ("a: *b\n", "1:4", "a pattern that starts with * needs quotes"),
            ("a: [{ user: * }]\n", "1:14", "a pattern that starts with * needs quotes"),
            ("a: @b\n", "1:4", "a text that starts with this character needs quotes"),
            ("%b\n", "1:1", "a line that starts with % means something else in YAML. Take it out"),
            ("ä: \u{7}\n", "1:4", "a control character stands here. Take it out"),
            ("a: 1\n---\nb: 2\n", "2:1", "a second document begins here. Take this line out: the settings are one"),
            ("a:\n  b\n  c: d\n", "3:4", Self.colon),
            ("a:\n  b:c\n  d: e\n", "3:4", Self.colon),
            (
                "a:\n  b: c\n  d\n", "3:3",
                "behind this key the colon is missing, or the space behind the colon. Write KEY: VALUE"
            ),
            ("a: b: c\n", "1:5", "the line has a second colon. Put the value into quotes"),
            (
                "a:\n  - b: c\n   - d: e\n", "3:4",
                "this does not start in the column of the dashes above it. Move it there"
            ),
            ("a: - b\n", "1:4", "a dash cannot stand here. Begin the list on a line of its own, below its key"),
        ])
    func notYAML(text: String, place: String, told: String) {
        #expect(mistakes(in: text) == ["refreshd.yaml:\(place): this is not valid YAML: \(told)."])
    }

    @Test("A list for the whole, an empty file and an alias are YAML, and are told as mistakes")
    func wrongYAML() {
        let example = "projects: { main: { endpoint: https://cloud.example/v1, project: my-project } }"
        #expect(
            mistakes(in: "[a, b]\n") == [
                "refreshd.yaml:1:1: found a list, expected a section: keys below this one, indented. Leave out the "
                    + "dashes and brackets: keys have names here."
            ])
        #expect(
            mistakes(in: "") == ["refreshd.yaml:1:1: projects: this key is required. Write, for example: \(example)"])
        #expect(
            mistakes(
                in: "projects: { a: &a { endpoint: https://a.example/v1, project: b }, c: { <<: *a, project: d } }")
                == [
                    "refreshd.yaml:1:67: projects.c.endpoint: this key is required. Write, for example: endpoint: "
                        + "https://cloud.example/v1",
                    "refreshd.yaml:1:72: projects.c.<<: Merging by << means nothing here: write the keys out.",
                ])
    }

    @Test("A file that is missing, a folder, too large or no UTF-8 is told as such")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let large = folder.appending(path: "large")
        try Data(repeating: 0x23, count: Settings.largestFile + 1).write(to: large)
        let bytes = folder.appending(path: "bytes")
        try Data("a\n# caf".utf8 + [0xE9, 0x0A]).write(to: bytes)
        let missing = folder.path + "/missing"

        #expect(
            refusal(of: missing)
                == "the settings file \(missing) does not exist: write it, or name another by --config")
        #expect(
            refusal(of: folder.path)
                == "the settings file \(folder.path) is a folder, not a file: name the file by --config")
        #expect(
            refusal(of: large.path) == "the settings file \(large.path) is larger than 1024 KiB, which is the limit")
        #expect(
            refusal(of: bytes.path) == "one mistake in the settings:\n\(bytes.path):2:6: this is not valid YAML: "
                + "the text is not UTF-8. Save the file as UTF-8.")
    }

    @Test(
        "Law 7: what may be a secret is not repeated, wherever it was put",
        arguments: [
            "apiKey: SWORDFISH", "apiKeyCredential: standard_SWORDFISH", "apiKeyCredential: 'SWORDFISH!'",
            "apiKeyFile: SWORDFISH", "devKey: SWORDFISH", "devKeyFile: [SWORDFISH]", "apikey: SWORDFISH",
            "endpoint: https://me:SWORDFISH@cloud.example/v1", "proxy: http://me:SWORDFISH@proxy.example:3128",
            "proxyLogin: me:SWORDFISH", "proxyLoginFile: me:SWORDFISH", "apiKey: SWORDFISH, apiKey: SWORDFISH",
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
