// A process that is measured: what it has used of processor and memory, by /proc.

import Foundation

final class Child: Sendable {
    private let process: Process

    /// A program beside this one.
    init(_ program: String, _ arguments: [String], environment: [String: String] = [:], log: String) throws {
        process = Process()
        process.executableURL = URL(filePath: try Self.sibling(program))
        process.arguments = arguments
        process.environment = environment
        guard FileManager.default.createFile(atPath: log, contents: nil) else {
            throw BenchFailure("cannot write \(log)")
        }
        let output = try FileHandle(forWritingTo: URL(filePath: log))
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    deinit { end() }

    static func sibling(_ name: String) throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(filePath: own).deletingLastPathComponent().appending(path: name).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw BenchFailure("\(path) is missing: build all products first, as `make bench` does")
        }
        return path
    }

    func end() {
        guard process.isRunning else { return }
        process.terminate()
        for _ in 0..<500 where process.isRunning { usleep(10_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// Of user and system together, in steps of 10 ms.
    var processorTime: Duration {
        get throws {
            let text = try String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
            // The second field, a name in parentheses, may hold spaces.
            let fields = (text.split(separator: ")").last ?? "").split(separator: " ")
            guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else {
                throw BenchFailure("/proc is not understood")
            }
            return .milliseconds((user + system) * 1000 / sysconf(Int32(_SC_CLK_TCK)))
        }
    }

    /// What of its memory is resident now, in MB.
    var residentMemory: Double {
        get throws {
            let text = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
            guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
                let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
            else { throw BenchFailure("/proc is not understood") }
            return kilobytes / 1024
        }
    }
}

/// Something that runs in a process of its own.
protocol Measured {
    var child: Child { get }
}

extension Child: Measured {
    var child: Child { self }
}
