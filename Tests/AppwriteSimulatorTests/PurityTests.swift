// The model is pure, which the compiler does not guard: it would let it import any system module.
import Foundation
import Testing

@Suite("The model")
struct PurityTests {
    @Test("imports nothing at all, so that nothing but its arguments can change its answers")
    func importsNothing() throws {
        let sources = URL(filePath: #filePath).appending(path: "../../../Sources/AppwriteModel").standardized
        let files = try FileManager.default.contentsOfDirectory(at: sources, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "swift" }
        try #require(!files.isEmpty)
        for file in files {
            let imports = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
                .filter { $0.contains(#/^\s*(@\w+ )*((public|package|internal|private|fileprivate) )?import /#) }
            #expect(imports.isEmpty, "\(file.lastPathComponent)")
        }
    }
}
