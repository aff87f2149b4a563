// The manual pages: every command has one, every setting is in one, and nothing in them breaks the language they are in.

import ArgumentParser
import Foundation
import Refreshd
import Testing

@testable import Manual

@Suite("The manual")
struct ManualTests {
    /// All pages, written as `make man` does.
    private func pages() throws -> [String: String] {
        let folder = FileManager.default.temporaryDirectory.path + "/manual-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }  // The test's outcome does not hang on it.
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let settings = sources.appending(path: "config/refreshd.yaml").path
        let command = try PagesCommand.parse(["--settings", settings, "--output", folder])
        try command.run()
        return try FileManager.default.contentsOfDirectory(atPath: folder).reduce(into: [:]) {
            $0[$1] = try String(contentsOfFile: "\(folder)/\($1)", encoding: .utf8)
        }
    }

    @Test("has a page for every command, which names its options")
    func commands() throws {
        let pages = try pages()
        let commands = try Self.names(of: RefreshdCommand.self)
        #expect(commands.contains("refreshd-session-list") && commands.contains("refreshd-key-rotate"))
        let expected = commands.map { $0 + ".1" } + ["refreshd.yaml.5", "refreshd-journal.7"]
        #expect(Set(pages.keys) == Set(expected))
        #expect(pages["refreshd-forget.1"]?.contains(".It Fl -user Ar user\n") ?? false)
        #expect(pages["refreshd.1"]?.contains(".It 75\nNot now; trying again later helps.\n") ?? false)
        #expect(pages["refreshd.1"]?.contains(".It Xr refreshd-token 1\n") ?? false)
    }

    /// Of the command and of all below it, as their pages are called.
    private static func names(of command: any ParsableCommand.Type, under parent: String? = nil) throws -> [String] {
        let own = try #require(command.configuration.commandName)
        let name = parent.map { "\($0)-\(own)" } ?? own
        return [name] + (try command.configuration.subcommands.flatMap { try names(of: $0, under: name) })
    }

    @Test("begins a paragraph where the help begins a line, and says nothing twice")
    func paragraphs() throws {
        let pages = try pages()
        let key = try #require(pages["refreshd-key-new.1"])
        #expect(key.contains("--name=refreshd-key - refreshd-key.cred\n.Pp\nA store is sealed with its key for good"))
        let root = try #require(pages["refreshd.1"])
        #expect(!root.contains("Exit status, for scripts"))
        #expect(root.components(separatedBy: "ot now; trying again later helps").count == 2)
        let copied = """
            .Bd -literal -offset indent
            token=$(refreshd token --user U --provider google) &&
              printf 'Authorization: Bearer %s\\en' "$token" | curl -H @- ...
            .Ed
            .Pp
            The program

            """.dropLast()
        #expect(pages["refreshd-token.1"]?.contains(copied) ?? false)
    }

    @Test("tells of every setting, with its default and its comment")
    func settings() throws {
        let page = try #require(try pages()["refreshd.yaml.5"])
        #expect(page.contains(".It Ic \"waits.forgetEndedAfter\"\n"))
        #expect(page.contains("The default is 7d.\n"))
        #expect(page.contains(".It Ic \"projects.NAME.budget.limit\"\n"))
        #expect(page.contains(".Dl - { user: \\(dq*-bot\\(dq, keep: always }\n"))
    }

    @Test("holds no line that mdoc would take for something else")
    func sound() throws {
        let known = [
            ".Dd", ".Dt", ".Os", ".Sh", ".Nm", ".Nd", ".Pp", ".Bl", ".El", ".It", ".Xr", ".Op", ".Fl", ".Ar", ".Dl",
            ".Pa", ".Bd", ".Ed",
        ]
        for (name, page) in try pages() {
            for line in page.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
                #expect(known.contains { line.hasPrefix($0) }, "\(name): \(line)")
            }
        }
    }
}
