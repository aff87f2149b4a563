// The verdict in words: what was done, and how often what must never happen did.

struct Summary {
    let verdict: Verdict
    let testimony: Testimony

    /// Misdeeds of a kind that are told one by one; more are much the same.
    private static let told = 3

    var text: String {
        var lines = [
            "",
            "What the simulator and the reader saw:",
            "",
            fact(verdict.refreshes, "refreshes of \(testimony.players.count) sessions, by \(verdict.patches) calls"),
            fact(verdict.tokensRead, "reads answered with a token"),
            fact(verdict.refusedRightly, "reads refused, where no token could be had"),
            "",
        ]
        for kind in Misdeed.Kind.allCases {
            lines.append(fact(verdict.count(kind), words(for: kind)))
            let misdeeds = verdict.misdeeds.filter { $0.kind == kind }
            for misdeed in misdeeds.prefix(Self.told) { lines.append("         - \(misdeed.what)") }
            if misdeeds.count > Self.told { lines.append("         - and more of the kind") }
        }
        let word = verdict.misdeeds.isEmpty ? "All is as it should be." : "This must not be: the demo has failed."
        lines += ["", word, ""]
        return lines.joined(separator: "\n")
    }

    private func words(for kind: Misdeed.Kind) -> String {
        switch kind {
        case .overBudget:
            "calls over budget (the fullest window had \(verdict.fullestWindow) of 10)"
        case .unlawful:
            "refreshes that a law forbids"
        case .badToken:
            "reads answered with an empty, expired or foreign token"
        case .loggedOut:
            "reads answered with the token of a session known to be logged out"
        case .failedRead:
            "failed reads of a grant that could be fresh\(setAside)"
        case .leak:
            "secrets in the \(testimony.findings.bytes / 1024) KB that refreshd wrote and said"
        case .neglect:
            "sessions neglected"
        }
    }

    private var setAside: String {
        var parts: [String] = []
        if verdict.failedInRestart > 0 { parts.append("\(verdict.failedInRestart) in the restart") }
        if verdict.failedInStall > 0 { parts.append("\(verdict.failedInStall) as the machine stood still") }
        return parts.isEmpty ? "" : ", but for \(parts.joined(separator: " and "))"
    }

    private func fact(_ count: Int, _ words: String) -> String {
        let number = "\(count)"
        return String(repeating: " ", count: max(0, 7 - number.count)) + number + "  " + words
    }
}
