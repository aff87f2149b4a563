// How long to wait after a failure. Each retry may cost one of ten calls an hour, so the table grows fast and ends at
// an hour: providers' outages last minutes to hours, and a token that is refused for an hour is not helped by haste.

package enum Backoff {
    /// Multiples of the first wait (30 s): a blip; a restart; a deploy; twice something slower; an outage; and then
    /// once an hour, about the life of a token.
    private static let multiples: [Int64] = [1, 2, 4, 10, 20, 60, 120]

    /// The wait after so many failures in a row, spread by a fifth either way so that sessions that failed together do
    /// not come back together.
    package static func wait(
        afterFailures failures: Int, first: Duration, dice: inout SeededGenerator
    ) -> Duration {
        let multiple = multiples[min(max(failures, 1), multiples.count) - 1]
        let whole = first.wholeMilliseconds * multiple
        return .milliseconds(whole - whole / 5 + Int64.random(in: 0...max(1, whole * 2 / 5), using: &dice))
    }
}
