// A client that sends requests and never reads an answer.

import Glibc
import NIOCore
import UnixSockets

final class DeafClient: Sendable {
    private let descriptor: CInt

    init(path: String) throws {
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard withSocketAddress(path, { connect(descriptor, $0, $1) }) == 0 else {
            throw IOError(errnoCode: errno, reason: "connect")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Sends until nobody takes any more for a while, or the peer hangs up.
    func sendUntilStuck(_ request: String) {
        let bytes = Array(request.utf8)
        var refusals = 0
        while refusals < 100 {
            let sent = send(descriptor, bytes, bytes.count, CInt(MSG_DONTWAIT | MSG_NOSIGNAL))
            if sent == bytes.count {
                refusals = 0
            } else if sent < 0 && errno != EAGAIN {
                return
            } else {
                refusals += 1
                usleep(2000)
            }
        }
    }

    var isHungUpOn: Bool {
        var state = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&state, 1, 0) > 0 && state.revents & Int16(POLLHUP) != 0
    }
}
