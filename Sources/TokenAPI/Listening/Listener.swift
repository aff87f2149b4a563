// Where a server listens, and what may be wrong with that place.

import UnixSockets

/// A listening UNIX socket: one that refreshd makes, or one that it was started with.
package enum Listener: Hashable, Sendable {
    case path(SocketPath)
    /// An open descriptor that listens already, as systemd hands it over. Its file is systemd's to make and remove.
    case inherited(descriptor: Int32)
}

extension Listener {
    /// The path that leads there; nil where none does.
    package var address: String? {
        switch self {
        case .path(let place): place.path
        case .inherited(let descriptor): BoundSocket.path(of: descriptor)
        }
    }
}

/// A socket file, and who may open it.
package struct SocketPath: Hashable, Sendable {
    package let path: String
    /// The file's permissions. To connect, one needs the right to write.
    package let mode: UInt32
    /// The name of the group that the file belongs to; nil for the daemon's own.
    package let group: String?

    package init(_ path: String, mode: UInt32, group: String? = nil) {
        self.path = path
        self.mode = mode
        self.group = group
    }

    /// The owner and a group may read tokens.
    package static let tokenMode: UInt32 = 0o660
    /// Only the owner may control.
    package static let controlMode: UInt32 = 0o600
}

/// Why nothing listens. Each says what to do.
package enum ListenerError: Error, Hashable, Sendable, CustomStringConvertible {
    case pathTooLong(path: String, bytes: Int)
    case directoryMissing(path: String)
    case notPermitted(path: String)
    /// Somebody answers there.
    case inUse(path: String)
    case notASocket(path: String)
    case groupUnknown(String, path: String)
    case groupNotPermitted(String, path: String)
    case notListening(descriptor: Int32)
    /// `reason` is the system's word for it.
    case failed(String, path: String, reason: String)

    package var description: String {
        switch self {
        case .pathTooLong(let path, let bytes):
            """
            cannot listen at \(path): the path of a UNIX socket holds \(UsualSockets.longestPath) bytes at most, this one \
            has \(bytes); choose a shorter one, such as /run/refreshd/token.sock
            """
        case .directoryMissing(let path):
            "cannot listen at \(path): its directory does not exist; make it first (RuntimeDirectory= under systemd)"
        case .notPermitted(let path):
            "cannot listen at \(path): no right to write to its directory; give it to the user that refreshd runs as"
        case .inUse(let path):
            """
            cannot listen at \(path): another program listens there, perhaps another refreshd; stop it, or choose \
            another path
            """
        case .notASocket(let path):
            "cannot listen at \(path): a file is there that is no socket, and is left alone; remove it, or choose another path"
        case .groupUnknown(let group, let path):
            "cannot listen at \(path): there is no group \(group); create it, or name another"
        case .groupNotPermitted(let group, let path):
            """
            cannot give \(path) to the group \(group): the user that refreshd runs as must be a member of it \
            (SupplementaryGroups= under systemd)
            """
        case .notListening(let descriptor):
            """
            the inherited descriptor \(descriptor) is no listening UNIX stream socket; look at the socket unit: \
            ListenStream= with a path, and Accept=no
            """
        case .failed(let step, let path, let reason):
            "cannot listen at \(path): \(step) failed: \(reason)"
        }
    }
}
