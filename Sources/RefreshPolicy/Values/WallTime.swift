// Time as the policy is told it. There are two kinds, and the compiler keeps them apart:
// `WallTime` is this machine's, `ServerTime` an Appwrite host's. `HostClock` is the one bridge (law 9).

/// A moment of UTC by this machine's clock, in whole milliseconds since 1970.
package struct WallTime: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: WallTime, right: WallTime) -> Bool { left.milliseconds < right.milliseconds }

    package static func + (time: WallTime, duration: Duration) -> WallTime {
        WallTime(milliseconds: time.milliseconds.addingClamped(duration.wholeMilliseconds))
    }

    package static func - (time: WallTime, duration: Duration) -> WallTime {
        WallTime(milliseconds: time.milliseconds.subtractingClamped(duration.wholeMilliseconds))
    }

    package static func - (left: WallTime, right: WallTime) -> Duration {
        .milliseconds(left.milliseconds.subtractingClamped(right.milliseconds))
    }
}

/// A moment of UTC by the clock of an Appwrite host, in whole milliseconds since 1970.
package struct ServerTime: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: ServerTime, right: ServerTime) -> Bool { left.milliseconds < right.milliseconds }

    package static func - (left: ServerTime, right: ServerTime) -> Duration {
        .milliseconds(left.milliseconds.subtractingClamped(right.milliseconds))
    }
}

extension Duration {
    /// This duration in whole milliseconds, rounded towards zero and clamped to a hundred centuries, so that no
    /// foreign number overflows.
    package var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let limit: Int64 = 315_360_000_000
        return max(-limit, min(limit, seconds)) * 1000 + attoseconds / 1_000_000_000_000_000
    }
}

extension Int64 {
    /// Addition that stops at the ends of the range: times come from foreign servers and may be absurd.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        guard overflow else { return sum }
        return other < 0 ? .min / 2 : .max / 2
    }

    /// Subtraction that stops at the ends of the range.
    func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        guard overflow else { return difference }
        return other < 0 ? .max / 2 : .min / 2
    }
}
