// One measured figure, in the form that all benchmarks print and write.

import Foundation

struct Figure: Encodable, Sendable {
    var name: String
    let value: Double
    let unit: String
    /// What it is held to, in words; nil where it is only told.
    var target: String?
    /// What it is a ratio to, or was run beside.
    var against: String?
    var limitedBy: String?

    static func write(_ figures: [Figure], to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(figures).write(to: URL(fileURLWithPath: path))
    }

    /// One line: what, how much, held to what, beside what.
    var line: String {
        let held = target.map { "(\($0))" } ?? ""
        let beside = against.map { "beside \($0)" } ?? ""
        return [padded(name, 58), padded("\(shortly(value)) \(unit)", 18), padded(held, 18), beside].joined(
            separator: " ")
    }
}

/// With as many decimals as tell something.
func shortly(_ value: Double) -> String {
    switch abs(value) {
    case 1000...: String(format: "%.0f", value)
    case 100..<1000: String(format: "%.1f", value)
    case 10..<100: String(format: "%.2f", value)
    default: String(format: "%.3f", value)
    }
}

func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

extension Array where Element: Comparable {
    /// The one in the middle, or at another share of the way.
    func quantile(_ share: Double = 0.5) -> Element? {
        guard !isEmpty else { return nil }
        return sorted()[Swift.min(count - 1, Int(share * Double(count)))]
    }
}

extension Duration {
    var inSeconds: Double { self / .seconds(1) }
}
