// Waiting for what must come, however slow the machine is.

import Glibc
import Harness

/// Asks again and again until there is a value. The limit is longer than any machine needs; what has not come by then
/// does not come, and `what` says what it was.
func eventually<Value>(
    _ what: String, within limit: Duration = .seconds(300), isolation: isolated (any Actor)? = #isolation,
    _ look: () async throws -> Value?
) async throws -> Value {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while clock.now < end {
        if let value = try await look() { return value }
        try await clock.sleep(for: .milliseconds(20))
    }
    throw Mishap("waited \(limit) in vain for this: \(what)")
}

/// The same for a condition.
func eventually(
    _ what: String, within limit: Duration = .seconds(300), isolation: isolated (any Actor)? = #isolation,
    _ holds: () async throws -> Bool
) async throws {
    try await eventually(what, within: limit) { try await holds() ? () : nil }
}

extension ChildProcess {
    func end() async throws -> Ending {
        try await eventually("the end of process \(pid)") { ending }
    }

    func kill() async throws {
        send(SIGKILL)
        _ = try await end()
    }
}

/// Something in the way of a test that is no expectation of its own.
struct Mishap: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
