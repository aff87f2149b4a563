// What came of settings that were tried out, as people read it.

import RefreshPolicy
import RefreshSimulation
import TokenAPI

struct RehearsalText {
    let rehearsal: Rehearsal
    let screen: Screen?

    /// More who went without are counted, not listed.
    private static let listed = 10

    var text: String {
        [heading, hours, losers].compactMap { $0 }.joined(separator: "\n")
    }

    private var heading: String {
        let tally = rehearsal.tally
        guard tally.reads > 0 else { return "Nothing was read in this time.\n" }
        let calls = rehearsal.hours.map(\.calls).reduce(0, +)
        let waited = tally.waited > 0 ? ", \(tally.waited) of them after a wait" : ""
        return """
            \(Self.share(tally)) of \(tally.reads) reads found a token\(waited), by \(calls) calls for \
            \(rehearsal.sessions.count) sessions.

            """
    }

    private var hours: String {
        let columns = [
            Table.Column("HOUR FROM"), Table.Column("CALLS"), Table.Column("NEEDED"), Table.Column("AVAILABLE"),
            Table.Column("READS"), Table.Column("FOUND"), Table.Column("AFTER A WAIT"),
            Table.Column("MISSED", tone: { $0 == "0" ? nil : .warning }),
        ]
        return Table(
            columns,
            rows: rehearsal.hours.enumerated().map { index, hour in
                [
                    name(of: index, from: hour.begin), "\(hour.calls)", "\(hour.needed)",
                    rehearsal.available.map(String.init) ?? "not limited", "\(hour.tally.reads)",
                    "\(hour.tally.found)", "\(hour.tally.waited)", "\(hour.tally.missed)",
                ]
            }
        ).text(on: screen)
    }

    private var losers: String {
        let losers = rehearsal.sessions.filter { $0.tally.missed > 0 }
            .sorted { ($1.tally.missed, $0.number) < ($0.tally.missed, $1.number) }
        guard !losers.isEmpty else { return "Nobody read in vain.\n" }
        let columns = [
            Table.Column("USER"), Table.Column("READS"), Table.Column("FOUND"), Table.Column("MISSED"),
            Table.Column("CALLS"),
        ]
        let table = Table(
            columns,
            rows: losers.prefix(Self.listed).map { session in
                [
                    "u\(session.number)", "\(session.tally.reads)", Self.share(session.tally),
                    "\(session.tally.missed)", "\(session.calls)",
                ]
            })
        let rest = losers.count - Self.listed
        return "\(losers.count) of \(rehearsal.sessions.count) sessions were read in vain, most of all:\n\n"
            + table.text(on: screen) + (rest > 0 ? "and \(rest) more, see --json\n" : "")
    }

    /// By the hour, and by the day from the begin where there are several: a date would seem to mean something.
    private func name(of index: Int, from begin: WallTime) -> String {
        let time = WireTime(begin).iso.dropFirst(11).prefix(5)
        return rehearsal.hours.count > 24 ? "day \(index / 24 + 1) \(time)" : String(time)
    }

    /// In percent, rounded down, so that 100 % is all.
    private static func share(_ tally: Rehearsal.Tally) -> String {
        let permille = tally.reads == 0 ? 1000 : tally.found * 1000 / tally.reads
        return permille % 10 == 0 ? "\(permille / 10) %" : "\(permille / 10).\(permille % 10) %"
    }
}
