// The system calls that make a listening UNIX socket, before any thread of the server knows of it.

import Glibc
import UnixSockets

/// A descriptor that listens, and the file that leads to it.
struct BoundSocket: Sendable {
    let descriptor: CInt
    /// Nil where the file is not ours.
    private let file: File?

    init(_ listener: Listener) throws(ListenerError) {
        switch listener {
        case .path(let place):
            (descriptor, file) = try Self.bind(place)
        case .inherited(let inherited):
            guard Self.option(SO_ACCEPTCONN, of: inherited) == 1, Self.option(SO_DOMAIN, of: inherited) == AF_UNIX,
                Self.option(SO_TYPE, of: inherited) == CInt(SOCK_STREAM.rawValue)
            else { throw .notListening(descriptor: inherited) }
            (descriptor, file) = (inherited, nil)
        }
    }

    /// Lets as many connections wait to be accepted as Linux allows by default (`net.core.somaxconn`). When they are too
    /// many, a client that does not block gets EAGAIN, which few understand.
    private static func listen(_ descriptor: CInt) -> Bool {
        Glibc.listen(descriptor, 4096) == 0
    }

    /// Removes the file, unless somebody else's has taken its place.
    func removeFile() {
        guard let file, File(at: file.path) == file else { return }
        unlink(file.path)
    }

    func close() {
        _ = Glibc.close(descriptor)
    }

    /// A file as the file system knows it: another one at the same path is another file. Inode numbers are used again
    /// at once, so the time of its making, which nothing changes for a socket, belongs to it too.
    private struct File: Hashable {
        let path: String
        let device: dev_t
        let inode: ino_t
        let madeAt: [Int]
        let isSocket: Bool

        init?(at path: String) {
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            self.path = path
            device = status.st_dev
            inode = status.st_ino
            madeAt = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
            isSocket = status.st_mode & S_IFMT == S_IFSOCK
        }
    }

    private static func bind(_ place: SocketPath) throws(ListenerError) -> (CInt, File?) {
        let path = place.path
        guard path.utf8.count <= UsualSockets.longestPath else {
            throw .pathTooLong(path: path, bytes: path.utf8.count)
        }
        let descriptor = try streamSocket(for: path)
        do throws(ListenerError) {
            try bind(descriptor, to: path)
            // Nobody can connect before `listen`: until then the file may have whatever mode the umask left it.
            if let group = place.group { try give(path, to: group) }
            guard chmod(path, place.mode) == 0 else { throw failure("chmod", path) }
            guard listen(descriptor) else { throw failure("listen", path) }
        } catch {
            _ = Glibc.close(descriptor)
            throw error
        }
        return (descriptor, File(at: path))
    }

    private static func streamSocket(for path: String) throws(ListenerError) -> CInt {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("socket", path) }
        return descriptor
    }

    /// Binds; takes the place of a socket whose daemon is dead.
    private static func bind(_ descriptor: CInt, to path: String) throws(ListenerError) {
        guard let first = call(Glibc.bind, descriptor, path) else { return }
        guard first == EADDRINUSE else { throw refusal(first, path) }
        guard let found = File(at: path), found.isSocket else { throw .notASocket(path: path) }

        let caller = try streamSocket(for: path)
        let answer = call(Glibc.connect, caller, path)
        _ = Glibc.close(caller)
        guard answer == ECONNREFUSED else { throw .inUse(path: path) }

        guard unlink(path) == 0 else { throw refusal(errno, path) }
        if let second = call(Glibc.bind, descriptor, path) {
            throw second == EADDRINUSE ? .inUse(path: path) : refusal(second, path)
        }
    }

    /// Calls `bind` or `connect` with the path as address; nil when it worked, else its error number.
    private static func call(
        _ function: (CInt, UnsafePointer<sockaddr>, socklen_t) -> CInt, _ descriptor: CInt, _ path: String
    ) -> CInt? {
        withSocketAddress(path) { function(descriptor, $0, $1) } == 0 ? nil : errno
    }

    private static func give(_ path: String, to name: String) throws(ListenerError) {
        var entry = group()
        var found: UnsafeMutablePointer<group>?
        // Holds the members' names too; a group with more than a thousand of them is not found.
        var memory = [CChar](repeating: 0, count: 65_536)
        guard getgrnam_r(name, &entry, &memory, memory.count, &found) == 0, found != nil else {
            throw .groupUnknown(name, path: path)
        }
        guard chown(path, uid_t.max, entry.gr_gid) == 0 else {
            throw errno == EPERM ? .groupNotPermitted(name, path: path) : failure("chown", path)
        }
    }

    /// The path that a socket is bound to; nil where it has none.
    static func path(of descriptor: CInt) -> String? {
        var address = sockaddr_un()
        var size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        guard result == 0, address.sun_family == sa_family_t(AF_UNIX) else { return nil }
        let bytes = withUnsafeBytes(of: address.sun_path) { $0.prefix { $0 != 0 } }
        return bytes.first == UInt8(ascii: "/") ? String(validating: bytes, as: UTF8.self) : nil
    }

    private static func option(_ name: CInt, of descriptor: CInt) -> CInt? {
        var value: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
    }

    private static func refusal(_ number: CInt, _ path: String) -> ListenerError {
        switch number {
        case ENOENT, ENOTDIR: .directoryMissing(path: path)
        case EACCES, EPERM, EROFS: .notPermitted(path: path)
        default: .failed("bind", path: path, reason: String(cString: strerror(number)))
        }
    }

    private static func failure(_ step: String, _ path: String) -> ListenerError {
        .failed(step, path: path, reason: String(cString: strerror(errno)))
    }
}
