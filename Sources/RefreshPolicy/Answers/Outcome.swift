// Law 12: unknown means transient, only proven cases are permanent. Here an answer to a PATCH becomes what it means
// for the session.

/// What a PATCH's answer means.
package enum Outcome: Hashable, Sendable {
    /// A token that is proven: the ids asked for, not empty.
    case renewed(SessionFacts)
    /// It failed for a passing cause.
    case failed(Reason)
    /// The provider refused the refresh token. Believed after a look that shows no other refresh (law 5).
    case grantRefused(Reason)
    /// Appwrite blocks the user.
    case ended(Reason)
    /// Not this session's failure, and nothing was tried: the window is spent.
    case postponed
    /// It never left.
    case notSent(Reason)
    /// It left, and nobody knows (law 4).
    case lost

    /// Judges an answer to a PATCH of `key` of `user`.
    package init(_ answer: SpendAnswer, for key: SessionKey, of user: UserID) {
        switch answer {
        case .session(let facts):
            if facts.session != key.session || facts.user != user {
                self = .failed(Reason(.otherSession))
            } else if facts.token == nil {
                self = .failed(Reason(.emptyToken))
            } else {
                self = .renewed(facts)
            }
        case .refused(.rateLimited):
            self = .postponed
        case .refused(.providerRefused(let code)) where code.map(Self.refusesGrant) ?? false:
            self = .grantRefused(Reason(.providerRefused, oauthError: code))
        case .refused(.userBlocked):
            self = .ended(Reason(.userBlocked))
        case .refused(let refusal):
            self = .failed(Reason(refusal))
        case .notSent(let failure):
            self = .notSent(Reason(failure))
        case .lost:
            self = .lost
        }
    }

    /// RFC 6749 5.2 has one code for a refresh token that is invalid, expired or revoked; GitHub documents its own.
    /// Every other code may pass.
    static func refusesGrant(_ code: OAuthErrorCode) -> Bool {
        code == .invalidGrant || code.rawValue == "bad_refresh_token"
    }
}

extension Refusal {
    /// Whether Appwrite had counted the call before it refused it, as measured; asked where the answer has no rate
    /// headers, which a proxy may have cut off.
    package var isCounted: Bool {
        switch self {
        case .loginRefused, .userBlocked, .keyRefused, .projectUnknown, .serviceDisabled, .userUnknown: false
        case .rateLimited, .providerRefused, .providerClientRefused, .providerThrottled, .providerFailed,
            .providerUnsupported, .sessionUnknown, .callRefused, .serverFailed:
            true
        }
    }
}

extension Reason {
    package init(_ refusal: Refusal) {
        self.init(Code(refusal))
        if case .providerRefused(let code) = refusal { oauthError = code }
    }

    package init(_ failure: CallFailure) {
        switch failure {
        case .refused(let refusal): self.init(refusal)
        case .silent(.notUnderstood): self.init(Code.notUnderstood)
        case .silent(.unreachable), .silent(.timedOut), .silent(.cut), .silent(.cancelled):
            self.init(Code.unreachable)
        }
    }
}

extension Reason.Code {
    fileprivate init(_ refusal: Refusal) {
        self =
            switch refusal {
            case .rateLimited: .rateLimited
            case .providerRefused: .providerRefused
            case .providerClientRefused: .providerClientRefused
            case .providerThrottled: .providerThrottled
            case .providerFailed: .providerFailed
            case .providerUnsupported: .providerUnsupported
            case .loginRefused: .loginRefused
            case .sessionUnknown: .loggedOut
            case .userUnknown: .userGone
            case .userBlocked: .userBlocked
            case .keyRefused: .keyRefused
            case .projectUnknown: .projectUnknown
            case .serviceDisabled: .serviceDisabled
            case .callRefused: .notUnderstood
            case .serverFailed: .serverFailed
            }
    }
}
