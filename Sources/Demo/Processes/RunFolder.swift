// The one folder that a run makes: settings, keys, store, sockets, outputs. Gone afterwards, unless something failed.

import Foundation

struct RunFolder: Sendable {
    let path: String

    /// A UNIX socket's path has at most 107 bytes, and the longest name in the folder is `/control.sock`.
    private static let longest = 107 - 13

    /// Makes it, for its owner alone: in `TMPDIR` where that is short enough, else in `/tmp`.
    init() throws {
        let wish = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
        let name = "refreshd-demo-"
        let parent = wish.hasPrefix("/") && wish.utf8.count + name.utf8.count + 7 <= Self.longest ? wish : "/tmp"
        var template = Array("\(parent)/\(name)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw DemoFailure("cannot make a folder in \(parent): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        for folder in [state, keys] { try makeFolder(folder) }
    }

    /// What refreshd writes: its store here, its log beside it.
    var state: String { path + "/state" }
    var daemonLog: String { path + "/refreshd.log" }
    var simulatorLog: String { path + "/simulator.log" }
    var commandLog: String { path + "/commands.log" }
    var settings: String { path + "/refreshd.yaml" }
    var tokenSocket: String { path + "/token.sock" }
    var controlSocket: String { path + "/control.sock" }
    /// What the demo gives to refreshd to read: not searched for secrets, since they stand here.
    var keys: String { path + "/keys" }

    func write(_ text: String, to file: String) throws {
        let made = FileManager.default.createFile(
            atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        guard made else { throw DemoFailure("cannot write \(file)") }
    }

    func remove() throws {
        try FileManager.default.removeItem(atPath: path)
    }

    private func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }
}

/// Why the play could not go on, in words for whoever runs it.
struct DemoFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
