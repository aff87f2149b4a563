// How long to wait after a failure. Each retry may cost one of ten calls an hour, so the table grows fast: what many
// sessions fail of is a condition and has a pace of its own, and what one alone fails of for hours is not helped by
// haste.

package enum Backoff {
    /// Multiples of the first wait (30 s): a blip; a restart; a deploy; twice something slower; an outage; twice once an
    /// hour, about the life of a token; and then once in two hours, and in four.
    private static let multiples: [Int64] = [1, 2, 4, 10, 20, 60, 120, 120, 240, 480]

    /// The longest wait that a table with this first wait can come to.
    package static func longest(first: Duration) -> Duration {
        let longest = wait(afterFailures: multiples.count, first: first)
        return longest + longest / 5
    }

    /// The wait after so many failures in a row.
    package static func wait(afterFailures failures: Int, first: Duration) -> Duration {
        .milliseconds(max(0, first.wholeMilliseconds) * multiples[min(max(failures, 1), multiples.count) - 1])
    }

    /// The same, spread by a fifth either way so that sessions that failed together do not come back together.
    package static func wait(
        afterFailures failures: Int, first: Duration, dice: inout SeededGenerator
    ) -> Duration {
        let whole = wait(afterFailures: failures, first: first).wholeMilliseconds
        return .milliseconds(whole - whole / 5 + Int64.random(in: 0...max(1, whole * 2 / 5), using: &dice))
    }
}
