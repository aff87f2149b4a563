// A UNIX socket's address as the kernel takes it.

package import Glibc

/// Gives `body` the address of `path`, for bind(2), connect(2) and their like. What is longer than
/// `UsualSockets.longestPath` is cut: whoever takes paths from outside refuses it before.
package func withSocketAddress<Value>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) {
        $0.copyBytes(from: path.utf8.prefix(UsualSockets.longestPath))
    }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
