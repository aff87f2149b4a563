// Tables for people: aligned, and cut to fit the terminal. Without a terminal nothing is cut, for whoever reads them by
// program all the same.

import Vocabulary

package struct Table {
    package struct Column {
        let title: String
        /// How narrow it may become where room is short; nil for no narrower than its content.
        let least: Int?
        /// How a cell is meant, by its words.
        let tone: @Sendable (String) -> Tone?

        package init(_ title: String, least: Int? = nil, tone: @escaping @Sendable (String) -> Tone? = { _ in nil }) {
            self.title = title
            self.least = least
            self.tone = tone
        }
    }

    package enum Heading {
        case shown
        case left
    }

    private let columns: [Column]
    private let rows: [[String]]
    private static let gap = 2

    /// Each row has a cell for each column; cells are escaped here.
    package init(_ columns: [Column], rows: [[String]]) {
        self.columns = columns
        self.rows = rows.map { $0.map { $0.isEmpty ? "-" : $0.shown(limit: 300) } }
    }

    package func text(on screen: Screen?, heading: Heading = .shown) -> String {
        let lines =
            switch heading {
            case .shown: [columns.map(\.title)] + rows
            case .left: rows
            }
        let widths = fitted(
            columns.indices.map { index in lines.map { $0[index].count }.max() ?? 0 }, into: screen?.columns)
        let hasColours = screen?.hasColours ?? false
        return lines.enumerated().map { index, cells in
            let isHeading = index == 0 && heading == .shown
            let tones = zip(columns, cells).map { hasColours ? isHeading ? .heading : $0.tone($1) : nil }
            return line(of: cells, tones, widths) + "\n"
        }.joined()
    }

    /// Takes from the widest that may be narrower, until the line fits or nothing is left to take.
    private func fitted(_ natural: [Int], into width: Int?) -> [Int] {
        guard let width else { return natural }
        var widths = natural
        var excess = widths.reduce(0, +) + Self.gap * (widths.count - 1) - width
        while excess > 0 {
            let narrowable = widths.indices.filter { index in columns[index].least.map { widths[index] > $0 } ?? false }
            guard let widest = narrowable.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func line(of cells: [String], _ tones: [Tone?], _ widths: [Int]) -> String {
        var line = ""
        var room = ""
        for ((cell, tone), width) in zip(zip(cells, tones), widths) {
            let cut = cell.count > width ? cell.prefix(max(0, width - 1)) + "…" : cell[...]
            line += room + (tone?.painted(cut) ?? String(cut))
            room = String(repeating: " ", count: max(0, width - cut.count) + Self.gap)
        }
        return line
    }
}
