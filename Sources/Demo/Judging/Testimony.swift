// All that the judge is told, and all that the judge says.

struct Testimony: Sendable {
    var players: [Player]
    var ledger: Ledger
    var reads: [Read] = []
    var restarts: [Restart] = []
    var stalls: [Stall] = []
    /// When refreshd's own listing first called a session ended: from then on it had proof.
    var knownEnds: [Player: Moment] = [:]
    /// Where a secret was found that should be nowhere.
    var findings = Findings()
}

/// One thing that must not happen, and did.
struct Misdeed: Hashable, Sendable {
    let kind: Kind
    /// What happened, to whom.
    let what: String

    enum Kind: CaseIterable, Hashable, Sendable {
        case overBudget
        case unlawful
        case badToken
        case loggedOut
        case failedRead
        case leak
        case neglect
    }
}

struct Verdict: Sendable {
    var misdeeds: [Misdeed] = []
    var refreshes = 0
    var patches = 0
    var reads = 0
    var tokensRead = 0
    /// Failed reads in the restart and the doubt after it.
    var failedInRestart = 0
    /// Failures that are not counted, since the machine itself stood still.
    var failedInStall = 0
    /// Failed reads where there was nothing to get.
    var refusedRightly = 0
    /// The most calls that one window was charged with.
    var fullestWindow = 0

    func count(_ kind: Misdeed.Kind) -> Int { misdeeds.count { $0.kind == kind } }
}
