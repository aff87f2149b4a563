// The message catalog: it is what the kinds of event give, and systemd takes it.

import Foundation
import Refreshd
import Testing

@testable import Manual

@Suite("The message catalog")
struct CatalogTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../systemd/refreshd.catalog").path

    @Test("is what the kinds of event give; if not, run make catalog")
    func current() throws {
        #expect(try String(contentsOfFile: Self.file, encoding: .utf8) == Catalog.text)
    }

    @Test("has a text for each id, in lines that systemd does not take for something else")
    func sound() {
        let lines = Catalog.text.split(separator: "\n", omittingEmptySubsequences: false)
        let first = lines.firstIndex { $0.hasPrefix("-- ") } ?? 0
        let entries = lines[first...].split(whereSeparator: { $0.hasPrefix("-- ") }).map(Array.init)
        #expect(entries.count == EventKind.allCases.count)
        for entry in entries {
            // Headers, an empty line, three paragraphs.
            #expect(entry.prefix(3).map { $0.prefix { $0 != ":" } } == ["Subject", "Defined-By", "Documentation"])
            let paragraphs = entry.dropFirst(3).split(separator: "").map(Array.init)
            #expect(paragraphs.count == 3, "\(entry[0])")
            #expect(!entry.contains { $0.hasPrefix("#") || $0.hasPrefix(";") })
            #expect(!entry.contains { $0.count > 80 && !$0.hasPrefix("    ") })
        }
        let known = Set(EventField.allCases.map { "@\($0.rawValue)@" })
        for match in Catalog.text.matches(of: /@[^@\s]*@/) { #expect(known.contains(String(match.output))) }
    }

    /// By systemd's own hand, where it is installed: in a folder, nothing of the machine is touched.
    @Test("is compiled by journalctl, which finds each entry in it", .enabled(if: Journalctl.isThere))
    func compiled() throws {
        let root = FileManager.default.temporaryDirectory.path + "/catalog-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }  // The test's outcome does not hang on it.
        let folder = root + "/usr/lib/systemd/catalog"
        for path in [folder, root + "/var/lib/systemd/catalog"] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(atPath: Self.file, toPath: folder + "/refreshd.catalog")

        let update = try Journalctl.run(["--update-catalog", "--root=\(root)"])
        #expect(update.status == 0 && update.errors.isEmpty, "\(update.errors)")
        let list = try Journalctl.run(["--list-catalog", "--root=\(root)"])
        let listed = Set(list.output.split(separator: "\n").map(String.init))
        #expect(listed == Set(EventKind.allCases.map { "\($0.facts.id) refreshd: \($0.facts.subject)" }))
    }
}

private enum Journalctl {
    private static let path = "/usr/bin/journalctl"
    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }

    static func run(_ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ["SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"]
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let texts = [output, errors].map {
            String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        }
        process.waitUntilExit()
        return (process.terminationStatus, texts[0], texts[1])
    }
}
