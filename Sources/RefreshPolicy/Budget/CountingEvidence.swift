// Whether a project's calls are counted, told from what the server does: a dev key that has ended is ignored without a
// word, and a server without a limit sends the same headers as one that has one.

/// What the rate headers of one project's answers in one window prove.
struct CountingEvidence: Hashable, Sendable {
    enum Finding: Hashable, Sendable {
        case counted
        case uncounted
    }

    /// The end of the window that all of it is about.
    private var reset: ServerTime?
    /// When answers came, in the order of their coming.
    private var answeredAt: [WallTime] = []
    private var stated: [Int] = []
    /// Whether an answer stated more than it could have if all calls before it were counted.
    private var isContradicted = false

    /// Fewer answers than this prove nothing.
    private static let fewest = 3
    /// So many answers that state the same `Remaining` come from no counter; but for one of many, behind one name.
    private static let enough = 5
    /// More answers than this say nothing that they have not said before.
    private static let most = 64

    /// Takes in an answer whose call was let through. `others` are the calls of the same window that were charged for
    /// other projects of the host: those that were answered, and all.
    mutating func note(
        _ rate: RateHeaders, others: ClosedRange<Int>, sentAt: WallTime, receivedAt: WallTime
    ) -> Finding? {
        if reset != rate.reset { self = CountingEvidence(reset: rate.reset) }
        guard stated.count < Self.most else { return nil }
        let before = answeredAt.count { $0 <= sentAt }
        if rate.remaining > rate.limit - before - 1 { isContradicted = true }
        answeredAt.append(receivedAt)
        stated.append(rate.remaining)
        // A call that is not counted is told what would be left if it were.
        if stated.count >= Self.enough, before >= Self.enough - 1, stated.allSatisfy({ $0 == rate.remaining }) {
            return .uncounted
        }
        let spent = stated.min().map { rate.limit - $0 - stated.count }
        if stated.count >= Self.fewest, !isContradicted, spent.map(others.contains) ?? false { return .counted }
        return nil
    }

    /// A 429 proves it.
    mutating func forget() { self = CountingEvidence() }

    mutating func stepped(by step: Duration) { answeredAt = answeredAt.map { $0 + step } }
}

extension CountingEvidence {
    private init(reset: ServerTime) {
        self.reset = reset
    }
}
