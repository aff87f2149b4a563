// The sockets a `.socket` unit opened for this service before it was started, by sd_listen_fds(3).
import CSystemd
import Glibc

/// A listening socket handed over by the service manager.
package struct InheritedSocket: Equatable, Sendable {
    /// The socket unit's `FileDescriptorName=`; the unit's own name when it sets none. Several may share a name.
    package let name: String
    /// Open, close-on-exec, and from now on the caller's to close.
    package let descriptor: Int32

    /// The sockets meant for this process, in the order of the socket unit; none when it was started without any.
    package static func all() throws(SystemdError) -> [InheritedSocket] {
        let first: Int32 = 3  // SD_LISTEN_FDS_START: right after standard input, output and error.
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(0, &names)
        if count < 0 {
            throw SystemdError(
                call: "sd_listen_fds_with_names", errno: -count,
                consequence: "the sockets named by LISTEN_FDS and LISTEN_FDNAMES cannot be used")
        }
        defer {
            for index in 0..<Int(count) { free(names?[index]) }
            free(names)
        }
        return (0..<count).map { index in
            InheritedSocket(
                name: names?[Int(index)].map { String(cString: $0) } ?? "unknown", descriptor: first + index)
        }
    }
}
