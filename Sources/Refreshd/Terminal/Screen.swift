// The terminal that is written to: its size, and whether it takes colours. Where there is none, output is for programs and
// files: uncut and plain.

import Glibc

package struct Screen: Hashable, Sendable {
    package var columns: Int
    package var rows: Int
    package var hasColours: Bool

    package init(columns: Int, rows: Int = 24, hasColours: Bool = false) {
        self.columns = columns
        self.rows = rows
        self.hasColours = hasColours
    }

    /// The terminal behind a descriptor; nil where it is none. `COLUMNS` and `LINES` go before what the terminal says, as
    /// elsewhere; a `NO_COLOR` that is not empty takes the colours (no-color.org).
    static func current(of descriptor: Int32) -> Screen? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
        let columns = number("COLUMNS") ?? (isKnown && size.ws_col > 0 ? Int(size.ws_col) : 80)
        let rows = number("LINES") ?? (isKnown && size.ws_row > 0 ? Int(size.ws_row) : 24)
        let isPlain = !(variable("NO_COLOR") ?? "").isEmpty || variable("TERM") == "dumb"
        return Screen(columns: columns, rows: rows, hasColours: !isPlain)
    }

    private static func number(_ name: String) -> Int? {
        variable(name).flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}

/// How a text is meant, apart from its words: they say the same without it.
package enum Tone: Hashable, Sendable {
    case good
    case warning
    case bad
    case faint
    case heading

    /// ECMA-48, "select graphic rendition". Colours are the terminal's own first eight, which its user has chosen.
    func painted(_ text: some StringProtocol) -> String {
        let code =
            switch self {
            case .good: "32"
            case .warning: "33"
            case .bad: "31"
            case .faint: "2"
            case .heading: "1"
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    /// By the words of `Standing`; nil for one that is nobody's concern.
    static func ofStanding(_ words: String) -> Tone? {
        switch words {
        case "fresh", "unexpiring": .good
        case "in doubt", "backing off": .warning
        case "needs login": .bad
        case "idle", "spare", "ended", "unrefreshable": .faint
        default: nil
        }
    }
}
