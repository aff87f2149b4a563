// How much a grant is read, in a form that needs no rewriting as it cools: it decays alike for all, so the order of two
// grants changes only when one of them is read (forward decay: Cormode, Shkapenyuk, Srivastava, Xu 2009).

/// The moment at which one single read would weigh as much as all reads so far, each of which halves in weight with
/// every `halfLife`. A moment like any other: when this machine's clock is stepped, it moves along.
package struct Heat: Hashable, Comparable, Sendable {
    package let asOneReadAt: WallTime

    package init(asOneReadAt: WallTime) {
        self.asOneReadAt = asOneReadAt
    }

    /// Half a day: long enough that a night does not make all grants alike, short enough that last week's use does not
    /// outweigh today's.
    package static let halfLife: Duration = .seconds(12 * 3600)

    /// So many reads at one moment.
    package init(reads: Int, at now: WallTime) {
        let doublings = max(1, reads).bitWidth - max(1, reads).leadingZeroBitCount - 1
        let most = Heat(asOneReadAt: now + .milliseconds(Int64(doublings) * Self.halfLife.wholeMilliseconds))
        let rest = max(1, reads) - (1 << doublings)
        self = rest == 0 ? most : most.adding(Heat(reads: rest, at: now))
    }

    package static func < (left: Heat, right: Heat) -> Bool { left.asOneReadAt < right.asOneReadAt }

    package func adding(_ other: Heat) -> Heat {
        let (greater, lesser) = self < other ? (other, self) : (self, other)
        return Heat(asOneReadAt: greater.asOneReadAt + Self.gain(from: greater.asOneReadAt - lesser.asOneReadAt))
    }

    package func adding(reads: Int, at now: WallTime) -> Heat { adding(Heat(reads: reads, at: now)) }

    /// How many reads are to be expected in so long a time, in thousandths: as many as there would be if the reads went on
    /// as they have been. Clamped to a million.
    package func expectedReads(in period: Duration, at now: WallTime) -> Int {
        let whole = Self.halfLife.wholeMilliseconds
        let distance = (asOneReadAt - now).wholeMilliseconds
        let doublings = max(-20, min(20, distance >= 0 ? distance / whole : (distance - whole + 1) / whole))
        let into = max(0, min(1023, (distance - doublings * whole) * 1024 / whole))
        // 1024 · 2^(into/1024), by a parabola that is right to a third of a percent.
        let mantissa = 1024 + (672 * into + 352 * into * into / 1024) / 1024
        let weight = doublings >= 0 ? mantissa << doublings : mantissa >> -doublings
        // Reads that go on at a rate r weigh r · halfLife / ln 2 in all; ln 2 is 710/1024.
        let perHalfLife = min(weight, 1 << 40) * 710 / 1024
        let (reads, overflow) = (perHalfLife * 1000 / 1024).multipliedReportingOverflow(by: period.wholeMilliseconds)
        return overflow ? 1_000_000_000 : Int(min(1_000_000_000, reads / whole))
    }

    package func stepped(by step: Duration) -> Heat { Heat(asOneReadAt: asOneReadAt + step) }

    /// By how much a weight grows when another is added that lies so far below it: `halfLife · log2(1 + 2^-d)`, with `d`
    /// in half lives; from a table, in straight lines between its points.
    private static func gain(from distance: Duration) -> Duration {
        let whole = halfLife.wholeMilliseconds
        let quarters = distance.wholeMilliseconds * 4
        let index = Int(quarters / whole)
        guard index + 1 < table.count else { return smallGain(from: distance.wholeMilliseconds) }
        let into = quarters % whole
        let parts = table[index] * (whole - into) + table[index + 1] * into
        return .milliseconds(parts / 1024)
    }

    /// Far below, `log2(1 + 2^-d)` is `2^-d / ln 2`, and 1/ln 2 is 1477/1024: so a single read counts for the hottest too.
    private static func smallGain(from distance: Int64) -> Duration {
        let whole = halfLife.wholeMilliseconds
        let doublings = min(60, distance / whole)
        let into = (distance - distance / whole * whole) * 1024 / whole
        // 1024 · 2^-(into/1024), by a parabola.
        let mantissa = 1024 - (704 * into - 192 * into * into / 1024) / 1024
        return .milliseconds((whole * 1477 / 1024 * mantissa / 1024) >> doublings)
    }

    /// `1024 · log2(1 + 2^-(k/4))`: the k-th entry is for a distance of k quarters of a half life.
    private static let table: [Int64] = [
        1024, 902, 790, 689, 599, 518, 447, 385, 330, 282, 240, 205, 174, 148, 125, 106, 90, 76, 64, 54, 45,
    ]
}
