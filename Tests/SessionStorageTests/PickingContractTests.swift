// Who is to be worked on: what the port promises of an errand's rows and of those who lay claim to calls, held against
// every store alike.

import RefreshEngine
import RefreshPolicy
import Testing

@Suite("Every store, sent on an errand,", .timeLimit(.minutes(10)))
struct PickingContractTests {
    private func names(
        _ store: any SessionStore, _ order: Errand.Order, in projects: [String] = ["app", "two"], held: [Lane] = [],
        underWay: Set<SessionKey> = [], limit: Int = 99
    ) async throws -> [String] {
        let errand = Errand(
            projects: projects.map { .of($0) }, order: order, held: held, underWay: underWay, limit: limit)
        return try await store.rows(for: errand).map(\.key.session.rawValue)
    }

    @Test("brings what wants a call by its deadline, ties by key", arguments: StoreKind.allCases)
    func kept(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.commit([
                .put(.sample("late", want: .at(30), claim: .of(1))), .put(.sample("tie-b", want: .at(20))),
                .put(.sample("tie-a", provider: "github", want: .at(20), claim: .of(2))), .put(.sample("none")),
                .put(.sample("claims", wakeAt: .at(1), claim: .of(9))),
                .put(.sample("tie-0", project: "two", want: .at(20))),
                .put(.sample("first", project: "two", want: .at(1))),
                .put(.sample("foreign", project: "three", want: .at(0))),
            ])
            #expect(
                try await names(store, .kept(from: nil)) == ["first", "tie-a", "tie-b", "tie-0", "late"])
            #expect(try await names(store, .kept(from: nil), limit: 2) == ["first", "tie-a"])
            #expect(try await names(store, .kept(from: nil), limit: 0) == [])
            #expect(try await names(store, .kept(from: nil), in: ["app"], limit: 2) == ["tie-a", "tie-b"])
            #expect(try await names(store, .kept(from: nil), in: []) == [])
            #expect(try await names(store, .kept(from: nil), in: ["unheard-of"]) == [])
            let held = [Lane("app", "google"), Lane("two", "github"), Lane("unheard-of", "google")]
            #expect(try await names(store, .kept(from: nil), held: held) == ["first", "tie-a", "tie-0"])

