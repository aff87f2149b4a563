// Every condition in words: where, what, how often, what refreshd does, and what somebody can do.

import RefreshEngine
import RefreshPolicy
import Testing
import TokenAPI

@testable import Refreshd

@Suite("What the log says of conditions")
struct ConditionTellingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let cause: Condition.Cause
        let priority: Telling.Priority
        /// What the line must hold of the remedy; nil where nobody on this side can do anything.
        let remedy: String?
        var testDescription: String { cause.rawValue }

        init(_ cause: Condition.Cause, _ priority: Telling.Priority, _ remedy: String?) {
            self.cause = cause
            self.priority = priority
            self.remedy = remedy
        }
    }

    static let cases = [
        Case(.providerFailing, .warning, nil),
        Case(.providerThrottling, .warning, "ask the provider for a higher limit"),
        Case(.emptyAnswers, .warning, "Check the app's registration at the provider"),
        Case(.clientRefused, .error, "Check the provider's client id and secret in the Appwrite console"),
        Case(.grantsRefused, .error, "whether the app was suspended"),
        Case(.providerUnsupported, .error, "Upgrade Appwrite"),
        Case(.unreachable, .warning, "Check the endpoint (and the proxy) in the settings, the network"),
        Case(.serverFailing, .warning, "See the log of the Appwrite server"),
        Case(.notUnderstood, .warning, "no proxy answers for it"),
        Case(.keyRefused, .error, "its end, and its scopes users.read and users.write"),
        Case(.keyMayNotMint, .error, "the scope users.write"),
        Case(.projectUnknown, .error, "Check the project id in the settings"),
        Case(.serviceDisabled, .error, "Switch the services Account and Users on"),
        Case(.loginsRefused, .error, "Check that endpoint and project in the settings"),
        Case(
            .meteredAfterAll, .error,
            "The dev key has ended or is not this project's: make a new one in the Appwrite console"),
        Case(.budgetShort, .warning, "A dev key lifts the limit"),
        Case(.callsOfOthers, .warning, "give them, or refreshd, a dev key"),
        Case(.noRateHeaders, .warning, "A proxy strips them: let X-RateLimit-Limit"),
    ]

    @Test("No cause is without a line")
    func complete() {
        #expect(Set(Self.cases.map(\.cause)) == Set(Condition.Cause.allCases))
        #expect(Self.cases.count == Condition.Cause.allCases.count)
    }

    @Test("Each line names its scope and count, and ends with the remedy where there is one", arguments: cases)
    func line(_ given: Case) {
        let condition = Sample.condition(given.cause)
        let before = Sample.condition(given.cause == .providerFailing ? .clientRefused : .providerFailing)
        let tellings = [ConditionNews.began(condition), .changed(condition, from: before), .ended(condition)].map {
            Telling(.decision(.condition($0)))
        }

        #expect(tellings.map(\.kind) == [.condition(given.cause), .condition(given.cause), .conditionEnded])
        #expect(tellings.map(\.priority) == [given.priority, given.priority, .notice])
        for telling in tellings {
            #expect(telling.message.hasPrefix("\(condition.scope): "))
            #expect(
                !telling.message.contains("\n") && !telling.message.hasSuffix(".") && !telling.message.contains(".."))
            #expect(telling.fields.contains(Telling.Field(name: .condition, value: given.cause.rawValue)))
            #expect(telling.fields.contains(Telling.Field(name: .count, value: "7")))
            #expect(telling.breaches == [])
        }
        for telling in tellings.dropLast() {
            #expect(telling.message.contains("7 ") || given.cause == .meteredAfterAll)
            #expect(telling.message.contains("is tried at") == (condition.probeAt != nil))
            if let remedy = given.remedy { #expect(telling.message.contains(". ") && telling.message.contains(remedy)) }
        }
    }

    @Test("A provider that fails, then refuses, then works, is told in three lines")
    func course() {
        let failing = Sample.condition(.providerFailing, count: 3)
        let refusing = Sample.condition(.clientRefused, count: 4)
        let lines = [ConditionNews.began(failing), .changed(refusing, from: failing), .ended(refusing)].map {
            Telling(.decision(.condition($0))).message
        }

        #expect(
            lines == [
                "shop/google: the provider fails or does not answer (3 refreshes in a row); the rest is held, one is "
                    + "tried at 02:03:44Z, and tokens are served to their end",
                "shop/google: no longer \"provider failing\", but the provider refuses the project's client id or "
                    + "secret (4 refreshes in a row); the rest is held, one is tried at 02:03:44Z, and tokens are served "
                    + "to their end. Check the provider's client id and secret in the Appwrite console: the secret may "
                    + "have ended",
                "shop/google: \"provider refuses the project's client id or secret\", since 2026-11-24 02:00:04 UTC, "
                    + "is over; what was held goes on",
            ])
    }

    @Test(
        "Where Appwrite is not reached, what is in the way is told, with its own remedy", arguments: Obstacle.allCases)
    func obstacle(_ obstacle: Obstacle) {
        let condition = Sample.condition(.unreachable, obstacle: obstacle)
        let before = Sample.condition(.unreachable, obstacle: obstacle == .cut ? .refused : .cut)
        let lines = [ConditionNews.began(condition), .changed(condition, from: before), .ended(condition)].map {
            Telling(.decision(.condition($0)))
        }

        #expect(lines[0].message.hasPrefix("shop: Appwrite is not reached: \(obstacle.rawValue) (7 calls in a row); "))
        #expect(
            lines[1].message.contains("no longer \"Appwrite not reached (\(before.obstacle?.rawValue ?? ""))\", but "))
        #expect(lines[2].message.contains("\"Appwrite not reached (\(obstacle.rawValue))\", since "))
        for line in lines {
            #expect(line.fields.contains(Telling.Field(name: .obstacle, value: obstacle.rawValue)))
            #expect(line.fields.contains(Telling.Field(name: .condition, value: "Appwrite not reached")))
        }
        for line in lines.dropLast() { #expect(line.message.hasSuffix(". " + obstacle.remedy)) }
    }

    @Test("No two obstacles have the same remedy")
    func remedies() {
        #expect(Set(Obstacle.allCases.map(\.remedy)).count == Obstacle.allCases.count)
    }

    @Test("One is not several")
    func singular() {
        let lines = [Condition.Cause.keyRefused, .providerThrottling, .budgetShort, .callsOfOthers].map {
            Telling(.decision(.condition(.began(Sample.condition($0, count: 1))))).message
        }

        #expect(lines[0].contains("(1 call)"))
        #expect(lines[1].contains("(1 refresh)"))
        #expect(lines[2].contains("1 grant is not kept fresh"))
        #expect(lines[3].contains("1 call of this window"))
    }

    @Test(
        "Each is found by what it belongs to",
        arguments: [
            (.budgetShort, ["REFRESHD_HOST": "cloud.example"]), (.keyRefused, ["REFRESHD_PROJECT": "shop"]),
            (.providerFailing, ["REFRESHD_PROJECT": "shop", "REFRESHD_PROVIDER": "google"]),
        ] as [(Condition.Cause, [String: String])])
    func fields(cause: Condition.Cause, scope: [String: String]) {
        let telling = Telling(.decision(.condition(.began(Sample.condition(cause)))))
        let fields = Dictionary(uniqueKeysWithValues: telling.fields.map { ($0.name.rawValue, $0.value) })

        var expected = scope.merging([
            "REFRESHD_EVENT": cause.facts.name, "REFRESHD_CONDITION": cause.rawValue, "REFRESHD_PHASE": "began",
            "REFRESHD_SINCE": "2026-11-24T02:00:04.005Z", "REFRESHD_COUNT": "7",
        ]) { $1 }
        if let probeAt = Sample.condition(cause).probeAt { expected["REFRESHD_NEXT_TRY_AT"] = WireTime(probeAt).iso }
        #expect(fields == expected)
    }

    @Test("One that changes names both causes, each in a field of its own; one that ends is none that is tried")
    func phases() {
        let condition = Sample.condition(.clientRefused)
        let changed = Telling(.decision(.condition(.changed(condition, from: Sample.condition(.providerFailing)))))
        let ended = Telling(.decision(.condition(.ended(condition))))
        #expect(changed.value(of: .phase) == "changed" && changed.value(of: .conditionBefore) == "provider failing")
        #expect(ended.value(of: .phase) == "ended" && ended.value(of: .nextTryAt) == nil)
        #expect(ended.value(of: .provider) == "google")
    }
}

extension Telling {
    fileprivate func value(of field: EventField) -> String? { fields.first { $0.name == field }?.value }
}
