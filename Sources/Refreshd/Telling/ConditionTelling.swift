// A condition in words: where, what, how often, and what refreshd does about it. What somebody else can do stands with the
// kinds of event.

import RefreshPolicy

extension Telling {
    init(_ news: ConditionNews) {
        switch news {
        case .began(let condition):
            self = Telling(
                .condition(condition.cause),
                "\(condition.scope): \(condition.event); \(condition.consequence)\(condition.advice)"
            ).about(condition, "began")
        case .changed(let condition, from: let before):
            self = Telling(
                .condition(condition.cause),
                "\(condition.scope): no longer \"\(before.words)\", but \(condition.event); "
                    + "\(condition.consequence)\(condition.advice)"
            ).about(condition, "changed")
            add(.conditionBefore, before.cause.rawValue)
        case .ended(let condition):
            self = Telling(
                .conditionEnded,
                "\(condition.scope): \"\(condition.words)\", since \(Self.words(for: condition.since)), is over; "
                    + condition.relief
            ).about(condition, "ended")
        }
    }

    private func about(_ condition: Condition, _ phase: String) -> Telling {
        var telling = self
        switch condition.scope {
        case .host(let host): telling = about(host)
        case .project(let project): telling = about(project)
        case .lane(let lane):
            telling = about(lane.project)
            telling.add(.provider, lane.provider.rawValue)
        }
        telling.add(.condition, condition.cause.rawValue)
        if let obstacle = condition.obstacle { telling.add(.obstacle, obstacle.rawValue) }
        telling.add(.phase, phase)
        telling.add(.since, condition.since)
        telling.add(.count, condition.count)
        if phase != "ended", let probeAt = condition.probeAt { telling.add(.nextTryAt, probeAt) }
        return telling
    }
}

extension Condition {
    /// What somebody can do, as it ends a line.
    fileprivate var advice: String { remedy.isEmpty ? "" : ". " + remedy }

    /// What happened, and to how many.
    fileprivate var event: String {
        switch cause {
        case .providerFailing: "the provider fails or does not answer (\(refreshes))"
        case .providerThrottling: "the provider refuses, since its own limit is reached (\(refreshes))"
        case .emptyAnswers: "the provider's answers hold no token (\(refreshes))"
        case .clientRefused: "the provider refuses the project's client id or secret (\(refreshes))"
        case .grantsRefused: "the provider refuses every refresh token (\(refreshes))"
        case .providerUnsupported: "this Appwrite does not support the provider (\(refreshes))"
        case .unreachable:
            "Appwrite is not reached\(obstacle.map { ": \($0.rawValue)" } ?? "") (\(calls))"
        case .serverFailing: "Appwrite fails (\(calls))"
        case .notUnderstood: "the answers are not Appwrite's (\(calls))"
        case .keyRefused: "Appwrite refuses the API key (\(calls))"
        case .keyMayNotMint: "the API key may not make JWTs (\(calls))"
        case .projectUnknown: "Appwrite does not know the project (\(calls))"
        case .serviceDisabled: "a service that refreshd needs is switched off in the project (\(calls))"
        case .loginsRefused: "Appwrite refuses every session secret (\(calls))"
        case .meteredAfterAll: "Appwrite counts our calls, although by the settings it does not"
        case .budgetShort:
            "calls do not suffice for all: \(Self.number(count, "grant is", "grants are")) not kept fresh"
        case .callsOfOthers:
            "others share the limit: they made \(Self.number(count, "call", "calls")) of this window"
        case .noRateHeaders:
            "\(Self.number(count, "answer", "answers")) in a row came without the headers X-RateLimit-*"
        }
    }

    /// What refreshd does while it lasts.
    fileprivate var consequence: String {
        switch cause {
        case .providerFailing, .providerThrottling, .emptyAnswers, .clientRefused, .grantsRefused,
            .providerUnsupported, .unreachable, .serverFailing, .notUnderstood, .keyRefused, .keyMayNotMint,
            .projectUnknown, .serviceDisabled, .loginsRefused:
            held + "tokens are served to their end"
        case .meteredAfterAll, .callsOfOthers, .noRateHeaders:
            // One sentence; here it goes on where another was.
            cause.facts.next.prefix(1).lowercased() + cause.facts.next.dropFirst().dropLast()
        case .budgetShort: "those are renewed when they are read"
        }
    }

    /// What follows from its end.
    fileprivate var relief: String {
        switch cause {
        case .providerFailing, .providerThrottling, .emptyAnswers, .clientRefused, .providerUnsupported, .unreachable,
            .serverFailing, .notUnderstood, .keyRefused, .keyMayNotMint, .projectUnknown, .serviceDisabled,
            .loginsRefused:
            "what was held goes on"
        case .grantsRefused: "the sessions that were refused meanwhile are tried anew"
        case .meteredAfterAll: "Appwrite does not count our calls any more"
        case .budgetShort: "calls suffice for all again"
        case .callsOfOthers: "a whole window had no calls of others"
        case .noRateHeaders: "answers have the headers X-RateLimit-* again"
        }
    }

    private var held: String {
        probeAt.map { "the rest is held, one is tried at \(TimeWords.timeOfDay($0)), and " } ?? ""
    }

    private var refreshes: String { Self.number(count, "refresh", "refreshes in a row") }
    private var calls: String { Self.number(count, "call", "calls in a row") }

    private static func number(_ count: Int, _ one: String, _ several: String) -> String {
        "\(count) \(count == 1 ? one : several)"
    }
}
