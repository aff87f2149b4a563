// Where the play is shown. On a terminal that is large enough the table is redrawn in place, with the events under it;
// elsewhere the table is printed now and then, and events are lines.

import Foundation
import Synchronization

final class Screen: Sendable {
    private struct State {
        var startedAt = ContinuousClock.now
        /// Lines on the terminal that the next drawing goes over.
        var drawn = 0
        var shownAt: ContinuousClock.Instant?
        var events: [String] = []
    }

    private enum Manner {
        case redrawing(rows: Int, colours: Bool)
        case printing
    }

    private let manner: Manner
    private let state = Mutex(State())

    private static let printedEvery: Duration = .seconds(10)
    /// The table, a few events, and the line of the cursor: a terminal of 24 lines is large enough.
    private static let rowsNeeded = 23

    init() {
        var size = winsize()
        let environment = ProcessInfo.processInfo.environment
        let isTerminal = isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
        let canMove = !["", "dumb"].contains(environment["TERM"] ?? "")
        let fits = Int(size.ws_row) >= Self.rowsNeeded && Int(size.ws_col) >= LiveTable.width
        manner =
            isTerminal && canMove && fits
            ? .redrawing(rows: Int(size.ws_row), colours: environment["NO_COLOR"] == nil) : .printing
    }

    /// Lines that stay.
    func say(_ text: String) {
        state.withLock { state in
            state.drawn = 0
            Self.write(text + "\n")
        }
    }

    /// Something happened.
    func tell(_ event: String) {
        state.withLock { state in
            let elapsed = (ContinuousClock.now - state.startedAt).components.seconds
            let line = "  \(elapsed < 10 ? " " : "")\(elapsed) s  \(event)"
            state.events.append(line)
            if case .printing = manner { Self.write(line + "\n") }
        }
    }

    func show(_ records: Records.State) {
        state.withLock { state in
            let table = LiveTable(records, now: Records.moment).lines
            switch manner {
            case .redrawing(let rows, let colours):
                let events = state.events.suffix(max(0, rows - table.count - 2)).map { Line($0, .plain) }
                let lines = table + [.blank] + events
                var text = state.drawn > 0 ? "\u{1B}[\(state.drawn)A" : ""
                for line in lines { text += Self.painted(line, colours) + "\u{1B}[K\n" }
                Self.write(text)
                state.drawn = lines.count
            case .printing:
                let now = ContinuousClock.now
                if let shownAt = state.shownAt, now - shownAt < Self.printedEvery { return }
                state.shownAt = now
                Self.write("\n" + table.map { $0.text + "\n" }.joined())
            }
        }
    }

    private static func painted(_ line: Line, _ colours: Bool) -> String {
        guard colours, let code = line.paint.code else { return line.text }
        return "\u{1B}[\(code)m\(line.text)\u{1B}[0m"
    }

    private static func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            // Whoever read it has gone: the exit status still tells.
            guard count >= 0 || errno == EINTR else { return }
            bytes = bytes.dropFirst(max(0, count))
        }
    }
}

extension Line.Paint {
    /// The terminal's code for the colour (ECMA-48, 8.3.117).
    fileprivate var code: String? {
        switch self {
        case .plain: nil
        case .heading: "1"
        case .good: "32"
        case .busy: "33"
        case .bad: "31"
        case .faint: "2"
        }
    }
}
