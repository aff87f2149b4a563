// A program that the demo runs: its output goes to a file, and it never outlives the demo.

import Foundation

final class ChildProcess: Sendable {
    let name: String
    private let process: Process

    /// Variables by which systemd speaks to a service: not meant for the children of the demo.
    private static let supervisors = [
        "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES",
        "STATE_DIRECTORY", "RUNTIME_DIRECTORY", "CREDENTIALS_DIRECTORY", "JOURNAL_STREAM", "INVOCATION_ID",
    ]

    /// Starts a program that stands beside this one. `log` is appended to.
    init(_ name: String, _ arguments: [String], log: String) throws {
        self.name = name
        process = Process()
        process.executableURL = try Self.sibling(name)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.filter { !Self.supervisors.contains($0.key) }
        let output = try Self.open(log)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        do {
            try process.run()
        } catch {
            throw DemoFailure("cannot start \(name): \(error.localizedDescription)")
        }
    }

    var pid: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    /// Nil while it runs. 128 and the signal's number for a death by signal, as in a shell.
    var exitStatus: Int32? {
        guard !process.isRunning else { return nil }
        switch process.terminationReason {
        case .exit: return process.terminationStatus
        case .uncaughtSignal: return 128 + process.terminationStatus
        @unknown default: return process.terminationStatus
        }
    }

    func kill(_ signal: Int32) {
        if process.isRunning { Foundation.kill(process.processIdentifier, signal) }
    }

    /// Waits for its end; nil when `limit` has passed before.
    func ended(within limit: Duration) async throws -> Int32? {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if let exitStatus { return exitStatus }
            try await Task.sleep(for: .milliseconds(20))
        }
        return exitStatus
    }

    /// Ends it for certain, also when this task is cancelled: hence without any `await`.
    func end() {
        kill(SIGTERM)
        for _ in 0..<150 where process.isRunning { usleep(20_000) }
        kill(SIGKILL)
        while process.isRunning { usleep(20_000) }
    }

    private static func sibling(_ name: String) throws -> URL {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(filePath: own).deletingLastPathComponent().appending(path: name)
        guard FileManager.default.isExecutableFile(atPath: path.path) else {
            throw DemoFailure("\(path.path) is missing: build everything first, as `make demo` does")
        }
        return path
    }

    private static func open(_ log: String) throws -> FileHandle {
        let descriptor = Foundation.open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DemoFailure("cannot write \(log): \(String(cString: strerror(errno)))") }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}
