// How NIO gets a socket that listens already: it listens once more on what it is given, with a backlog of 128 that cannot
// be set. After a restart more may be waiting, and while they do, a client that does not block would be refused.

import Glibc

/// A socket of no name, which NIO may do that to. Then the one that is meant takes its place, under the same descriptor.
struct StandIn: Sendable {
    /// NIO's from when it is given to it.
    let descriptor: CInt

    init() throws(ListenerError) {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Self.failure("socket") }
        // A family alone: Linux gives it an abstract name (unix(7), "Autobind feature"), as one without may not listen.
        var address = sockaddr()
        address.sa_family = sa_family_t(AF_UNIX)
        guard bind(descriptor, &address, socklen_t(MemoryLayout<sa_family_t>.size)) == 0 else {
            defer { close(descriptor) }
            throw Self.failure("bind")
        }
        self.descriptor = descriptor
    }

    /// Gives its place to the socket, whose own descriptor is closed. Before NIO waits for connections.
    func yield(to socket: BoundSocket) throws(ListenerError) {
        let flags = fcntl(socket.descriptor, F_GETFL)
        guard flags >= 0, fcntl(socket.descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
            throw Self.failure("fcntl")
        }
        guard dup2(socket.descriptor, descriptor) == descriptor, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
            throw Self.failure("dup2")
        }
        socket.close()
    }

    private static func failure(_ step: String) -> ListenerError {
        .failed(step, path: "a socket", reason: String(cString: strerror(errno)))
    }
}
