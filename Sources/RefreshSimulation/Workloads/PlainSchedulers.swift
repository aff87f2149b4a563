// Two plain schedulers to be better than. Both know the window and never overspend it; nothing goes wrong for them.

import RefreshPolicy

extension Workload {
    /// Tokens and what is left of the window, for whom a call takes no time.
    private struct Books {
        var ends: [Int64]
        var window: Int64 = -1
        var left = 0
        var result = Score()

        mutating func enter(_ time: Int64) {
            let window = time / Workload.window
            guard window != self.window else { return }
            self.window = window
            left = Workload.callsPerWindow
        }

        mutating func refresh(_ grant: Int, at time: Int64) -> Bool {
            guard left > 0 else { return false }
            left -= 1
            result.calls += 1
            ends[grant] = time + Workload.life
            return true
        }

        mutating func note(isFresh: Bool, waited: Bool) {
            if isFresh { result.fresh += 1 } else { result.missed += 1 }
            if isFresh && waited { result.waited += 1 }
        }
    }

    /// Renews when a reader finds no token that lives long enough.
    package func refreshedWhenRead() -> Score {
        var books = Books(ends: firstEnds)
        for read in reads {
            books.enter(read.time)
            if books.ends[read.grant] - read.time >= Self.minValid {
                books.note(isFresh: true, waited: false)
            } else {
                let isRenewed = books.refresh(read.grant, at: read.time)
                books.note(isFresh: isRenewed && read.waits, waited: true)
            }
        }
        return books.result
    }

    /// Renews whatever ends within five minutes, the earliest expiry first, as long as there are calls.
    package func earliestExpiryFirst() -> Score {
        var books = Books(ends: firstEnds)
        var next = 0
        for time in stride(from: begin, to: end, by: 1000) {
            books.enter(time)
            while books.left > 0 {
                guard let first = books.ends.indices.min(by: { books.ends[$0] < books.ends[$1] }),
                    books.ends[first] - time <= 300_000
                else { break }
                _ = books.refresh(first, at: time)
            }
            while next < reads.count, reads[next].time < time + 1000 {
                let read = reads[next]
                books.note(isFresh: books.ends[read.grant] - read.time >= Self.minValid, waited: false)
                next += 1
            }
        }
        return books.result
    }
}
