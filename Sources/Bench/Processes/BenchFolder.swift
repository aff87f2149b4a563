// The folder of one benchmark: a store, settings, keys, sockets. Gone when nobody holds it any more.

import Foundation
import RefreshPolicy
import SessionStorage

final class BenchFolder: Sendable {
    /// Short, as a socket's path must be.
    let path: String

    init() throws {
        path = "/tmp/refreshd-bench-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(
            atPath: path + "/state", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        // What is left in /tmp spoils no figure.
        try? FileManager.default.removeItem(atPath: path)
    }

    var tokenSocket: String { path + "/token.sock" }

    /// The store that a daemon of this folder opens.
    func openStore() throws -> SQLiteStore {
        let store = path + "/state/sessions.db"
        let keys = try KeyFiles(path + "/state/sealing-key").load(forStore: store)
        return try SQLiteStore.open(path: store, keys: keys) { _ in }
    }

    /// A folder whose store has so many sessions.
    static func filled(_ count: Int) async throws -> BenchFolder {
        let folder = try BenchFolder()
        let store = try folder.openStore()
        let now = WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        try await StoredSessions.fill(store, count, project: try StoredSessions.alias("main"), now: now)
        try store.close()
        return folder
    }

    /// Writes a file for its owner alone; gives its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = "\(path)/\(name)"
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw BenchFailure("cannot write \(file)") }
        return file
    }
}
