// How well the machine keeps up: a short sleep and a write to disk, over and over. What comes late here comes late for
// refreshd too, and that is not its fault.

import Dispatch
import Foundation

struct Pulse: Sendable {
    let file: String
    let records: Records

    private static let beat: Duration = .milliseconds(200)
    /// Less is the usual jitter.
    private static let worthNoting: Duration = .milliseconds(100)

    func run() async throws {
        let queue = DispatchQueue(label: "pulse")
        while true {
            let start = ContinuousClock.now
            try await Task.sleep(for: Self.beat)
            let isWritten = await withCheckedContinuation { written in
                queue.async { written.resume(returning: writeToDisk()) }
            }
            guard isWritten else { throw DemoFailure("cannot write \(file)") }
            let late = ContinuousClock.now - start - Self.beat
            if late > Self.worthNoting {
                records.change { $0.stalls.append(Stall(at: Records.moment, lateBy: late.milliseconds)) }
            }
        }
    }

    private func writeToDisk() -> Bool {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return write(descriptor, "beat", 4) == 4 && fsync(descriptor) == 0
    }
}
