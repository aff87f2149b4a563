// What reaches the service manager's socket. libsystemd reads the process's own environment, which parallel tests share:
// each of these runs in a process of its own.
import Foundation
import Testing

@testable import Systemd

@Suite("The supervisor", .timeLimit(.minutes(10)))
struct SupervisorTests {
    @Test("gets each notice as one datagram")
    func delivered() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let socket = try DatagramSocket(path: "\(folder.path)/notify")
            setenv("NOTIFY_SOCKET", "\(folder.path)/notify", 1)

            try Supervisor.tell(.ready(status: "Keeping 12 sessions"))
            try Supervisor.tell(.watchdog)

            #expect(socket.next() == "READY=1\nSTATUS=Keeping 12 sessions")
            #expect(socket.next() == "WATCHDOG=1")
            #expect(socket.next() == nil)
        }
    }

    @Test("that does not exist is told nothing, and that is no error")
    func absent() async {
        await #expect(processExitsWith: .success) {
            unsetenv("NOTIFY_SOCKET")
            unsetenv("WATCHDOG_USEC")

            try Supervisor.tell(.ready(status: "Alone"))

            #expect(try Supervisor.watchdogTimeout() == nil)
        }
    }

    @Test("that cannot be reached is an error which says what follows")
    func unreachable() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            setenv("NOTIFY_SOCKET", "\(folder.path)/nobody", 1)

            let error = #expect(throws: SystemdError.self) { try Supervisor.tell(.watchdog) }

            #expect(error?.errno == ENOENT)
            #expect(error?.description.contains("may stop it after the unit's timeout") == true)
        }
    }

    @Test("watches the process that WATCHDOG_PID names, and no other")
    func watchdog() async {
        await #expect(processExitsWith: .success) {
            setenv("WATCHDOG_USEC", "2500000", 1)

            setenv("WATCHDOG_PID", "\(getpid())", 1)
            let ours = try Supervisor.watchdogTimeout()
            #expect(ours == .milliseconds(2500))

            setenv("WATCHDOG_PID", "\(getppid())", 1)
            let another = try Supervisor.watchdogTimeout()
            #expect(another == nil)

            setenv("WATCHDOG_USEC", "soon", 1)
            unsetenv("WATCHDOG_PID")
            #expect(throws: SystemdError.self) { try Supervisor.watchdogTimeout() }
        }
    }
}

/// Stands where the service manager listens.
private final class DatagramSocket {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
    }

    deinit { close(descriptor) }

    /// The next datagram, if one has arrived: a UNIX socket has it when the sender's call returns.
    func next() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}
