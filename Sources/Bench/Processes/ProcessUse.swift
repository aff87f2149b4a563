// What a process has used of processor and memory, by /proc.

import Foundation
import Harness

extension ChildProcess {
    /// Of user and system together, in steps of 10 ms.
    var processorTime: Duration {
        get throws {
            let text = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
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
            try Self.residentMemory(by: try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8))
        }
    }

    /// The same by the text of /proc/PID/status.
    static func residentMemory(by status: String) throws -> Double {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
        else { throw BenchFailure("/proc is not understood") }
        return kilobytes / 1024
    }
}

/// Something that runs in a process of its own.
protocol Measured {
    var child: ChildProcess { get }
}

extension ChildProcess: Measured {
    var child: ChildProcess { self }
}
