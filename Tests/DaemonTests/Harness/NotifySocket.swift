// The service manager's end of sd_notify(3): a datagram socket that a test opens.

import Foundation
import Glibc
import Synchronization

final class NotifySocket: Sendable {
    let path: String
    private let descriptor: Int32
    private let received = Mutex<[String]>([])

    init(path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        let result = withSocketAddress(path) { bind(descriptor, $0, $1) }
        guard result == 0 else { throw Mishap("cannot listen at \(path): \(String(cString: strerror(errno)))") }
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    /// All that was told so far: one line each, in order.
    var lines: [String] {
        received.withLock { lines in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
                lines += String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
            }
            return lines
        }
    }
}

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
