// Which grants were read how often, gathered in memory and written now and then: recording a read costs no write. A
// crash loses the last half minute of it, which moves `stopAfter` by as much. A read is stamped by steady time, since
// the clock may be stepped before it is written.

import RefreshPolicy
import Synchronization

final class Demand: Sendable {
    private struct Reads {
        var times: Int
        var last: Duration
    }

    private let reads = Mutex<[Grant: Reads]>([:])
    /// More distinct grants than this between two writes are not remembered apart; they are read again soon.
    private static let most = 10_000

    func record(_ grant: Grant, at now: Duration) {
        reads.withLock { reads in
            guard reads.count < Self.most || reads[grant] != nil else { return }
            reads[grant, default: Reads(times: 0, last: now)].times += 1
            reads[grant]?.last = now
        }
    }

    /// What was gathered, as changes; and forgets it.
    func drain(by clock: any WallClock) -> [Change] {
        let (now, steady) = (clock.now(), clock.steady())
        return reads.withLock { reads in
            defer { reads.removeAll(keepingCapacity: true) }
            return reads.map { .read($0.key, times: $0.value.times, at: now - max(.zero, steady - $0.value.last)) }
        }
    }
}
