// Whom a host's calls suffice for. Where they do not suffice for all, as many are kept as can be kept, by their priority;
// the rest is renewed when it is read. (To renew by the earliest deadline alone is to keep nobody: each token is renewed
// too late, in turn.)

/// Who is kept, as of one look at those who lay claim to a host's calls.
struct Admission: Hashable, Sendable {
    let takenAt: WallTime
    /// The end of the window that it counts in.
    let windowEnd: WallTime
    /// The least priority that is kept; nil where all are.
    let floor: Heat?
    let kept: Int
    let notKept: Int
    /// Calls that are kept back for readers that wait.
    let reserve: Int
    /// Whether calls are too scarce to be made early: more than a third of them are needed.
    let isTight: Bool
    /// Calls that all together need in a window, in thousandths.
    let neededPerWindow: Int
    /// Calls that the kept must have before the window's end; less those that were made since.
    var needs: Int
    /// Calls that the kept will need in the next window.
    let needsNext: Int

    /// Those who lay claim to the calls, at most: more than any window of ten can keep.
    static let most = 1000

    /// - Parameters:
    ///   - contenders: by priority, the greatest first.
    ///   - waiting: calls a window that readers would have who wait for rows that are not kept.
    ///   - last: once calls were short or tight, they suffice again only with a tenth to spare, so that a load at the
    ///     limit does not go back and forth.
    init(
        _ contenders: [Contender], budget: RateBudget, margin: Duration, waiting: Int, last: Admission?, now: WallTime
    ) {
        let window = budget.rules.window
        let rates = contenders.map { Self.rate($0.claim.period, in: window) }
        let needed = rates.reduce(0, +)
        let capacity = budget.limit * 1000
        let suffices = needed <= (last?.isShort ?? false ? capacity * 9 / 10 : capacity)
        isTight = needed > (last?.isTight ?? false ? capacity * 3 / 10 : capacity / 3)
        let kept =
            suffices
            ? contenders.count : Self.kept(of: contenders, rates, budget: budget, waiting: waiting, now: now)
        takenAt = now
        windowEnd = budget.resetAt
        neededPerWindow = needed
        self.kept = kept
        notKept = contenders.count - kept
        let neededByKept = (rates.prefix(kept).reduce(0, +) + 999) / 1000
        reserve =
            suffices ? 0 : max(budget.rules.reserve, min(waiting, budget.limit - neededByKept))
        floor = suffices ? nil : (kept > 0 ? contenders[kept - 1].claim.priority : .unreachable)
        let opensAt = budget.opensAt
        var needs = 0
        var needsNext = 0
        for contender in contenders.prefix(kept) {
            guard let deadline = contender.deadline(margin: margin) else { continue }
            if deadline < opensAt { needs += 1 } else if deadline < opensAt + window { needsNext += 1 }
        }
        self.needs = needs
        self.needsNext = needsNext
    }

    /// What a row needs of a window that needs a call in each period, in thousandths of a call.
    fileprivate static func rate(_ period: Duration, in window: Duration) -> Int {
        let period = max(1000, period.wholeMilliseconds)
        return Int((window.wholeMilliseconds * 1000 + period - 1) / period)
    }

    /// How many are kept where calls are short. What a call is worth is the reads that find a token by it: for a row that
    /// is kept those of one period, for a reader that waits those of one period and their own. So readers that wait
    /// have as many calls as they come for, but for the rows that are read more than theirs by at least that one.
    private static func kept(
        of contenders: [Contender], _ rates: [Int], budget: RateBudget, waiting: Int, now: WallTime
    ) -> Int {
        var most = max(1, budget.limit - budget.rules.reserve) * 1000
        guard
            let cut = rates.firstIndex(where: { rate in
                most -= rate
                return most < 0
            })
        else { return contenders.count }
        var sure = (budget.limit - min(budget.limit, max(budget.rules.reserve, waiting))) * 1000
        let worthOfRest = Self.worthWhenRead(contenders[cut...], now: now)
        let first = rates.prefix(cut).indices.first { index in
            sure -= rates[index]
            return sure < 0 && contenders[index].claim.expectedReads(at: now) < worthOfRest + 1000
        }
        return first ?? cut
    }

    /// Reads that a refresh serves, in thousandths, of a row that somebody comes for: the more a row is read, the likelier
    /// it is the one.
    private static func worthWhenRead(_ rest: ArraySlice<Contender>, now: WallTime) -> Int {
        let worths = rest.map { $0.claim.expectedReads(at: now) }
        let whole = worths.reduce(0, +)
        return whole == 0 ? 0 : worths.map { $0 * $0 }.reduce(0, +) / whole
    }

    var isShort: Bool { floor != nil }

    func keeps(_ row: SessionRow) -> Bool {
        guard let floor else { return true }
        return row.claim.map { floor <= $0.priority } ?? false
    }

    /// Looked at anew after a while even where nothing is known to have changed: reads change priorities.
    func isStale(at now: WallTime, budget: RateBudget) -> Bool {
        now < takenAt || takenAt + .seconds(60) <= now || windowEnd != budget.resetAt
    }

    func stepped(by step: Duration) -> Admission {
        Admission(self, takenAt: takenAt + step, windowEnd: windowEnd + step, floor: floor?.stepped(by: step))
    }

    private init(_ other: Admission, takenAt: WallTime, windowEnd: WallTime, floor: Heat?) {
        self.takenAt = takenAt
        self.windowEnd = windowEnd
        self.floor = floor
        kept = other.kept
        notKept = other.notKept
        reserve = other.reserve
        isTight = other.isTight
        neededPerWindow = other.neededPerWindow
        needs = other.needs
        needsNext = other.needsNext
    }
}

extension BudgetRules {
    /// Whether a row that needs a call in each period asks for more than the schedule ever has.
    func isExceeded(byOneCallIn period: Duration) -> Bool {
        Admission.rate(period, in: window) > max(1, limit - reserve) * 1000
    }

    /// For how many tokens of such a life the calls suffice, each renewed the least margin before it ends. With one
    /// more, calls are short.
    package func mostKept(ofLife life: Duration, waits: Waits) -> Int {
        let period = life - waits.meteredMargin(beforeEndOf: life, isTight: true)
        return limit * 1000 / Admission.rate(period, in: window)
    }
}

extension Contender {
    /// By when its next call must be made. A row that does not want one yet wakes a margin before.
    func deadline(margin: Duration) -> WallTime? {
        want ?? wakeAt.map { $0 + .milliseconds(min(margin.wholeMilliseconds, claim.period.wholeMilliseconds / 2)) }
    }
}

extension Heat {
    /// Greater than any row's: nobody is kept.
    fileprivate static let unreachable = Heat(asOneReadAt: WallTime(milliseconds: .max / 2))
}
