// What README shows, as it stands there.

import Foundation
import Testing

enum Readme {
    /// The first fenced block of the language, or of any, that follows a line.
    static func block(_ language: String = "", after isLine: (Substring) -> Bool) throws -> String {
        var root = URL(filePath: #filePath)
        for _ in 1...4 { root.deleteLastPathComponent() }
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let lines = readme.split(separator: "\n", omittingEmptySubsequences: false)
        let found = lines.firstIndex(where: isLine)
        let start = try #require(found)
        let begin = try #require(lines[start...].firstIndex { $0.hasPrefix("```" + language) })
        let end = try #require(lines[(begin + 1)...].firstIndex { $0.hasPrefix("```") })
        return lines[(begin + 1)..<end].joined(separator: "\n")
    }

    /// The commands of the first block that follows a line, for a shell of root's.
    static func commands(after isLine: (Substring) -> Bool) throws -> [String] {
        ["sh", "-e", "-c", try block("console", after: isLine).replacing("$ ", with: "").replacing("sudo ", with: "")]
    }
}
