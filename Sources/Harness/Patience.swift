// Waiting for what must come, however slow the machine is.

import Glibc

/// Asks again and again until there is a value. The limit is longer than any machine needs; what has not come by then
/// does not come, and `what` says what it was.
package func eventually<Value>(
    _ what: String, within limit: Duration = .seconds(300), isolation: isolated (any Actor)? = #isolation,
    _ look: () async throws -> Value?
) async throws -> Value {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while clock.now < end {
        if let value = try await look() { return value }
        try await clock.sleep(for: .milliseconds(20))
    }
    throw HarnessTrouble("waited \(limit) in vain for this: \(what)")
}

/// The same for a condition.
package func eventually(
    _ what: String, within limit: Duration = .seconds(300), isolation: isolated (any Actor)? = #isolation,
    _ holds: () async throws -> Bool
) async throws {
    try await eventually(what, within: limit) { try await holds() ? () : nil }
}

extension ChildProcess {
    package func untilEnd() async throws -> Ending {
        try await eventually("the end of process \(pid)") { ending }
    }

    package func endAtOnce() async throws {
        send(SIGKILL)
        _ = try await untilEnd()
    }
}
