// How far an Appwrite host's clock is from ours, measured by the `Date` header of its answers; and the only place
// where a server's time becomes ours (law 9).

/// The measured offset of one host's clock. Unmeasured, it is zero.
package struct HostClock: Hashable, Sendable {
    /// What to add to our time to get the host's.
    package private(set) var offset: Duration
    /// Whether an answer has told it: a host whose clock agrees with ours is one that we know of.
    package private(set) var isMeasured: Bool

    /// Unmeasured.
    package init() {
        offset = .zero
        isMeasured = false
    }

    package init(offset: Duration) {
        self.offset = offset
        isMeasured = true
    }

    /// Learns from one answer. The `Date` header (RFC 9110, 6.6.1) names a whole second, in which the answer was made
    /// somewhere between sending and receiving: so the offset is known to an interval, a wide one where the answer was
    /// slow. While the offset known so far lies in it, there is nothing to correct.
    package mutating func learn(date: ServerTime, sentAt: WallTime, receivedAt: WallTime) {
        let least = date.milliseconds.subtractingClamped(receivedAt.milliseconds)
        let most = date.milliseconds.subtractingClamped(sentAt.milliseconds).addingClamped(999)
        guard least <= most else { return }
        isMeasured = true
        let known = offset.wholeMilliseconds
        guard known < least || known > most else { return }
        offset = least <= 0 && 0 <= most ? .zero : .milliseconds(least / 2 + most / 2)
    }

    /// A server's time by our clock.
    package func local(_ time: ServerTime) -> WallTime {
        WallTime(milliseconds: time.milliseconds.subtractingClamped(offset.wholeMilliseconds))
    }

    /// Our time by the server's clock.
    package func remote(_ time: WallTime) -> ServerTime {
        ServerTime(milliseconds: time.milliseconds.addingClamped(offset.wholeMilliseconds))
    }

    /// Our clock was stepped by this much: the host's was not, so the offset moves the other way.
    package mutating func stepped(by step: Duration) {
        offset -= step
    }
}
