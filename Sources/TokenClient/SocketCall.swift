// One GET over a UNIX socket, by the kernel's own calls: a connection, a request, an answer, all within a time.

import Glibc
import UnixSockets

struct SocketCall {
    /// The path of the daemon's socket.
    let socket: String
    /// How long to wait for the whole answer.
    let patience: Duration

    func get(_ path: String) throws(SocketTrouble) -> HTTPAnswer {
        let descriptor = Glibc.socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw .refused(errno: errno) }
        defer { close(descriptor) }
        try connect(descriptor)
        let deadline = ContinuousClock.now + patience
        try send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", to: descriptor, deadline)
        return try receive(from: descriptor, deadline)
    }

    /// A UNIX socket connects at once or not at all.
    private func connect(_ descriptor: Int32) throws(SocketTrouble) {
        guard withSocketAddress(socket, { Glibc.connect(descriptor, $0, $1) }) == 0 else {
            throw .refused(errno: errno)
        }
    }

    private func send(
        _ request: String, to descriptor: Int32, _ deadline: ContinuousClock.Instant
    ) throws(SocketTrouble) {
        var bytes = Array(request.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                bytes = bytes.dropFirst(count)
            } else if errno == EAGAIN {
                try wait(for: POLLOUT, on: descriptor, deadline)
            } else if errno != EINTR {
                // Who has hung up may have said why before: what there is to read tells.
                return
            }
        }
    }

    private func receive(
        from descriptor: Int32, _ deadline: ContinuousClock.Instant
    ) throws(SocketTrouble) -> HTTPAnswer {
        var reading = HTTPAnswer.Reading()
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count > 0 {
                if let answer = try reading.add(chunk[..<count]) { return answer }
            } else if count < 0 && errno == EAGAIN {
                try wait(for: POLLIN, on: descriptor, deadline)
            } else if count == 0 || errno != EINTR {
                throw .closed
            }
        }
    }

    private func wait(
        for event: Int32, on descriptor: Int32, _ deadline: ContinuousClock.Instant
    ) throws(SocketTrouble) {
        let rest = deadline - .now
        guard rest > .zero else { throw .noAnswer(within: patience) }
        // Rounded up, so that the last wait does not become many of no time.
        let milliseconds = min(rest / .milliseconds(1) + 1, 1_000_000)
        var state = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        // Whatever ended the wait, the next call shows.
        _ = poll(&state, 1, Int32(milliseconds))
    }
}
