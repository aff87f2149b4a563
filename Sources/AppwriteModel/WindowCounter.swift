// The rate limit: fixed windows aligned to the clock, one count per host name and client address.

/// The three `X-Ratelimit-*` headers. Appwrite never sends `Retry-After`.
package struct RateHeaders: Sendable, Equatable {
    package let limit: Int
    package let remaining: Int
    /// The unix second at which the window ends.
    package let reset: Int64
}

/// The two metered calls on a session. They share one count but not one limit: a DELETE is let through long after a
/// PATCH is not.
package enum MeteredCall: String, Sendable, CaseIterable {
    case patch
    case delete

    var limit: Int {
        switch self {
        case .patch: 10
        case .delete: 100
        }
    }
}

/// How the counter dealt with one call.
package enum Charge: String, Sendable {
    /// It counted.
    case counted
    /// Let through without counting: a valid dev key, or a server that does not count.
    case exempt
    /// Refused with 429, which does not count.
    case overLimit
    /// Refused before the counter was reached; it does not count.
    case notReached
}

/// Bounded by the addresses that call: of each only the newest window is kept and the one before it, which a clock that
/// is set back a little may enter again.
struct WindowCounter: Sendable {
    let windowLength: Milliseconds
    private var counts: [Key: Windows] = [:]

    private struct Key: Hashable {
        let host: String
        let ip: String
    }

    private struct Windows {
        var newest: (start: Milliseconds, used: Int)
        var before: (start: Milliseconds, used: Int)?

        func used(in start: Milliseconds) -> Int {
            if start == newest.start { return newest.used }
            return before?.start == start ? before?.used ?? 0 : 0
        }

        mutating func count(in start: Milliseconds) {
            if start == newest.start {
                newest.used += 1
            } else if start > newest.start {
                before = newest
                newest = (start, 1)
            } else {
                before = (start, used(in: start) + 1)
            }
        }
    }

    init(windowLength: Milliseconds) {
        self.windowLength = windowLength
    }

    func windowStart(at now: Milliseconds) -> Milliseconds {
        now - now % windowLength
    }

    /// Weighs one call and counts it if it is metered and fits. `Remaining` is told as if this call counted, also when
    /// it does not: hence "always 9" on a server that does not count.
    mutating func charge(
        _ call: MeteredCall, host: String, ip: String, exempt: Bool, now: Milliseconds
    ) -> (Charge, RateHeaders) {
        let start = windowStart(at: now)
        let key = Key(host: host, ip: ip)
        let used = counts[key]?.used(in: start) ?? 0
        let headers = RateHeaders(
            limit: call.limit, remaining: max(0, call.limit - used - 1), reset: (start + windowLength) / 1000)
        if exempt {
            return (.exempt, headers)
        }
        guard used < call.limit else {
            return (.overLimit, headers)
        }
        counts[key, default: Windows(newest: (start, 0))].count(in: start)
        return (.counted, headers)
    }
}
