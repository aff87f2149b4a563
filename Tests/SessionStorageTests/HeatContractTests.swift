// How much a grant is read, and what that does to the claims of its sessions: held against every store alike.

import RefreshEngine
import RefreshPolicy
import Testing

@Suite("Every store, when a grant was read,", .timeLimit(.minutes(10)))
struct HeatContractTests {
    @Test("adds the reads up as the policy does", arguments: StoreKind.allCases)
    func heat(kind: StoreKind) async throws {
        let (first, second) = (SessionRow.sample("first"), SessionRow.sample("second"))
        try await kind.withStore { store in
            try await store.commit([.put(first), .put(second)])
            #expect(try await store.session(first.key)?.heat == nil)

            var heat = Heat(reads: 3, at: .at(100))
            try await store.commit([.read(first.grant, times: 3, at: .at(100))])
            #expect(try await store.session(second.key)?.heat == heat)

            for (times, time) in [(1, 9_000), (500, 9_001), (2, 50_000), (1, 10)] as [(Int, Int64)] {
                heat = heat.adding(reads: times, at: .at(time))
                try await store.commit([.read(first.grant, times: times, at: .at(time))])
                let stored = try #require(try await store.session(second.key))
                #expect(stored.heat == heat)
                #expect(stored.lastReadAt == .at(time))
            }
        }
    }

    @Test("leaves the heat to the grant in every put", arguments: StoreKind.allCases)
    func put(kind: StoreKind) async throws {
        let row = SessionRow.sample("s")
        try await kind.withStore { store in
            try await store.commit([.put(row), .read(row.grant, times: 2, at: .at(7))])
            var written = row
            written.heat = .at(999)
            try await store.commit([.put(written)])
            #expect(try await store.session(row.key)?.heat == Heat(reads: 2, at: .at(7)))
        }
    }

    @Test("warms the claims of all its sessions by as much, and no other's", arguments: StoreKind.allCases)
    func warm(kind: StoreKind) async throws {
        var first = SessionRow.sample("first", claim: .of(95 + 1000))
        var second = SessionRow.sample("second", claim: .of(40, period: .seconds(60)))
        first.foundAt = .at(95)
        second.foundAt = .at(20)
        let unclaimed = SessionRow.sample("unclaimed")
        let others = [
            SessionRow.sample("other", providerUID: "another account", claim: .of(1)),
            SessionRow.sample("other2", provider: "github", claim: .of(2)),
            SessionRow.sample("other3", user: "u2", claim: .of(3)),
            SessionRow.sample("other4", project: "two", claim: .of(4)),
        ]
        try await kind.withStore { store in
            func claims() async throws -> [Claim?] {
                var claims: [Claim?] = []
                for row in [first, second, unclaimed] { claims.append(try await store.session(row.key)?.claim) }
                return claims
            }
            try await store.commit(([first, second, unclaimed] + others).map(Change.put))
            try await store.commit([.read(first.grant, times: 1, at: .at(100))])
            // Before the first read, each is as hot as its finding.
            #expect(try await claims() == [.of(100 + 1000), .of(40 + 80, period: .seconds(60)), nil])

            let before = Heat(reads: 1, at: .at(100))
            let gain = before.adding(reads: 8, at: .at(200)).asOneReadAt - before.asOneReadAt
            try await store.commit([.read(first.grant, times: 8, at: .at(200))])
            #expect(
                try await claims() == [
                    Claim(priority: .at(1100).stepped(by: gain), period: .seconds(3300)),
                    Claim(priority: .at(120).stepped(by: gain), period: .seconds(60)), nil,
                ])
            for other in others { #expect(try await store.session(other.key) == other) }
            #expect(try await store.contenders(in: [.of("app")], limit: 1).map(\.claim) == [claims()[0]])
        }
    }

    @Test(
        "says nothing of a grant that has no session, and begins anew after its last one", arguments: StoreKind.allCases
    )
    func forgotten(kind: StoreKind) async throws {
        let row = SessionRow.sample("s", claim: .of(1))
        try await kind.withStore { store in
            try await store.commit([.read(row.grant, times: 9, at: .at(5)), .put(row)])
            #expect(try await store.session(row.key) == row)
            try await store.commit([.read(row.grant, times: 9, at: .at(5)), .remove(row.key), .put(row)])
            #expect(try await store.session(row.key) == row)
        }
    }

    @Test("knows the grant by every byte of the provider's user id", arguments: StoreKind.allCases)
    func oddBytes(kind: StoreKind) async throws {
        let ids = ["a\0b", "a\0c", "a", "", "\u{202E}😀\n", "'; --", "é\u{0}", String(repeating: "x", count: 5000)]
        let rows = ids.enumerated().map {
            SessionRow.sample("s\($0.offset)", providerUID: $0.element, want: .at(Int64($0.offset)), claim: .of(95))
        }
        try await kind.withStore { store in
            try await store.commit(rows.map(Change.put))
            for (index, row) in rows.enumerated() {
                try await store.commit([.read(row.grant, times: 1, at: .at(1000 + Int64(index)))])
            }
            let errand = Errand(projects: [.of("app")], order: .kept(from: nil), held: [], limit: 99)
            let found = try await store.rows(for: errand)
            #expect(found.map { Array($0.providerUID.utf8) } == ids.map { Array($0.utf8) })
            #expect(found.map(\.heat) == ids.indices.map { .at(1000 + Int64($0)) })
            #expect(found.map(\.claim) == ids.indices.map { .of(1000 + Int64($0)) })
        }
    }
}
