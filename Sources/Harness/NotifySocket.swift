// The service manager's end of sd_notify(3): it hears what a daemon tells.

import Glibc
import Synchronization
import UnixSockets

package final class NotifySocket: Sendable {
    package let path: String
    private let descriptor: Int32
    private let received = Mutex<[String]>([])

    package init(path: String) throws(HarnessTrouble) {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard withSocketAddress(path, { bind(descriptor, $0, $1) }) == 0 else {
            throw HarnessTrouble("cannot listen at \(path)", errno: errno)
        }
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    /// All that was told so far: one line each, in order.
    package var lines: [String] {
        received.withLock { lines in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
                lines += String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
            }
            return lines
        }
    }

    /// Blocks until the daemon has said that it is ready.
    package func waitUntilReady(within limit: Duration) throws(HarnessTrouble) {
        let deadline = ContinuousClock.now + limit
        while !lines.contains("READY=1") {
            let rest = deadline - .now
            guard rest > .zero else { throw HarnessTrouble("the daemon was not ready within \(limit)") }
            var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // Whatever ended the wait, the next look shows.
            _ = poll(&state, 1, Int32(min(rest / .milliseconds(1), 60_000)) + 1)
        }
    }
}
