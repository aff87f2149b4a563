// The bytes that are tried again in every run of the tests: the few that reach the most code, and those that once found
// a mistake.

import Foundation

package struct Sample: Sendable, CustomStringConvertible {
    package let target: Target
    package let name: String
    package let bytes: [UInt8]

    package var description: String { "\(target.rawValue)/\(name)" }

    /// All samples of a target, in the order of their names.
    package static func all(of target: Target) throws -> [Sample] {
        guard let folder = Bundle.module.resourceURL?.appending(path: "Corpus/\(target.rawValue)") else {
            throw CocoaError(.fileNoSuchFile)
        }
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { Sample(target: target, name: $0.lastPathComponent, bytes: Array(try Data(contentsOf: $0))) }
    }
}
