// Who is at the other end of a UNIX socket, as the kernel vouches for it.

import Glibc
import NIOCore

/// The credentials of the peer at the time it connected: whoever it hands the connection to acts in its name.
package struct Peer: Hashable, Sendable {
    package let process: Int32
    package let user: UInt32
    package let group: UInt32
    package let groups: Supplementary

    /// The groups that a process is in beside its own.
    package enum Supplementary: Hashable, Sendable {
        case known(Set<UInt32>)
        /// More than `most`, or the kernel does not tell: then nothing is allowed by a group of these, and everything
        /// refused that is refused to a group.
        case unknown
    }

    /// Of a connection, as long as it lasts (law 11). Linux allows 65,536; who is in more than some dozens is in a
    /// directory's, and even those are rarely in hundreds.
    package static let most = 1024

    package init(process: Int32, user: UInt32, group: UInt32, groups: Supplementary) {
        self.process = process
        self.user = user
        self.group = group
        self.groups = groups
    }

    package func isIn(_ group: UInt32) -> Bool {
        if group == self.group { return true }
        return if case .known(let groups) = groups { groups.contains(group) } else { false }
    }

    /// Whether it cannot be ruled out.
    package func mayBeIn(_ group: UInt32) -> Bool {
        groups == .unknown || isIn(group)
    }
}

extension Peer {
    /// Fails where the peer has gone already. Must be called on the channel's event loop.
    static func of(_ channel: any Channel) -> EventLoopFuture<Peer> {
        channel.eventLoop.makeCompletedFuture {
            let operations = channel.pipeline.syncOperations
            guard let peer = try operations.withUnsafeTransportIfAvailable(of: CInt.self, { try Peer(socket: $0) })
            else {
                throw ChannelError.operationUnsupported
            }
            return peer
        }
    }

    /// By `SO_PEERCRED` and `SO_PEERGROUPS` (unix(7)).
    init(socket: CInt) throws {
        var credentials = Credentials()
        var size = socklen_t(MemoryLayout<Credentials>.size)
        guard getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else {
            throw IOError(errnoCode: errno, reason: "getsockopt SO_PEERCRED")
        }
        self.init(
            process: credentials.process, user: credentials.user, group: credentials.group,
            groups: Self.supplementaryGroups(of: socket))
    }

    /// libc's `ucred`.
    private struct Credentials {
        var process: Int32 = 0
        var user: UInt32 = 0
        var group: UInt32 = 0
    }

    private static func supplementaryGroups(of socket: CInt) -> Supplementary {
        // Enough for nearly everybody; the kernel says how many there are where they are more, and gives none.
        var groups = [UInt32](repeating: 0, count: 32)
        for _ in 1...2 {
            var size = socklen_t(groups.count * MemoryLayout<UInt32>.size)
            let result = getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, &groups, &size)
            let count = Int(size) / MemoryLayout<UInt32>.size
            if result == 0 { return .known(Set(groups.prefix(count))) }
            guard errno == ERANGE, count <= most else { return .unknown }
            groups = [UInt32](repeating: 0, count: count)
        }
        return .unknown
    }
}
