// What refreshd will do in the next hours, where nothing unforeseen happens: the real scheduler over the rows as they
// stand, on simulated time, against a model of an Appwrite whose providers go on giving tokens that live as long.

import AppwriteModel
package import RefreshPolicy

package struct Forecast: Sendable {
    /// One call.
    package struct Call: Hashable, Sendable {
        package let at: WallTime
        package let key: SessionKey
    }

    /// One hour of one host, from the forecast's begin on.
    package struct Hour: Hashable, Sendable {
        package let host: HostName
        package let begin: WallTime
        /// Calls that will be made.
        package var calls: Int
        /// Calls that would keep everybody fresh: those made, and one for each grant that has no token for want of one.
        package var needed: Int
        /// Calls that the host allows in an hour; nil where they are not counted.
        package let available: Int?
    }

    /// A grant that will have no token that works, from then on and for so long in all.
    package struct Miss: Hashable, Sendable {
        package let row: SessionRow
        package let from: WallTime
        package var lasts: Duration
        package let cause: Cause
    }

    package enum Cause: String, Hashable, CaseIterable, Sendable {
        /// More are to be kept than the calls suffice for.
        case noCallLeft = "no call left"
        case needsLogin = "needs login"
        case notRefreshable = "cannot be refreshed"
        case sessionEnds = "its Appwrite session ends"
        case failing = "its refreshes fail"
    }

    package let begin: WallTime
    /// Where the forecast ends; sooner than was asked for where it would take too long to make.
    package let end: WallTime
    package let calls: [Call]
    package let hours: [Hour]
    /// The first to miss comes first.
    package let misses: [Miss]
    /// Whom each host's calls suffice for, as it stands at the end.
    package let budgets: [BudgetView]

    /// What a forecast begins from.
    package struct Present: Sendable {
        package var rules: Rules
        package var rows: [SessionRow]
        package var budgets: [BudgetRecord]
        package var conditions: [Condition]
        package var now: WallTime

        package init(
            rules: Rules, rows: [SessionRow], budgets: [BudgetRecord], conditions: [Condition] = [], now: WallTime
        ) {
            self.rules = rules
            self.rows = rows
            self.budgets = budgets
            self.conditions = conditions
            self.now = now
        }
    }

    /// More calls than this are not simulated.
    private static let mostCalls = 50_000

    package init(_ present: Present, hours count: Int, seed: UInt64 = 1) {
        var stage = ForecastStage(present, seed: seed)
        let wholeEnd = present.now + .seconds(3600 * count)
        var watch = Watch(present)
        var time = present.now
        // A minute is what a reader asks for.
        while time < wholeEnd && stage.calls.count < Self.mostCalls {
            time = min(time + .seconds(60), wholeEnd)
            stage.go(to: time)
            watch.look(at: stage.rows, now: time)
        }
        begin = present.now
        end = time
        calls = stage.calls
        budgets = stage.budgets(at: time)
        misses = watch.misses
        hours = Self.hours(of: present, calls: stage.calls, misses: watch.misses, budgets: budgets, until: time)
    }

    private static func hours(
        of present: Present, calls: [Call], misses: [Miss], budgets: [BudgetView], until end: WallTime
    ) -> [Hour] {
        var hours: [Hour] = []
        for host in present.rules.hosts {
            let projects = present.rules.projects.filter { $0.host == host }.map(\.alias)
            let budget = budgets.first { $0.host == host }
            let rules = present.rules.budget(of: host)
            let available = budget.flatMap { $0.metering == .metered ? max(1, rules.perHour($0.limit)) : nil }
            var begin = present.now
            while begin < end {
                let next = begin + .seconds(3600)
                let made = calls.count { projects.contains($0.key.project) && begin <= $0.at && $0.at < next }
                let missing = misses.count { miss in
                    miss.cause == .noCallLeft && projects.contains(miss.row.key.project) && miss.from < next
                        && begin < miss.from + miss.lasts
                }
                hours.append(
                    Hour(host: host, begin: begin, calls: made, needed: made + missing, available: available))
                begin = next
            }
        }
        return hours
    }
}

/// Notes who has no token, minute by minute.
private struct Watch {
    private let present: Forecast.Present
    private var open: [SessionKey: Int] = [:]
    private(set) var misses: [Forecast.Miss] = []

    init(_ present: Forecast.Present) {
        self.present = present
    }

    mutating func look(at rows: [SessionRow], now: WallTime) {
        for row in rows where row.isElected && row.standing != .ended && row.standing != .idle {
            guard let project = present.rules.project(row.key.project), row.servable(at: now, by: project) == nil else {
                open[row.key] = nil
                continue
            }
            if let place = open[row.key] {
                misses[place].lasts = now - misses[place].from
            } else {
                open[row.key] = misses.count
                misses.append(Forecast.Miss(row: row, from: now, lasts: .seconds(60), cause: Forecast.Cause(row, now)))
            }
        }
    }
}

extension Forecast.Cause {
    fileprivate init(_ row: SessionRow, _ now: WallTime) {
        switch row.standing {
        case .needsLogin: self = .needsLogin
        case .unrefreshable, .unexpiring, .spare: self = .notRefreshable
        case .ended: self = .sessionEnds
        case .backingOff, .inDoubt: self = .failing
        case .fresh, .due, .refreshing, .idle: self = row.sessionExpiresAt <= now ? .sessionEnds : .noCallLeft
        }
    }
}
