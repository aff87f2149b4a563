// Socket activation's environment, read in a process of its own because it belongs to the whole process.
import Foundation
import Testing

@testable import Systemd

@Suite("Inherited sockets", .timeLimit(.minutes(10)))
struct InheritedSocketTests {
    @Test("come with their names and in their order, and stay out of child processes")
    func named() async {
        await #expect(processExitsWith: .success) {
            // The convention begins at descriptor 3; any open descriptors will do. Another thread may have had one of
            // them for a moment: then once more.
            var sockets: [InheritedSocket]?
            for _ in 1...100 where sockets == nil {
                while open("/dev/null", O_RDONLY) < 4 {}
                setenv("LISTEN_PID", "\(getpid())", 1)
                setenv("LISTEN_FDS", "2", 1)
                setenv("LISTEN_FDNAMES", "tokens:control", 1)
                do { sockets = try InheritedSocket.all() } catch let error as SystemdError where error.errno == EBADF {}
            }

            #expect(
                sockets == [
                    InheritedSocket(name: "tokens", descriptor: 3), InheritedSocket(name: "control", descriptor: 4),
                ])
            #expect(sockets?.allSatisfy { fcntl($0.descriptor, F_GETFD) & FD_CLOEXEC != 0 } == true)
        }
    }

    @Test("meant for another process are not ours")
    func foreign() async {
        await #expect(processExitsWith: .success) {
            setenv("LISTEN_PID", "\(getppid())", 1)
            setenv("LISTEN_FDS", "2", 1)

            let sockets = try InheritedSocket.all()
            #expect(sockets == [])
        }
    }

    @Test("that are promised but not open are an error")
    func promised() async {
        await #expect(processExitsWith: .success) {
            setenv("LISTEN_PID", "\(getpid())", 1)
            setenv("LISTEN_FDS", "500", 1)
            unsetenv("LISTEN_FDNAMES")

            let error = #expect(throws: SystemdError.self) { try InheritedSocket.all() }

            #expect(error?.errno == EBADF)
        }
    }
}
