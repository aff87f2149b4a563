// The live table: what refreshd lists of each session, and how often the simulator saw it renewed. Pure text, 80 columns
// wide.

struct LiveTable {
    static let width = 80

    private let state: Records.State
    private let now: Moment

    init(_ state: Records.State, now: Moment) {
        self.state = state
        self.now = now
    }

    /// The lines, each of which may be coloured by its paint.
    var lines: [Line] {
        var lines = [Line(Self.cells("GRANT", "STANDING", "LEFT", "RENEWED", "LAST OUTCOME"), .faint)]
        for stage in Stage.allCases {
            lines.append(heading(of: stage))
            for player in state.players where player.role.stage == stage { lines.append(row(of: player)) }
        }
        lines.append(.blank)
        lines.append(footer)
        return lines
    }

    private func heading(of stage: Stage) -> Line {
        switch stage {
        case .metered: Line("  metered: \(calls(of: stage)) of 10 calls made in this window", .heading)
        case .devKey: Line("  with a dev key: calls are not counted", .heading)
        }
    }

    /// Calls that the window of this moment was charged with.
    private func calls(of stage: Stage) -> Int {
        let length = Script.window.milliseconds
        let window = now - now % length
        return state.ledger.patches.count {
            $0.host == Simulator.host(of: stage) && $0.window == window && $0.charge == .counted
        }
    }

    private func row(of player: Player) -> Line {
        guard let session = state.listing[player] else {
            return Line(Self.cells(player.role.name, "-", "", "", "not found yet"), .faint)
        }
        let standing = state.isDaemonUp ? session.standing : "-"
        let renewed = state.ledger.refreshes(of: player)
        let text = Self.cells(
            player.role.name, standing, left(of: player, session), renewed == 0 ? "-" : "\(renewed)",
            Self.outcome(session.reason))
        return Line(text, state.isDaemonUp ? Line.Paint(standing: session.standing) : .faint)
    }

    /// By the ledger, so that it goes on while refreshd is away.
    private func left(of player: Player, _ session: ListedSession) -> String {
        guard session.standing != "ended", let token = state.ledger.tokens(of: player).last else { return "-" }
        guard let end = token.expiresAt else { return "open" }
        return end > now ? "\((end - now) / 1000) s" : "-"
    }

    private var footer: Line {
        let tokens = state.reads.count { if case .token = $0.answer { true } else { false } }
        return Line("  \(state.reads.count) reads, \(tokens) of them answered with a token", .plain)
    }

    /// A reason too long for its column keeps what says most: the provider's own code, or the verb.
    private static func outcome(_ reason: String) -> String {
        guard reason.count > outcomeWidth else { return reason }
        guard reason.hasSuffix(")"), let start = reason.lastIndex(of: "(") else {
            return reason.replacing(" of the grant", with: "")
        }
        return "refused: " + reason[start...].dropFirst().dropLast()
    }

    private static let outcomeWidth = 26

    private static func cells(
        _ name: String, _ standing: String, _ left: String, _ renewed: String, _ outcome: String
    ) -> String {
        [
            "    ", name.padded(to: 19), " ", standing.padded(to: 13), left.padded(toRight: 5), "  ",
            renewed.padded(toRight: 7), "  ", outcome.padded(to: outcomeWidth),
        ].joined().trimmedAtEnd
    }
}

/// A line and how a terminal may paint it.
struct Line: Hashable, Sendable {
    let text: String
    let paint: Paint

    enum Paint: Hashable, Sendable {
        case plain
        case heading
        case good
        case busy
        case bad
        case faint

        /// By the words of refreshd.
        init(standing: String) {
            switch standing {
            case "fresh", "unexpiring": self = .good
            case "due", "refreshing", "in doubt", "backing off": self = .busy
            case "needs login", "ended": self = .bad
            default: self = .faint
            }
        }
    }

    init(_ text: String, _ paint: Paint) {
        self.text = text
        self.paint = paint
    }

    static let blank = Line("", .plain)
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        count > width ? prefix(width - 1) + "…" : self + String(repeating: " ", count: width - count)
    }

    fileprivate func padded(toRight width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }

    fileprivate var trimmedAtEnd: String {
        var text = self
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
