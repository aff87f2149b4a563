// What the port promises of its questions, held against every store alike.

import RefreshEngine
import RefreshPolicy
import Testing

@Suite("Every store, asked for a part of the sessions,", .timeLimit(.minutes(10)))
struct FilterContractTests {
    private func row(_ session: String, endsAt end: Int64, verdict: Verdict = .sound) -> SessionRow {
        var row = SessionRow.sample(session)
        row.token?.expiresAt = .at(end)
        row.verdict = verdict
        if case .ended = verdict { row.standing = .ended }
        return row
    }

    @Test("gives those whose token ends soon, the earliest first, a page at a time", arguments: StoreKind.allCases)
    func ending(kind: StoreKind) async throws {
        let rows = [
            row("a", endsAt: 500), row("b", endsAt: 300), row("c", endsAt: 300), row("d", endsAt: 99),
            row("e", endsAt: 501), row("f", endsAt: 400, verdict: .ended(at: .at(1))), .bare("g"),
            row("h", endsAt: 100),
        ]
        try await kind.withStore { store in
            try await store.commit(rows.map(Change.put))
            var filter = SessionFilter()
            filter.ending = SessionFilter.Span(from: .at(100), to: .at(500))
            let all = try await store.sessions(matching: filter, after: nil, limit: 9)
            #expect(all.map(\.key.session.rawValue) == ["h", "b", "c", "a"])

            let first = try await store.sessions(matching: filter, after: nil, limit: 2)
            #expect(first == Array(all.prefix(2)))
            filter.ending = SessionFilter.Span(from: .at(300), to: .at(500))
            #expect(
                try await store.sessions(matching: filter, after: first.last?.key, limit: 9) == Array(all.suffix(2)))
        }
    }

    @Test("gives those that fail", arguments: StoreKind.allCases)
    func failing(kind: StoreKind) async throws {
        let rows = [
            row("a", endsAt: 1), row("b", endsAt: 1, verdict: .failing(failures: 1, retryAt: .at(2))),
            row("c", endsAt: 1, verdict: .suspected(since: .at(1), lookAt: .at(2))),
            row("d", endsAt: 1, verdict: .needsLogin(since: .at(1), lookAt: .at(2))),
            row("e", endsAt: 1, verdict: .ended(at: .at(1))),
        ]
        try await kind.withStore { store in
            try await store.commit(rows.map(Change.put))
            var filter = SessionFilter()
            filter.isFailing = true
            let failing = try await store.sessions(matching: filter, after: nil, limit: 9)
            #expect(failing.map(\.key.session.rawValue) == ["b", "c", "d"])
        }
    }
}

