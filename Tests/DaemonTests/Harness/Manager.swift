// A service manager for a daemon under test to tell.

import Foundation
import Harness

extension NotifySocket {
    /// Of a daemon that is to tell this manager.
    var environment: [String: String] { ["NOTIFY_SOCKET": path] }
}

/// Gives `body` a service manager to tell.
func withManager(_ body: (NotifySocket) async throws -> Void) async throws {
    let folder = "/tmp/rn-" + String(UInt64.random(in: 0 ... .max), radix: 36)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }  // Left behind, it does no harm.
    try await body(try NotifySocket(path: folder + "/notify"))
}
