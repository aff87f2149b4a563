// Durations as people write them, in the settings and on the command line: one number and one unit.

import RefreshPolicy

/// Reads and writes `250ms`, `30s`, `5m`, `1h` and `30d`.
package enum DurationText {
    package static let examples = "30s, 5m, 1h or 30d"

    /// Ten years: more is a slip of the pen, and would overflow where times are added.
    package static let longest: Duration = .days(3650)

    package enum Flaw: Error, Hashable, Sendable {
        case noUnit(number: String)
        case severalUnits
        case tooLong
        /// Written in another way, as in `90 minutes` or `1.5h`.
        case otherwise(meant: String)
        case other

        package var words: String? {
            switch self {
            case .noUnit(let number): "Write the unit too: \(number)s for seconds, \(number)m for minutes."
            case .severalUnits: "Write one number and one unit: 90m, not 1h30m."
            case .tooLong: "The longest is 3650d."
            case .otherwise(let meant): "Write \(meant)."
            case .other: nil
            }
        }
    }

    /// Units from the shortest, in milliseconds.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    package static func parse(_ text: String) throws(Flaw) -> Duration {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count)
        guard !digits.isEmpty else { throw .other }
        guard !unit.isEmpty else { throw .noUnit(number: digits.count < 10 ? String(digits) : "30") }
        guard let milliseconds = units.first(where: { $0.name == unit })?.milliseconds else {
            if let meant = meant(by: text) { throw .otherwise(meant: meant) }
            throw unit.first?.isLetter == true && unit.contains(where: \.isNumber) ? .severalUnits : .other
        }
        guard let number = Int64(digits), number <= longest.wholeMilliseconds / milliseconds else { throw .tooLong }
        return .milliseconds(number * milliseconds)
    }

    /// What people write for units elsewhere, in milliseconds: months and years are of 30 and 365 days.
    private static let words: [(names: [String], milliseconds: Int64)] = [
        (["ms", "msec", "msecs", "millisecond", "milliseconds"], 1),
        (["s", "sec", "secs", "second", "seconds"], 1000),
        (["m", "min", "mins", "minute", "minutes"], 60_000),
        (["h", "hr", "hrs", "hour", "hours"], 3_600_000),
        (["d", "day", "days"], 86_400_000),
        (["w", "week", "weeks"], 7 * 86_400_000),
        (["month", "months"], 30 * 86_400_000),
        (["y", "yr", "year", "years"], 365 * 86_400_000),
    ]

    /// The duration that `1.5 hours` means, in the form that is read; nil where it means none.
    private static func meant(by text: String) -> String? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(number.count).drop { $0 == " " }.lowercased()
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ (1...6).contains($0.count) }),
            let milliseconds = words.first(where: { $0.names.contains(unit) })?.milliseconds,
            let whole = Int64(parts[0]), let fraction = Int64(parts.count == 2 ? parts[1] : "0")
        else { return nil }
        let scale = (0..<(parts.count == 2 ? parts[1].count : 0)).reduce(Int64(1)) { scale, _ in scale * 10 }
        let meant = whole * milliseconds + fraction * milliseconds / scale
        guard meant > 0, meant <= longest.wholeMilliseconds else { return nil }
        return Self.text(.milliseconds(meant))
    }

    /// In whole seconds, as the sockets take it; rounded up, so that nobody gets less than was asked for.
    package static func wholeSeconds(_ duration: Duration) -> Int64 { (duration.wholeMilliseconds + 999) / 1000 }

    /// With the greatest unit that needs no fraction, in whole milliseconds.
    package static func text(_ duration: Duration) -> String {
        let whole = duration.wholeMilliseconds
        guard whole != 0 else { return "0s" }
        let unit = units.last { whole % $0.milliseconds == 0 } ?? units[0]
        return "\(whole / unit.milliseconds)\(unit.name)"
    }
}
