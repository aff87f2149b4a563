// A flood is told of once, however often connections come and go in it.

import NIOCore

/// Times of what must not be told each time that it happens.
struct Flood: Sendable {
    /// So long after the last one it is over, and the next is told again.
    private static let ebb = TimeAmount.minutes(5)

    private var last: NIODeadline?

    /// Notes that it happened; true where that is to be told.
    mutating func rises(at now: NIODeadline) -> Bool {
        defer { last = now }
        return last.map { now - $0 > Self.ebb } ?? true
    }
}
