// What an error of Appwrite's means, by what was asked and by the error's `type`: the same status, and the same type,
// mean different things for a key and for a login, and one status has many causes.

/// What was asked. It tells the credential too: the first two calls go with a login (a session's secret or a JWT), the
/// others with the API key.
package enum Question: Hashable, CaseIterable, Sendable {
    case readSession
    case refreshSession
    case listSessions
    case listUsers
    case listIdentities
    case mintToken

    package var credential: CredentialKind {
        switch self {
        case .readSession, .refreshSession: .login
        case .listSessions, .listUsers, .listIdentities, .mintToken: .key
        }
    }

    package enum CredentialKind: Hashable, Sendable {
        case login
        case key
    }
}

/// An error in Appwrite's form: `{"message", "code", "type", "version"}`, where the code repeats the status.
package struct ServerError: Hashable, Sendable {
    package let status: Int
    package let type: String
    /// Never passed on: a provider's part of it may echo a token (law 7).
    private let message: String

    package init(status: Int, type: String, message: String) {
        self.status = status
        self.type = type
        self.message = message
    }

    package func refusal(asked question: Question) -> Refusal {
        switch type {
        case "general_rate_limit_exceeded": .limited(question, status)
        case "user_oauth2_bad_request": .providerRefused(oauthError)
        case "user_oauth2_unauthorized": .providerClientRefused
        // Under the provider's own status: a 429 here is the provider's limit, not Appwrite's.
        case "user_oauth2_provider_error": status == 429 ? .providerThrottled : .providerFailed
        case "project_provider_unsupported": .providerUnsupported
        case "general_unauthorized_scope": missingScope(question)
        case "user_unauthorized", "project_key_expired": question.credential == .key ? .keyRefused : byStatus(question)
        case "user_session_not_found": question.credential == .login ? .sessionUnknown : byStatus(question)
        case "user_not_found": .userUnknown
        case "user_blocked": .userBlocked
        case "project_not_found", "project_unknown": .projectUnknown
        case "general_service_disabled", "general_api_disabled": .serviceDisabled
        // The provider is down, redirects, or answers what is no JSON: Appwrite has no type for it.
        case "general_unknown" where status >= 500 && question == .refreshSession: .providerFailed
        // Here go, on purpose: `user_jwt_invalid`, for we minted the JWT a moment ago, so it tells of clocks or keys of
        // Appwrite's nodes, not of the session; two credentials at once and a missing project, our own mistakes; what
        // is asked of the user and not of us (`user_more_factors_required`, `user_password_reset_required`); and what
        // later versions bring. Unknown means transient (law 12).
        default: byStatus(question)
        }
    }

    /// For a key: wrong scopes, or a short-lived key that ended. For a login: logged out, expired, deleted, for then
    /// the caller is a guest. Any other role is named where a key won over the login (1.9.6), which says nothing of the
    /// session.
    private func missingScope(_ question: Question) -> Refusal {
        switch question.credential {
        case .key: .keyRefused
        case .login:
            message.contains("(role: ") && !message.contains("(role: guests)") ? byStatus(question) : .loginRefused
        }
    }

    private func byStatus(_ question: Question) -> Refusal {
        if status == 429 { return .limited(question, status) }
        return status >= 500 ? .serverFailed(status: status) : .callRefused(status: status)
    }

    /// The message is `<error>: <description>`. Only the code passes, and only in an error code's grammar.
    private var oauthError: OAuthErrorCode? {
        guard let colon = message.firstIndex(of: ":") else { return nil }
        return OAuthErrorCode(String(message[..<colon]))
    }
}

extension Refusal {
    /// By a limit of Appwrite's. Only refreshes have a budget: what else is limited waits as for a server that fails.
    package static func limited(_ question: Question, _ status: Int) -> Refusal {
        question == .refreshSession ? .rateLimited : .serverFailed(status: status)
    }
}
