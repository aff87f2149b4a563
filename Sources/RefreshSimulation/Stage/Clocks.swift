// The clocks of a simulation. One time is true and only goes on; this machine's clock and the server's are off by some
// amount, and this machine's may be stepped.

import RefreshPolicy

struct Clocks: Sendable {
    /// Milliseconds since 1970, by nobody's clock.
    private(set) var now: Int64
    /// What this machine's clock adds to it.
    var machineOffset: Int64 = 0
    /// What the loop takes for that: it follows a step when it comes to it.
    private(set) var followedOffset: Int64 = 0
    /// What the server's clock adds.
    var serverOffset: Int64 = 0

    init(now: Int64) {
        self.now = now
    }

    /// This machine's time, as the loop has it.
    var wall: WallTime { WallTime(milliseconds: now + followedOffset) }
    var server: Int64 { now + serverOffset }

    mutating func advance(to time: Int64) { now = max(now, time) }

    /// By how much the clock was stepped since the last call.
    mutating func followStep() -> Duration? {
        let step = machineOffset - followedOffset
        guard abs(step) >= 1000 else { return nil }
        followedOffset = machineOffset
        return .milliseconds(step)
    }

    /// A new process reads the clock as it is.
    mutating func restart() { followedOffset = machineOffset }

    /// An answer that was sent then and is here now. Both are stamped by one reading of the clock.
    func headers(rate: RateHeaders?, answeredAt: Int64, sentAt: Int64) -> AnswerHeaders {
        AnswerHeaders(
            date: ServerTime(milliseconds: (answeredAt + serverOffset) / 1000 * 1000), rate: rate,
            sentAt: wall - .milliseconds(now - sentAt), receivedAt: wall)
    }
}
