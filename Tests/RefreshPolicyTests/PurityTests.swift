// Floor 0 is pure, which the compiler does not guard: it lets a target import any system module. And what differs from
// run to run, such as the order of a dictionary, would make no run repeat from its seed.

import Foundation
import Testing

@Suite("Floor 0", .serialized)
struct PurityTests {
    struct Line: Sendable {
        let place: String
        let text: String
    }

    /// All lines of code of the floor, without comments.
    static func lines(of module: String) throws -> [Line] {
        let folder = URL(filePath: #filePath).appending(path: "../../../Sources/\(module)").standardized
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var lines: [Line] = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            for (index, line) in try String(contentsOf: file, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false
            ).enumerated() {
                let code = String(line).components(separatedBy: "//")[0]
                lines.append(Line(place: "\(file.lastPathComponent):\(index + 1)", text: code))
            }
        }
        try #require(lines.count > 500, "the sources are not where this test looks for them")
        return lines
    }

    @Test("imports nothing, and uses no hash, clock or dice of its own", arguments: ["RefreshPolicy", "AppwriteModel"])
    func pure(_ module: String) throws {
        let forbidden = [
            #"^\s*(@\w+\s+)*((public|package|internal|private|fileprivate)\s+)?import\b"#, #"\bHasher\b"#,
            #"\bhashValue\b"#, #"\bSystemRandomNumberGenerator\b"#, #"\b(ContinuousClock|SuspendingClock|Date)\b"#,
            #"\.(randomElement|shuffled)\(\)"#, #"\.random\(in: [^,)]*\)$"#, #"\bprint\("#,
        ]
        for line in try Self.lines(of: module) {
            for pattern in forbidden {
                #expect(line.text.range(of: pattern, options: .regularExpression) == nil, "\(line.place)")
            }
        }
    }

    @Test("goes through no dictionary or set, but by sorted keys")
    func ordered() throws {
        let lines = try Self.lines(of: "RefreshPolicy")
        let declaration = #/\b(?:var|let) (\w+)\s*(?::\s*|=\s*)(?:\[\s*\w[\w.]*\s*:|Set<|Dictionary<)/#
        let names = Set(lines.compactMap { $0.text.firstMatch(of: declaration).map { String($0.1) } })
        try #require(names.contains("bySession"), "the pattern finds no dictionary any more")
        let walks = "map|mapValues|flatMap|compactMap|filter|forEach|first|reduce|values|keys|allSatisfy"
        for line in lines {
            for name in names {
                let walk = #"(\bin (\w+\.)?\#(name)\s*(\{|where))|(\b\#(name)\.(\#(walks))\b(?!\.sorted))"#
                #expect(line.text.range(of: walk, options: .regularExpression) == nil, "\(line.place): \(name)")
            }
        }
    }
}
