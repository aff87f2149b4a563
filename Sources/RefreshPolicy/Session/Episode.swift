// What became of a session lately, kept with its row for whoever asks why it stands as it does. It costs no write of its
// own: an outcome is noted where the row is written for it. No decision rests on it.

/// Outcomes in a row that were alike. A session that does well has two: found, and renewed so many times.
package struct Episode: Hashable, Sendable {
    package let reason: Reason
    package private(set) var times: Int
    package let first: WallTime
    package private(set) var last: WallTime

    package init(reason: Reason, times: Int = 1, first: WallTime, last: WallTime) {
        self.reason = reason
        self.times = times
        self.first = first
        self.last = last
    }

    package func shifted(by step: Duration) -> Episode {
        Episode(reason: reason, times: times, first: first + step, last: last + step)
    }

    fileprivate mutating func goOn(at now: WallTime) {
        times += 1
        last = now
    }
}

extension SessionRow {
    /// Enough to see what went before a trouble, and some 300 bytes at most.
    package static let mostEpisodes = 8

    /// Notes what this row tells that `stored`, the same session before, did not.
    mutating func noteOutcome(after stored: SessionRow?, at now: WallTime) {
        guard reason.code != .sending else { return }
        if let stored {
            let isNews =
                reason != stored.reason || failures > stored.failures || holdsNewerToken(than: stored)
            guard isNews else { return }
        }
        if episodes.last?.reason == reason {
            episodes[episodes.count - 1].goOn(at: now)
        } else {
            episodes.append(Episode(reason: reason, first: now, last: now))
            episodes.removeFirst(max(0, episodes.count - Self.mostEpisodes))
        }
    }
}
