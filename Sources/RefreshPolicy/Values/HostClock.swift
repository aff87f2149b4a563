// How far an Appwrite host's clock is from ours, measured by the `Date` header of its answers; and the only place
// where a server's time becomes ours (law 9). It is also our witness: a host's clock goes on while ours stands still.

/// The measured offset of one host's clock. Unmeasured, it is zero.
package struct HostClock: Hashable, Sendable {
    /// What to add to our time to get the host's.
    package private(set) var offset: Duration
    /// Whether an answer has told it: a host whose clock agrees with ours is one that we know of.
    package private(set) var isMeasured: Bool
    /// What the offset is, unless time has passed that our clock did not count; nil where nothing is known. It is stored
    /// beside the times that it belongs to, and moves with them.
    package private(set) var foretold: Duration?

    /// Unmeasured in this run; an earlier one may have left what it knew.
    package init(foretold: Duration? = nil) {
        offset = .zero
        isMeasured = false
        self.foretold = foretold
    }

    package init(offset: Duration) {
        self.offset = offset
        isMeasured = true
        foretold = offset
    }

    /// Clocks that are kept in step differ by less.
    private static let tolerance: Duration = .seconds(2)
    /// A host that is further ahead has a wrong clock: nobody was away for so long.
    private static let longestAway: Duration = .days(3650)

    /// Learns from one answer. The `Date` header (RFC 9110, 6.6.1) names a whole second, in which the answer was made
    /// somewhere between sending and receiving: so the offset is known to an interval, a wide one where the answer was
    /// slow. While the offset known so far lies in it, there is nothing to correct.
    ///
    /// Returns how much time has passed that our clock did not count, if any has.
    @discardableResult
    package mutating func learn(date: ServerTime, sentAt: WallTime, receivedAt: WallTime) -> Duration? {
        let least = date.milliseconds.subtractingClamped(receivedAt.milliseconds)
        let most = date.milliseconds.subtractingClamped(sentAt.milliseconds).addingClamped(999)
        guard least <= most else { return nil }
        let isFirst = !isMeasured
        isMeasured = true
        let known = offset.wholeMilliseconds
        if known < least || known > most {
            offset = least <= 0 && 0 <= most ? .zero : .milliseconds(least / 2 + most / 2)
        }
        return uncounted(.milliseconds(least), isFirst: isFirst)
    }

    /// A host that is ahead of what was foretold, for sure at `least`, has counted time that we have not: our machine
    /// stood still, or was off. One that is behind tells nothing of us, for no time runs back. It is still held against
    /// what was foretold, or where machines that disagree answer to one name, time would pass at every turn; but what it
    /// says first in a run is taken as it is, since our clock may have been put right while nobody looked.
    private mutating func uncounted(_ least: Duration, isFirst: Bool) -> Duration? {
        let known = foretold ?? offset
        let ahead = offset - known
        if ahead <= Self.tolerance && (isFirst || .zero - Self.tolerance <= ahead) {
            foretold = offset
            return nil
        }
        guard known + Self.tolerance < least, ahead < Self.longestAway else { return nil }
        foretold = offset
        return ahead
    }

    /// A server's time by our clock.
    package func local(_ time: ServerTime) -> WallTime {
        WallTime(milliseconds: time.milliseconds.subtractingClamped(offset.wholeMilliseconds))
    }

    /// Our time by the server's clock.
    package func remote(_ time: WallTime) -> ServerTime {
        ServerTime(milliseconds: time.milliseconds.addingClamped(offset.wholeMilliseconds))
    }

    /// Our clock was stepped by this much: the host's was not, so the offset moves the other way. One that was never
    /// heard is taken to have been in step with ours.
    package mutating func stepped(by step: Duration) {
        foretold = (foretold ?? offset) - step
        offset -= step
    }
}
