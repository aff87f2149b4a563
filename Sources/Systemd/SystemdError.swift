// How a refused call is reported: which call, what the system said, what that means for the daemon.
import Glibc

/// A call to libsystemd or to the kernel that was refused.
package struct SystemdError: Error, Equatable, CustomStringConvertible {
    package let call: String
    /// A positive `errno` value.
    package let errno: Int32
    package let consequence: String

    package var description: String { "\(call) failed: \(reason(errno)); \(consequence)" }
}

/// The system's own words for `errno`. glibc's `strerror` keeps its buffer per thread.
func reason(_ errno: Int32) -> String { String(cString: strerror(errno)) }
