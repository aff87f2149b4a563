// Where the built program is, and how this suite says what went wrong with it.

import Foundation

/// The executables of this package.
enum Program {
    /// Beside the test bundle: SwiftPM builds both into one folder.
    static func path(_ name: String = "refreshd") throws -> String {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = (bundle as NSString).deletingLastPathComponent + "/\(name)"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Mishap("there is no executable \(path): run `swift build --build-tests` first")
        }
        return path
    }
}

/// Something in the way of a test that is no expectation of its own.
struct Mishap: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