            try await store.commit([.put(.sample("first", project: "two")), .remove(SessionKey("app", "tie-a"))])
            #expect(try await names(store, .kept(from: nil)) == ["tie-b", "tie-0", "late"])
        }
    }

    @Test("leaves out what has no claim at the floor or above it", arguments: StoreKind.allCases)
    func keptFromFloor(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.commit([
                .put(.sample("below", want: .at(1), claim: .of(49))), .put(.sample("at", want: .at(4), claim: .of(50))),
                .put(.sample("above", want: .at(3), claim: .of(51))), .put(.sample("unclaimed", want: .at(2))),
                .put(.sample("sated", wakeAt: .at(1), claim: .of(52))),
                .put(.sample("github", provider: "github", want: .at(3), claim: .of(99))),
                .put(.sample("other", project: "two", want: .at(2), claim: .of(50))),
            ])
            #expect(try await names(store, .kept(from: .at(50))) == ["other", "above", "github", "at"])
            #expect(try await names(store, .kept(from: .at(50)), limit: 3) == ["other", "above", "github"])
            #expect(
                try await names(store, .kept(from: .at(50)), held: [Lane("app", "google")]) == ["other", "github"])
            #expect(try await names(store, .kept(from: .at(100))) == [])
        }
    }

    @Test("brings the rest by priority, the greatest first, ties by key backwards", arguments: StoreKind.allCases)
    func rest(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.commit([
                .put(.sample("kept", want: .at(1), claim: .of(50))), .put(.sample("low", want: .at(1), claim: .of(10))),
                .put(.sample("tie-a", want: .at(2), claim: .of(40))),
                .put(.sample("tie-b", want: .at(9), claim: .of(40))),
                .put(.sample("sated", wakeAt: .at(1), claim: .of(45))), .put(.sample("unclaimed", want: .at(1))),
                .put(.sample("tie-c", provider: "github", want: .at(1), claim: .of(40))),
                .put(.sample("tie-0", project: "two", want: .at(1), claim: .of(40))),
                .put(.sample("next", project: "two", want: .at(1), claim: .of(49))),
                .put(.sample("foreign", project: "three", want: .at(1), claim: .of(49))),
            ])
            #expect(
                try await names(store, .rest(below: .at(50))) == ["next", "tie-0", "tie-c", "tie-b", "tie-a", "low"])
            #expect(try await names(store, .rest(below: .at(50)), limit: 3) == ["next", "tie-0", "tie-c"])
            #expect(
                try await names(store, .rest(below: .at(50)), held: [Lane("app", "google")])
                    == ["next", "tie-0", "tie-c"])
            #expect(try await names(store, .rest(below: .at(40))) == ["low"])
        }
    }

    @Test("brings what is fresh and will be due before a time, ties by key", arguments: StoreKind.allCases)
    func early(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.commit([
                .put(.sample("last", wakeAt: .at(99), claim: .of(50))),
                .put(.sample("too-late", wakeAt: .at(100), claim: .of(60))),
                .put(.sample("tie-b", wakeAt: .at(20), claim: .of(60))),
                .put(.sample("tie-a", wakeAt: .at(20), claim: .of(50))),
                .put(.sample("low", wakeAt: .at(10), claim: .of(49))), .put(.sample("unclaimed", wakeAt: .at(1))),
                .put(.sample("due", standing: .due, wakeAt: .at(1), want: .at(1), claim: .of(60))),
                .put(.sample("sleepless", claim: .of(60))),
                .put(.sample("github", provider: "github", wakeAt: .at(15), claim: .of(60))),
                .put(.sample("tie-0", project: "two", wakeAt: .at(20), claim: .of(60))),
                .put(.sample("foreign", project: "three", wakeAt: .at(1), claim: .of(60))),
            ])
            #expect(
                try await names(store, .early(from: nil, before: .at(100)))
                    == ["low", "github", "tie-a", "tie-b", "tie-0", "last"])
            #expect(
                try await names(store, .early(from: .at(50), before: .at(100)))
                    == ["github", "tie-a", "tie-b", "tie-0", "last"])
            #expect(try await names(store, .early(from: .at(50), before: .at(100)), limit: 2) == ["github", "tie-a"])
            #expect(
                try await names(store, .early(from: .at(51), before: .at(21)), held: [Lane("app", "github")])
                    == ["tie-b", "tie-0"])
            #expect(try await names(store, .early(from: nil, before: .at(10))) == [])
        }
    }

    @Test("passes over sessions under way, and brings as many others as asked for", arguments: StoreKind.allCases)
    func underWay(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.commit([
                .put(.sample("a", want: .at(1), claim: .of(40))), .put(.sample("b", want: .at(2), claim: .of(39))),
                .put(.sample("c", provider: "github", want: .at(3), claim: .of(38))),
                .put(.sample("a", project: "two", want: .at(4), claim: .of(37))),
                .put(.sample("f", wakeAt: .at(5), claim: .of(60))), .put(.sample("g", wakeAt: .at(6), claim: .of(60))),
            ])
            let flying: Set = [
                SessionKey("app", "a"), SessionKey("app", "c"), SessionKey("app", "f"), SessionKey("app", "gone"),
            ]
            let orders: [Errand.Order] = [.kept(from: nil), .kept(from: .at(1)), .rest(below: .at(50))]
            for order in orders {
                #expect(try await names(store, order, underWay: flying) == ["b", "a"])
                #expect(try await names(store, order, underWay: flying, limit: 1) == ["b"])
                #expect(try await names(store, order, underWay: flying, limit: 2) == ["b", "a"])
            }
            for floor in [nil, Heat.at(50)] {
                #expect(try await names(store, .early(from: floor, before: .at(99)), underWay: flying) == ["g"])
                #expect(
                    try await names(store, .early(from: floor, before: .at(99)), underWay: flying, limit: 1) == ["g"])
            }
        }
    }

    @Test("misses none of one lane among many that has more than its share", arguments: StoreKind.allCases)
    func unevenLanes(kind: StoreKind) async throws {
        var rows: [SessionRow] = []
        for lane in 0..<40 {
            for index in 0..<(lane == 17 ? 60 : 2) {
                let time = Int64(lane == 17 ? index : 100 + lane)
                rows.append(
                    .sample(
                        "s\(lane)-\(index)", project: lane % 2 == 0 ? "app" : "two", provider: "p\(lane)",
                        want: .at(time), claim: .of(1000 - time)))
            }
        }
        let byWant = rows.sorted { ($0.want ?? .at(0), $0.key) < ($1.want ?? .at(0), $1.key) }
        try await kind.withStore { store in
            try await store.commit(rows.map(Change.put))
            for limit in [1, 7, 59, 60, 61, 75, 500] {
                let expected = byWant.prefix(limit).map(\.key.session.rawValue)
                #expect(try await names(store, .kept(from: nil), limit: limit) == expected)
                #expect(try await names(store, .kept(from: .at(1)), limit: limit) == expected)
                let rest = try await names(store, .rest(below: .at(2000)), limit: limit)
                #expect(rest.count == expected.count)
                #expect(rest.prefix(60) == expected.prefix(60))
            }
            let held = [Lane("two", "p17")]
            let open = byWant.filter { $0.lane != held[0] }.prefix(7).map(\.key.session.rawValue)
            #expect(try await names(store, .kept(from: nil), held: held, limit: 7) == open)
        }
    }

    @Test(
        "names who lays claim to calls, the greatest priority first, ties by key backwards",
        arguments: StoreKind.allCases)
    func contenders(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.commit([
                .put(.sample("a", wakeAt: .at(1), claim: .of(40, period: .seconds(1)))),
                .put(.sample("b", want: .at(2), claim: .of(40, period: .seconds(2)))),
                .put(.sample("c", project: "two", provider: "github", claim: .of(50, period: .milliseconds(3)))),
                .put(.sample("d", wakeAt: .at(4), want: .at(5), claim: .of(-10))), .put(.sample("none", want: .at(1))),
                .put(.sample("e", project: "two", claim: .of(40))),
                .put(.sample("foreign", project: "three", claim: .of(99))),
            ])
            let expected = [
                Contender(claim: .of(50, period: .milliseconds(3)), want: nil, wakeAt: nil),
                Contender(claim: .of(40), want: nil, wakeAt: nil),
                Contender(claim: .of(40, period: .seconds(2)), want: .at(2), wakeAt: nil),
                Contender(claim: .of(40, period: .seconds(1)), want: nil, wakeAt: .at(1)),
                Contender(claim: .of(-10), want: .at(5), wakeAt: .at(4)),
            ]
            let projects: [ProjectAlias] = [.of("app"), .of("two")]
            for limit in 0...6 {
                let found = try await store.contenders(in: projects, limit: limit)
                #expect(found == Array(expected.prefix(limit)))
            }
            #expect(try await store.contenders(in: [], limit: 9) == [])
            try await store.commit([.put(.sample("c", project: "two")), .remove(SessionKey("two", "e"))])
            #expect(try await store.contenders(in: [.of("two")], limit: 9) == [])
        }
    }
}
