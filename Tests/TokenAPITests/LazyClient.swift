// A client that reads answers late and slowly, or never.

import Glibc
import NIOCore
import UnixSockets

final class LazyClient: Sendable {
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

    func ask(_ request: String) {
        _ = send(descriptor, request, request.utf8.count, CInt(MSG_NOSIGNAL))
    }

    /// Everything that comes until the server sends no more, in small pieces, with a pause after each.
    func readSlowly() async throws -> String {
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &piece, piece.count, CInt(MSG_DONTWAIT))
            if count > 0 {
                text += piece[..<count]
            } else if count == 0 || errno != EAGAIN {
                return String(decoding: text, as: UTF8.self)
            }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    var isHungUpOn: Bool { has(POLLHUP) }

    /// Whether something is there to be read.
    var isAnswered: Bool { has(POLLIN) }

    private func has(_ event: CInt) -> Bool {
        var state = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        return poll(&state, 1, 0) > 0 && state.revents & Int16(event) != 0
    }
}
