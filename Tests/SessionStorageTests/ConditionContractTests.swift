// Conditions outlive a restart: held against every store alike.

import RefreshEngine
import RefreshPolicy
import Testing

@Suite("Every store, of conditions,", .timeLimit(.minutes(10)))
struct ConditionContractTests {
    private func recalled(_ store: any SessionStore) async throws -> [Condition] {
        try await store.recall().conditions
    }

    @Test("gives each back as it was stored, whatever its scope and cause", arguments: StoreKind.allCases)
    func roundTrip(kind: StoreKind) async throws {
        let scopes: [Condition.Scope] = [
            .lane(Lane("app", "google")), .project(.of("app")), .host(HostName("app")), .lane(Lane("app", "github")),
            .project(.of("two")), .host(HostName("cloud.appwrite.io")), .lane(Lane("two", "google")),
        ]
        let conditions = scopes.enumerated().flatMap { place, scope in
            Condition.Cause.allCases.enumerated().map { index, cause in
                Condition(
                    scope: scope, cause: cause, since: .at(Int64(place)), count: index,
                    probeAt: index % 2 == 0 ? .at(Int64(index)) : nil)
            }
        }
        let obstacles = Obstacle.allCases.enumerated().map { place, obstacle in
            Condition(
                scope: .project(.of("p\(place)")), cause: .unreachable, since: .at(1), count: 3, probeAt: .at(2),
                obstacle: obstacle)
        }
        try await kind.withStore { store in
            #expect(try await recalled(store) == [])
            try await store.commit((conditions + obstacles).map(Change.condition))
            #expect(try await recalled(store) == conditions + obstacles)
        }
    }

    @Test("recalls them in the order in which they were stored last", arguments: StoreKind.allCases)
    func order(kind: StoreKind) async throws {
        let scope = Condition.Scope.lane(Lane("app", "google"))
        func condition(_ cause: Condition.Cause, _ count: Int) -> Condition {
            Condition(scope: scope, cause: cause, since: .at(9), count: count, probeAt: .at(10))
        }
        try await kind.withStore { store in
            try await store.commit([
                .condition(condition(.providerFailing, 1)), .condition(condition(.grantsRefused, 1)),
                .condition(condition(.emptyAnswers, 1)),
            ])
            try await store.commit([.condition(condition(.providerFailing, 2))])
            #expect(
                try await recalled(store) == [
                    condition(.grantsRefused, 1), condition(.emptyAnswers, 1), condition(.providerFailing, 2),
                ])
            // The last goes, and what comes next is last all the same.
            try await store.commit([
                .conditionOver(scope, .providerFailing), .condition(condition(.grantsRefused, 2)),
                .condition(condition(.clientRefused, 1)),
            ])
            #expect(
                try await recalled(store) == [
                    condition(.emptyAnswers, 1), condition(.grantsRefused, 2), condition(.clientRefused, 1),
                ])
        }
    }

    @Test("ends the one that is named, and no other", arguments: StoreKind.allCases)
    func over(kind: StoreKind) async throws {
        let lane = Condition.Scope.lane(Lane("app", "google"))
        let scopes: [Condition.Scope] = [lane, .lane(Lane("app", "github")), .project(.of("app"))]
        let conditions = scopes.map { Condition(scope: $0, cause: .providerFailing, since: .at(1), count: 1) }
        try await kind.withStore { store in
            try await store.commit(conditions.map(Change.condition))
            try await store.commit([
                .conditionOver(lane, .grantsRefused), .conditionOver(.host(HostName("app")), .providerFailing),
            ])
            #expect(try await recalled(store) == conditions)
            try await store.commit([.conditionOver(lane, .providerFailing)])
            #expect(try await recalled(store) == Array(conditions.dropFirst()))
        }
    }
}
