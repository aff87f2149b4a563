// What a failure speaks against beyond its session, and what a success speaks for. Law 12: only what Appwrite says in so
// many words, or what many sessions share, belongs to more than one of them.

/// Where a failure may belong, and of what kind it is then.
enum Blame: Hashable, Sendable {
    case lane(Condition.Cause)
    case project(Condition.Cause, Obstacle? = nil)
    /// The session's own, or nobody's.
    case nobody

    /// A PATCH that brought no token. Each was preceded by a look: so what is lost on its way back is laid to the
    /// provider's charge, whose silence Appwrite hands on, and what is wrong with Appwrite shows in the looks.
    init(_ answer: SpendAnswer) {
        switch answer {
        case .session(let facts): self = facts.token == nil ? .lane(.emptyAnswers) : .nobody
        case .refused(let refusal): self = Blame(refusal)
        case .notSent(.refused(.keyRefused)): self = .project(.keyMayNotMint)
        case .notSent(let failure): self = Blame(failure)
        case .lost(.cancelled): self = .nobody
        case .lost(.unreachable), .lost(.timedOut), .lost(.cut), .lost(.notUnderstood): self = .lane(.providerFailing)
        }
    }

    init(_ look: Look) {
        switch look {
        case .list, .session: self = .nobody
        case .failed(let failure): self = Blame(failure)
        }
    }

    init(_ failure: CallFailure) {
        switch failure {
        case .refused(let refusal): self = Blame(refusal)
        case .silent(let silence):
            switch silence {
            case .unreachable, .timedOut, .cut: self = .project(.unreachable, Obstacle(silence))
            case .notUnderstood: self = .project(.notUnderstood)
            case .cancelled: self = .nobody
            }
        }
    }

    private init(_ refusal: Refusal) {
        switch refusal {
        // A refused grant is laid to the lane's charge when it is believed, after a look.
        case .providerRefused(let code): self = Blame(code)
        case .providerClientRefused: self = .lane(.clientRefused)
        case .providerThrottled: self = .lane(.providerThrottling)
        case .providerFailed: self = .lane(.providerFailing)
        case .providerUnsupported: self = .lane(.providerUnsupported)
        case .loginRefused: self = .project(.loginsRefused)
        case .keyRefused: self = .project(.keyRefused)
        case .projectUnknown: self = .project(.projectUnknown)
        case .serviceDisabled: self = .project(.serviceDisabled)
        case .callRefused: self = .project(.notUnderstood)
        case .serverFailed: self = .project(.serverFailing)
        case .rateLimited, .sessionUnknown, .userUnknown, .userBlocked: self = .nobody
        }
    }

    /// RFC 6749 5.2: the client's errors, which some providers send with 400 where others send 401.
    private init(_ code: OAuthErrorCode?) {
        switch code?.rawValue {
        case "invalid_client", "unauthorized_client", "unsupported_grant_type": self = .lane(.clientRefused)
        case "invalid_grant", "bad_refresh_token": self = .nobody
        default: self = .lane(.providerFailing)
        }
    }
}

/// What an answer speaks for: it comes from a call that could have failed of these causes and did not.
enum Praise: Hashable, Sendable {
    /// A new token came.
    case renewal
    /// The provider refused this grant, and so is up and knows its client.
    case grantRefused
    /// Appwrite answered a PATCH in its own form.
    case answeredSpend
    /// Appwrite showed sessions to the API key.
    case shownByKey
    /// Appwrite showed a session by its own secret.
    case shownBySecret

    /// Nil for an answer that speaks for nothing.
    init?(_ answer: SpendAnswer) {
        switch answer {
        case .session(let facts): self = facts.token == nil ? .answeredSpend : .renewal
        case .refused(.providerRefused(let code)):
            self = code.map(Outcome.refusesGrant) ?? false ? .grantRefused : .answeredSpend
        case .refused(.rateLimited), .refused(.providerClientRefused), .refused(.providerThrottled),
            .refused(.providerFailed), .refused(.providerUnsupported), .refused(.sessionUnknown):
            self = .answeredSpend
        case .refused(.loginRefused), .refused(.userUnknown), .refused(.userBlocked), .refused(.keyRefused),
            .refused(.projectUnknown), .refused(.serviceDisabled), .refused(.callRefused), .refused(.serverFailed),
            .notSent, .lost:
            return nil
        }
    }

    init?(_ look: Look) {
        switch look {
        case .list: self = .shownByKey
        case .session: self = .shownBySecret
        case .failed: return nil
        }
    }

    func refutes(_ cause: Condition.Cause) -> Bool {
        switch cause {
        case .providerFailing, .providerThrottling, .clientRefused, .emptyAnswers, .providerUnsupported:
            self == .renewal || self == .grantRefused
        case .grantsRefused: self == .renewal
        case .keyMayNotMint: self == .renewal || self == .grantRefused || self == .answeredSpend
        case .serviceDisabled: self != .shownByKey
        case .loginsRefused: self == .renewal || self == .shownBySecret
        case .keyRefused: self != .shownBySecret
        case .unreachable, .serverFailing, .notUnderstood, .projectUnknown: true
        case .meteredAfterAll, .budgetShort, .callsOfOthers, .noRateHeaders: false
        }
    }
}

extension Condition.Cause {
    /// Whether only calls with the API key fail of it.
    var isOfKey: Bool { self == .keyRefused || self == .keyMayNotMint }

    /// Whether free looks would fail of it too, and are held like the calls that count.
    var holdsLooks: Bool {
        switch self {
        case .unreachable, .serverFailing, .notUnderstood, .keyRefused, .projectUnknown, .loginsRefused: true
        case .providerFailing, .providerThrottling, .emptyAnswers, .clientRefused, .grantsRefused,
            .providerUnsupported, .keyMayNotMint, .serviceDisabled, .meteredAfterAll, .budgetShort, .callsOfOthers,
            .noRateHeaders:
            false
        }
    }
}
