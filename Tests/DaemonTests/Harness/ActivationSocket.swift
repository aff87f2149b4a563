// The service manager's side of socket activation: it listens, before there is a daemon and after.

import Glibc
import Harness
import UnixSockets

final class ActivationSocket: Sendable {
    /// As `FileDescriptorName=` says.
    let name: String
    let path: String
    let descriptor: Int32

    init(_ name: String, at path: String) throws {
        self.name = name
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let result = withSocketAddress(path) { bind(descriptor, $0, $1) }
        guard result == 0, chmod(path, 0o640) == 0, listen(descriptor, 4096) == 0 else {
            throw HarnessTrouble("cannot listen at \(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        close(descriptor)
    }

    /// What the file system says of the file: it must stay as it is.
    var file: [UInt64] {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return [] }
        return [UInt64(facts.st_ino), UInt64(facts.st_mode), UInt64(facts.st_uid), UInt64(facts.st_gid)]
    }
}
