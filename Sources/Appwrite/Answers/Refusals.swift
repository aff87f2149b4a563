// What a refusal means, by what was asked and by the error's `type`: the same status, and the same type, mean
// different things for a key and for a login, and one status has many causes.

import Foundation
import RefreshPolicy

/// What was asked. It tells the credential too: the first two calls go with a login (a session's secret or a JWT), the
/// others with the API key.
enum Question: Hashable, CaseIterable, Sendable {
    case readSession
    case refreshSession
    case listSessions
    case listUsers
    case listIdentities
    case mintToken

    var credential: CredentialKind {
        switch self {
        case .readSession, .refreshSession: .login
        case .listSessions, .listUsers, .listIdentities, .mintToken: .key
        }
    }

    enum CredentialKind: Hashable, Sendable {
        case login
        case key
    }
}

extension RawAnswer {
    /// What an answer means that is not the one hoped for.
    ///
    /// Only an error in Appwrite's own form is a refusal. Anything else (a proxy's page, a redirect, half a body)
    /// proves nothing: a gateway's 504 may stand for a PATCH that is being carried out. The one exception is a 429,
    /// whoever says it: who limits a call does not pass it on, and a limit is to be obeyed.
    func failure(asked question: Question) -> CallFailure {
        if let error = AppwriteError(self) { return .refused(error.refusal(asked: question)) }
        return status == 429 ? .refused(.rateLimited) : .silent(.notUnderstood)
    }
}

/// An error in Appwrite's form: `{"message", "code", "type", "version"}`, where the code repeats the status.
private struct AppwriteError {
    let status: Int
    let type: String
    /// Never passed on: a provider's part of it may echo a token (law 7).
    let message: String

    init?(_ answer: RawAnswer) {
        guard (400...599).contains(answer.status), let wire = try? WireFormat.decode(Wire.self, from: answer.body),
            wire.code == answer.status
        else { return nil }  // Not of this form: the caller takes it for no answer of Appwrite's.
        status = answer.status
        type = wire.type
        message = wire.message
    }

    private struct Wire: Decodable {
        let message: String
        let code: Int
        let type: String
    }

    func refusal(asked question: Question) -> Refusal {
        switch type {
        case "general_rate_limit_exceeded": .rateLimited
        case "user_oauth2_bad_request": .providerRefused(oauthError)
        case "user_oauth2_unauthorized": .providerClientRefused
        // Under the provider's own status: a 429 here is the provider's limit, not Appwrite's.
        case "user_oauth2_provider_error": .providerFailed
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
        if status == 429 { return .rateLimited }
        return status >= 500 ? .serverFailed(status: status) : .callRefused(status: status)
    }

    /// The message is `<error>: <description>`. Only the code passes, and only in an error code's grammar.
    private var oauthError: OAuthErrorCode? {
        guard let colon = message.firstIndex(of: ":") else { return nil }
        return OAuthErrorCode(String(message[..<colon]))
    }
}
