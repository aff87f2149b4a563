// What happened in a fire, in numbers; and whether enough did: a run without trouble proves nothing.

import AppwriteModel
import AppwriteSimulator

struct FireReport: CustomStringConvertible {
    private let seed: UInt64
    private let rounds: Int
    let judge: Judge
    private let counts: [(name: String, count: Int)]
    let hasDisk: Bool

    init(seed: UInt64, rounds: Int, judge: Judge, hasDisk: Bool) {
        self.seed = seed
        self.rounds = rounds
        self.judge = judge
        self.hasDisk = hasDisk
        counts = Self.troubles(judge, hasDisk: hasDisk)
    }

    /// Kinds of trouble that did not happen.
    var missing: [String] { counts.filter { $0.count == 0 }.map(\.name) }

    private static func troubles(_ judge: Judge, hasDisk: Bool) -> [(name: String, count: Int)] {
        let testimony = judge.testimony
        func outages(_ answer: Outage.Answer) -> Int { testimony.spells.count { $0.kind == .outage(answer) } }
        func foreign(_ kind: ForeignCall.Kind) -> Int {
            testimony.foreignCalls.count { $0.kind == kind && $0.status != nil }
        }
        func dropped(_ ending: PatchEnding) -> Int { judge.own.count { $0.ending == ending } }
        var counts = [
            ("kills", testimony.lives.count { $0.end == .killed }),
            ("stops", testimony.lives.count { $0.end == .stopped }),
            ("outages by hanging up", outages(.hangUp)),
            ("outages by a proxy's page", outages(.page(status: 502))),
            ("outages by silence", outages(.silence)),
            ("refreshes dropped before the commit", dropped(.droppedBeforeCommit)),
            ("refreshes dropped after the commit", dropped(.droppedAfterCommit)),
            ("refreshes hung", judge.own.count { $0.endedAt == nil }),
            ("foreign refreshes", foreign(.ownRefresh) + foreign(.refresh)),
            ("foreign deletions", foreign(.ownLogout)),
            ("logouts", foreign(.logout)),
            ("registrations", testimony.acknowledged.count),
            ("reads", testimony.reads.count),
            ("tokens read", testimony.reads.count { $0.token != nil }),
            ("reads told of an end", testimony.reads.count { $0.status == 410 }),
            ("refreshes sent", judge.own.count),
            ("refreshes done", judge.own.count { $0.status == 200 }),
            ("windows spent to the last call", spentWindows(judge)),
        ]
        if hasDisk { counts.append(("full disks met", testimony.fullDisksMet)) }
        return counts
    }

    private static func spentWindows(_ judge: Judge) -> Int {
        Set(judge.ledger.patches.filter { $0.host == Cast.host && $0.remaining == 0 }.map(\.windowStart))
            .count
    }

    var description: String {
        var lines = ["Fire of seed \(seed), \(rounds) rounds of \(Round.length.components.seconds) s"]
        lines += counts.map { "  \($0.count) \($0.name)" }
        if !hasDisk { lines.append("  the full disk could not be tried: no file system may be mounted here") }
        lines.append("  \(judge.testimony.startsInVain) starts refused while the disk was full")
        lines.append("  \(judge.unforeseen) times 429 that could not be foreseen")
        lines.append("  \(judge.testimony.stalls.count) stalls of the machine, \(judge.excused) doings excused by them")
        lines += judge.misdeeds.map { "  MISDEED \($0)" }
        lines.append(judge.misdeeds.isEmpty && missing.isEmpty ? "Verdict: sound" : "Verdict: not sound")
        return lines.joined(separator: "\n")
    }
}