@Suite("Every store, asked,", .timeLimit(.minutes(10)))
struct QueryContractTests {
    @Test("shows what is due, oldest first, of the projects named, up to the limit", arguments: StoreKind.allCases)
    func due(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.commit([
                .put(.sample("later", wakeAt: .at(30))), .put(.sample("now", wakeAt: .at(20))),
                .put(.sample("first", wakeAt: .at(10))), .put(.sample("asleep", wakeAt: .at(21))),
                .put(.sample("never")), .put(.sample("between", project: "two", wakeAt: .at(15))),
                .put(.sample("same", project: "two", wakeAt: .at(20))),
                .put(.sample("foreign", project: "three", wakeAt: .at(1))),
            ])
            func due(_ projects: [String], _ limit: Int) async throws -> [String] {
                try await store.due(at: .at(20), latest: .at(1000), in: projects.map { .of($0) }, limit: limit)
                    .map(\.key.session.rawValue)
            }
            #expect(try await due(["app", "two"], 9) == ["first", "between", "now", "same"])
            #expect(try await due(["app", "two"], 3) == ["first", "between", "now"])
            #expect(try await due(["two"], 9) == ["between", "same"])
            #expect(try await due(["unheard-of"], 9) == [])
            #expect(try await due([], 9) == [])
        }
    }

    @Test("shows rows that would sleep too long after those that are due (law 9)", arguments: StoreKind.allCases)
    func asleepTooLong(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.commit([
                .put(.sample("years", wakeAt: .at(99_999_999))), .put(.sample("due", wakeAt: .at(20))),
                .put(.sample("long", project: "two", wakeAt: .at(101))), .put(.sample("allowed", wakeAt: .at(100))),
            ])
            func due(_ limit: Int, latest: WallTime) async throws -> [String] {
                try await store.due(at: .at(20), latest: latest, in: [.of("app"), .of("two")], limit: limit)
                    .map(\.key.session.rawValue)
            }
            #expect(try await due(9, latest: .at(100)) == ["due", "long", "years"])
            #expect(try await due(2, latest: .at(100)) == ["due", "long"])
            #expect(try await due(1, latest: .at(100)) == ["due"])
            // A bound before now must not show a row twice.
            #expect(try await due(9, latest: .at(5)) == ["due", "allowed", "long", "years"])
        }
    }

    @Test("names the earliest time that a row wakes", arguments: StoreKind.allCases)
    func nextWake(kind: StoreKind) async throws {
        try await kind.withStore { store in
            #expect(try await store.nextWake(in: [.of("app")]) == nil)
            try await store.commit([
                .put(.sample("a", wakeAt: .at(30))), .put(.sample("b", project: "two", wakeAt: .at(20))),
                .put(.sample("c", project: "three", wakeAt: .at(10))), .put(.sample("d")),
            ])
            #expect(try await store.nextWake(in: [.of("app"), .of("two")]) == .at(20))
            #expect(try await store.nextWake(in: [.of("app"), .of("unheard-of")]) == .at(30))
            #expect(try await store.nextWake(in: []) == nil)
        }
    }

    @Test("shows all sessions of one user of one project", arguments: StoreKind.allCases)
    func sessionsOfUser(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.commit([
                .put(.sample("b", provider: "github")), .put(.sample("a")), .put(.sample("c", user: "u2")),
                .put(.sample("d", project: "two")),
            ])
            let found = try await store.sessions(of: .of("u1"), in: .of("app"))
            #expect(found.map(\.key.session.rawValue) == ["a", "b"])
            #expect(try await store.sessions(of: .of("nobody"), in: .of("app")) == [])
        }
    }

    @Test("pages through a listing without losing or repeating a row", arguments: StoreKind.allCases)
    func pages(kind: StoreKind) async throws {
        // Ids whose order would differ if anything but their bytes were compared.
        let ids = ["a", "B", "a.b", "a-b", "a_b", "A", "10", "9", "aa", "Z0"]
        let rows = ["two", "app", "three"].flatMap { project in
            ids.enumerated().map { index, id in
                SessionRow.sample(
                    id, project: project, user: "u\(index % 2)", provider: index % 3 == 0 ? "github" : "google",
                    standing: index % 4 == 0 ? .due : .fresh)
            }
        }
        let filters = [
            SessionFilter(), SessionFilter(project: .of("three")), SessionFilter(user: .of("u1")),
            SessionFilter(project: .of("app"), user: .of("u0")), SessionFilter(provider: .of("github")),
            SessionFilter(standing: .due),
            SessionFilter(project: .of("two"), user: .of("u0"), provider: .of("google"), standing: .due),
        ]
        try await kind.withStore { store in
            try await store.commit(rows.map(Change.put))
            for filter in filters {
                let expected = rows.filter { row in
                    filter.project.map { $0 == row.key.project } ?? true && filter.user.map { $0 == row.user } ?? true
                        && filter.provider.map { $0 == row.provider } ?? true
                        && filter.standing.map { $0 == row.standing } ?? true
                }
                var found: [SessionRow] = []
                while true {
                    let page = try await store.sessions(matching: filter, after: found.last?.key, limit: 2)
                    if page.isEmpty { break }
                    found += page
                }
                #expect(!expected.isEmpty)
                #expect(found == expected.sorted { $0.key < $1.key })
            }
            // A page that starts in another project.
            let all = rows.sorted { $0.key < $1.key }
            let ofThree = SessionFilter(project: .of("three"))
            let afterApp = try await store.sessions(matching: ofThree, after: SessionKey("app", "zzz"), limit: 99)
            #expect(afterApp == all.filter { $0.key.project == .of("three") })
            #expect(try await store.sessions(matching: ofThree, after: SessionKey("two", "0"), limit: 99) == [])
        }
    }

    @Test("counts the sessions by project and standing", arguments: StoreKind.allCases)
    func counts(kind: StoreKind) async throws {
        try await kind.withStore { store in
            #expect(try await store.counts() == [])
            try await store.commit([
                .put(.sample("a")), .put(.sample("b", standing: .due)), .put(.sample("c", project: "two")),
                .put(.sample("d", standing: .due)),
            ])
            #expect(
                try await store.counts() == [
                    StandingCount(project: .of("app"), standing: .due, count: 2),
                    StandingCount(project: .of("app"), standing: .fresh, count: 1),
                    StandingCount(project: .of("two"), standing: .fresh, count: 1),
                ])
            try await store.commit([
                .put(.sample("b", standing: .refreshing)), .put(.sample("a")), .remove(SessionKey("two", "c")),
            ])
            #expect(
                try await store.counts() == [
                    StandingCount(project: .of("app"), standing: .due, count: 1),
                    StandingCount(project: .of("app"), standing: .fresh, count: 1),
                    StandingCount(project: .of("app"), standing: .refreshing, count: 1),
                ])
        }
    }

    @Test("recalls budgets, marks, the last sign of life and the highest attempt", arguments: StoreKind.allCases)
    func recall(kind: StoreKind) async throws {
        try await kind.withStore { store in
            #expect(try await store.recall() == StoredState())
            let one = BudgetRecord(
                host: HostName("One"), resetAt: .at(3600), limit: 10, spent: 3, inFlight: 1,
                clockOffset: .milliseconds(-1234))
            let two = BudgetRecord(host: HostName("two"), resetAt: .at(7200), limit: 60, spent: 60, inFlight: 0)
            try await store.commit([
                .budget(two), .budget(one), .attempts(AttemptID(12)), .seen(.at(100)),
                .discovery(.of("app"), .identities(upTo: ServerTime(milliseconds: 5))),
                .discovery(.of("two"), .walked(at: .at(8))),
            ])
            var spent = one
            spent.spent = 4
            try await store.commit([
                .budget(spent), .attempts(AttemptID(11)), .seen(.at(90)), .discovery(.of("app"), .walked(at: .at(9))),
                .discovery(.of("app"), .identities(upTo: ServerTime(milliseconds: 6))),
            ])
            let recalled = try await store.recall()
            #expect(recalled.budgets == [spent, two])
            #expect(recalled.lastAttempt == AttemptID(12))
            #expect(recalled.lastSeenAt == .at(90))
            #expect(
                recalled.marks == [
                    .of("app"): DiscoveryMark(identitiesUpTo: ServerTime(milliseconds: 6), walkedAt: .at(9)),
                    .of("two"): DiscoveryMark(identitiesUpTo: nil, walkedAt: .at(8)),
                ])
        }
    }
}
