// A step of the clock (law 9): every time of ours moves by exactly as much, and nothing else does.

import RefreshEngine
import RefreshPolicy
import Testing

@Suite("Every store, when the clock was stepped,", .timeLimit(.minutes(10)))
struct ShiftContractTests {
    @Test(
        "moves every time of a session, to the millisecond", arguments: StoreKind.allCases,
        [Duration.milliseconds(1), .milliseconds(-86_400_001), .days(3650)])
    func sessions(kind: StoreKind, step: Duration) async throws {
        let verdicts: [Verdict] = [
            .sound, .failing(failures: 4, retryAt: .at(50)), .suspected(since: .at(51), lookAt: .at(52)),
            .needsLogin(since: .at(53), lookAt: .at(54)), .ended(at: .at(55)),
        ]
        let rows = verdicts.enumerated().map { SessionRow.full("v\($0.offset)", verdict: $0.element) } + [.bare()]
        try await kind.withStore { store in
            try await store.commit(rows.map(Change.put) + [.read(rows[0].grant, times: 1, at: .at(60))])
            let before = try await store.sessions(matching: SessionFilter(), after: nil, limit: 99)
            try await store.commit([.shift(by: step)])
            let after = try await store.sessions(matching: SessionFilter(), after: nil, limit: 99)

            #expect(after.map(\.times) == before.map { $0.times.map { $0 + step } })
            #expect(after.map(\.times.count) == before.map(\.times.count))
            #expect(after.map(\.claim?.period) == before.map(\.claim?.period))
            try await store.commit([.shift(by: .zero - step)])
            #expect(try await store.sessions(matching: SessionFilter(), after: nil, limit: 99) == before)
        }
    }

    @Test(
        "moves windows, conditions, walks and the last sign of life, and leaves the server's clock and times be",
        arguments: StoreKind.allCases)
    func state(kind: StoreKind) async throws {
        let step = Duration.milliseconds(-12_345)
        try await kind.withStore { store in
            let budget = BudgetRecord(host: HostName("h"), resetAt: .at(3600), limit: 10, spent: 1, inFlight: 1)
            let heard = BudgetRecord(
                host: HostName("i"), resetAt: .at(60), limit: 10, spent: 0, inFlight: 0, clockOffset: .seconds(7))
            let mark = ServerTime(milliseconds: 77)
            let lane = Condition(
                scope: .lane(Lane("app", "google")), cause: .grantsRefused, since: .at(40), count: 3, probeAt: .at(41))
            let host = Condition(scope: .host(HostName("h")), cause: .budgetShort, since: .at(42), count: 4)
            let project = Condition(
                scope: .project(.of("app")), cause: .unreachable, since: .at(43), count: 5, probeAt: .at(44),
                obstacle: .nameUnknown)
            try await store.commit([
                .budget(budget), .budget(heard), .attempts(AttemptID(5)), .seen(.at(100)), .condition(lane),
                .condition(host),
                .condition(project),
                .discovery(.of("app"), .identities(upTo: mark)), .discovery(.of("app"), .walked(at: .at(50))),
                .discovery(.of("unwalked"), .identities(upTo: mark)), .shift(by: step),
            ])
            var moved = (budget, heard)
            moved.0.resetAt = .at(3600) + step
            moved.0.clockOffset = .zero - step
            moved.1.resetAt = .at(60) + step
            moved.1.clockOffset = .seconds(7) - step
            let recalled = try await store.recall()
            #expect(recalled.budgets == [moved.0, moved.1])
            #expect(recalled.conditions == [lane, host, project].map { $0.stepped(by: step) })
            #expect(recalled.conditions.map(\.obstacle) == [nil, nil, .nameUnknown])
            #expect(recalled.lastAttempt == AttemptID(5))
            #expect(recalled.lastSeenAt == .at(100) + step)
            #expect(
                recalled.marks == [
                    .of("app"): DiscoveryMark(identitiesUpTo: mark, walkedAt: .at(50) + step),
                    .of("unwalked"): DiscoveryMark(identitiesUpTo: mark, walkedAt: nil),
                ])
        }
    }

    @Test("stops at the ends of time as the policy's own arithmetic does", arguments: StoreKind.allCases)
    func extremes(kind: StoreKind) async throws {
        try await kind.withStore { store in
            for (time, step) in [(Int64.max, Duration.days(1)), (.max - 5, .milliseconds(5)), (.min, .days(-1))] {
                let wakeAt = WallTime(milliseconds: time)
                let claim = Claim(priority: Heat(asOneReadAt: wakeAt), period: .seconds(1))
                try await store.commit([.put(.sample(wakeAt: wakeAt, claim: claim)), .shift(by: step)])
                let moved = try await store.session(SessionKey("app", "s1"))
                #expect(moved?.wakeAt == wakeAt + step)
                #expect(moved?.claim?.priority == claim.priority.stepped(by: step))
            }
        }
    }
}

extension SessionRow {
    /// All times that the row holds, in a fixed order.
    fileprivate var times: [WallTime] {
        let verdictTimes: [WallTime] =
            switch verdict {
            case .sound: []
            case .failing(_, let retryAt): [retryAt]
            case .suspected(let since, let lookAt), .needsLogin(let since, let lookAt): [since, lookAt]
            case .ended(let time): [time]
            }
        let optional = [
            token?.issuedAt, token?.expiresAt, next?.issuedAt, next?.expiresAt, lastReadAt, heat?.asOneReadAt,
            attempt?.sentAt, wakeAt, want, claim?.priority.asOneReadAt,
        ]
        return optional.compactMap { $0 } + verdictTimes + [sessionExpiresAt, createdAt, foundAt, lookedAt]
    }
}
