// A load to compare schedulers under: grants of one host that counts, and who reads them when. All of it is known
// beforehand, so that a clairvoyant can be asked what would have been best.

import RefreshPolicy

package struct Workload: Sendable {
    package enum Pattern: String, CaseIterable, Sendable {
        /// Some are read far more than others, at any time.
        case zipf
        case uniform
        /// All are read within ten minutes from three o'clock.
        case nightly
        /// All are read between nine and five.
        case hours
    }

    /// How many calls there would have to be, as a multiple of those that there are.
    package enum Load: String, CaseIterable, Sendable {
        case feasible
        case twofold
        case tenfold

        var grants: Int {
            switch self {
            case .feasible: 7
            case .twofold: 20
            case .tenfold: 100
            }
        }
    }

    package struct Read: Sendable {
        package let time: Int64
        package let grant: Int
        /// Whether the reader waits for a refresh.
        package let waits: Bool
    }

    package let load: Load
    package let pattern: Pattern
    /// Whether the settings say when the grants are needed.
    package let isDeclared: Bool
    package let reads: [Read]
    /// When each grant's first token ends.
    package let firstEnds: [Int64]
    package let begin: Int64
    package let end: Int64

    package static let window: Int64 = 3_600_000
    package static let callsPerWindow = 10
    package static let life: Int64 = 3_600_000
    /// What readers ask for.
    package static let minValid: Int64 = 60_000
    private static let day: Int64 = 86_400_000

    package var name: String { "\(load.rawValue) \(pattern.rawValue)\(isDeclared ? " declared" : "")" }
    package var grants: Int { firstEnds.count }

    package init(_ load: Load, _ pattern: Pattern, isDeclared: Bool, days: Int64, seed: UInt64) {
        self.load = load
        self.pattern = pattern
        self.isDeclared = isDeclared
        var dice = SeededGenerator(seed: seed)
        // A midnight.
        begin = 1_795_478_400_000 / Self.day * Self.day
        end = begin + days * Self.day
        reads = Self.reads(of: load.grants, pattern, from: begin, days: days, dice: &dice)
        let begin = begin
        firstEnds = (0..<load.grants).map { _ in begin + Int64.random(in: 0..<Self.life, using: &dice) }
    }

    /// In their order; from a midnight on.
    static func reads(
        of grants: Int, _ pattern: Pattern, from begin: Int64, days: Int64, dice: inout SeededGenerator
    ) -> [Read] {
        let end = begin + days * day
        var reads: [Read] = []
        let weights = (1...grants).map { pattern == .zipf ? 1 / Double($0) : 1 }
        let whole = weights.reduce(0, +)
        for grant in 0..<grants {
            switch pattern {
            case .zipf, .uniform, .hours:
                // A read of each grant every minute and a half, on the average, where load is feasible; else the same in all.
                let perHour = 280 * weights[grant] / whole
                var time = begin
                while true {
                    let gap = -Self.logarithm(of: Double.random(in: 1e-9..<1, using: &dice)) / perHour
                    time += max(1, Int64(gap * 3_600_000))
                    guard time < end else { break }
                    let ofDay = (time - begin) % Self.day
                    if pattern == .hours && !(32_400_000..<61_200_000).contains(ofDay) { continue }
                    reads.append(Read(time: time, grant: grant, waits: Bool.random(using: &dice)))
                }
            case .nightly:
                for day in 0..<days {
                    let first = begin + day * Self.day + 10_800_000 + Int64.random(in: 0..<600_000, using: &dice)
                    for job in 0..<4 as Range<Int64> {
                        reads.append(Read(time: first + job * 120_000, grant: grant, waits: Bool.random(using: &dice)))
                    }
                }
            }
        }
        return reads.sorted { ($0.time, $0.grant) < ($1.time, $1.grant) }
    }

    /// Every load under every pattern; those with a time of day also where the settings say so.
    package static func all(days: Int64, seed: UInt64) -> [Workload] {
        Load.allCases.flatMap { load in
            Pattern.allCases.flatMap { pattern in
                let hasTimeOfDay = pattern == .nightly || pattern == .hours
                return [Workload(load, pattern, isDeclared: false, days: days, seed: seed)]
                    + (hasTimeOfDay ? [Workload(load, pattern, isDeclared: true, days: days, seed: seed)] : [])
            }
        }
    }

    /// The keeping that the settings declare, where they do.
    var keeping: Keeping {
        guard isDeclared else { return .used }
        switch pattern {
        case .zipf, .uniform: return .used
        case .nightly: return DailySpan(start: .seconds(10_800), length: .seconds(1200)).map(Keeping.daily) ?? .used
        case .hours: return DailySpan(start: .seconds(32_400), length: .seconds(28_800)).map(Keeping.daily) ?? .used
        }
    }

    /// The natural logarithm of a number in (0, 1], to a few digits: this floor imports nothing that has it.
    private static func logarithm(of number: Double) -> Double {
        let exponent = Double(number.exponent)
        let ratio = (number.significand - 1) / (number.significand + 1)
        var term = ratio
        var sum = 0.0
        for odd in stride(from: 1.0, through: 15, by: 2) {
            sum += term / odd
            term *= ratio * ratio
        }
        return exponent * 0.693_147_180_559_945 + 2 * sum
    }
}

/// What became of a load under some scheduler.
package struct Score: Sendable {
    /// Reads that got a token that lives long enough, at once or within their wait.
    package var fresh = 0
    /// Of these, those that had to wait.
    package var waited = 0
    package var missed = 0
    package var calls = 0
}
