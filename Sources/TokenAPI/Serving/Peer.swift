// Who is at the other end of a UNIX socket, as the kernel vouches for it.

import Glibc
import NIOCore

/// The credentials of the peer at the time it connected (`SO_PEERCRED`, unix(7)), in the layout of libc's `ucred`.
struct Peer: Hashable, Sendable {
    let process: Int32
    let user: UInt32
    let group: UInt32

    /// Fails where the peer has gone already.
    static func of(_ channel: any Channel) -> EventLoopFuture<Peer> {
        guard let socket = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        return socket.unsafeGetSocketOption(level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
    }
}
