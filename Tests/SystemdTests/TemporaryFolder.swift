// A folder of a test's own, gone with the test.
import Foundation

final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "refreshd-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        // A folder left behind in /tmp is no reason to fail.
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String, _ content: String, mode: Int) throws -> String {
        let path = "\(path)/\(name)"
        try Data(content.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }
}
