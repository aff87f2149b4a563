// Every "no" that this model can say, in Appwrite's words: status, `type` and `message` as recorded.

package struct Refusal: Error, Sendable, Equatable {
    package let status: Int
    package let type: String
    package let message: String

    package init(status: Int, type: String, message: String) {
        self.status = status
        self.type = type
        self.message = message
    }
}

extension Refusal {
    static let projectNotFound = Refusal(
        status: 404, type: "project_not_found",
        message: "Project with the requested ID could not be found. Please check the value of the X-Appwrite-Project "
            + "header to ensure the correct project ID is being used.")

    static let projectIDMissing = Refusal(
        status: 403, type: "project_id_missing",
        message: "When using project API key, make sure to pass x-appwrite-project header with your project ID.")

    static let wrongKey = Refusal(
        status: 401, type: "user_unauthorized",
        message: "The current user is not authorized to perform the requested action.")

    static let keyExpired = Refusal(
        status: 401, type: "project_key_expired",
        message: "The project key has expired. Please generate a new key using the Appwrite console.")

    private static let howToAuthenticate =
        "Learn about which authentication method to use in the SSR docs: "
        + "https://appwrite.io/docs/products/auth/server-side-rendering"

    static let keyAndSession = Refusal(
        status: 403, type: "user_key_and_session_set",
        message: "API key and session used in the same request. Use either `setSession` or `setKey`. "
            + howToAuthenticate)

    static let jwtAndSession = Refusal(
        status: 403, type: "user_jwt_and_cookie_set",
        message: "JWT and cookie used in the same request. Use either `setJWT` or `setCookie`. " + howToAuthenticate)

    static func jwt(_ fault: JWTFault) -> Refusal {
        let reason =
            switch fault {
            case .incompleteSegments: "Invalid token: Incomplete segments"
            case .syntaxError: "JSON failed: Syntax error"
            case .badSignature: "Invalid token: Signature failed"
            case .expired: "Invalid token: Expired"
            }
        return Refusal(status: 401, type: "user_jwt_invalid", message: "Failed to verify JWT. " + reason)
    }

    static func blocked(by version: AppwriteVersion) -> Refusal {
        let status =
            switch version {
            case .v1_8_1: 401
            case .v1_9_6: 403
            }
        return Refusal(status: status, type: "user_blocked", message: "The current user has been blocked.")
    }

    static let passwordResetRequired = Refusal(
        status: 412, type: "user_password_reset_required", message: "The current user requires a password reset.")

    static let moreFactorsRequired = Refusal(
        status: 401, type: "user_more_factors_required",
        message: "More factors are required to complete the sign in process.")

    static func missingScopes(_ scopes: [String], of who: String) -> Refusal {
        let list = scopes.map { "\"\($0)\"" }.joined(separator: ",")
        return Refusal(
            status: 401, type: "general_unauthorized_scope", message: "\(who) missing scopes ([\(list)])")
    }

    static let serviceDisabled = Refusal(
        status: 403, type: "general_service_disabled",
        message: "The requested service is disabled. You can enable the service from the Appwrite console.")

    static let apiDisabled = Refusal(
        status: 403, type: "general_api_disabled",
        message: "The requested API is disabled. You can enable the API from the Appwrite console.")

    static let overLimit = Refusal(
        status: 429, type: "general_rate_limit_exceeded",
        message: "Rate limit for the current endpoint has been exceeded. Please try again after some time.")

    static let sessionNotFound = Refusal(
        status: 404, type: "user_session_not_found", message: "The current user session could not be found.")

    static let userNotFound = Refusal(
        status: 404, type: "user_not_found", message: "User with the requested ID could not be found.")

    static let providerUnsupported = Refusal(
        status: 400, type: "project_provider_unsupported",
        message: "The chosen OAuth provider is unsupported. Please check the "
            + "<a href=\"/docs/client/account?sdk=web-default#accountCreateOAuth2Session\">Create OAuth2 Session "
            + "docs</a> for the complete list of supported OAuth providers.")

    /// A 500 keeps its reason to itself.
    package static let serverError = Refusal(status: 500, type: "general_unknown", message: "Server Error")

    package static func badArgument(_ name: String, _ reason: String) -> Refusal {
        Refusal(status: 400, type: "general_argument_invalid", message: "Invalid `\(name)` param: \(reason)")
    }

    /// The message names a narrower set than is really valid: dots and hyphens pass.
    static func badSessionID(upTo longest: Int) -> Refusal {
        badArgument(
            "sessionId",
            "UID must contain at most \(longest) chars. Valid chars are a-z, A-Z, 0-9, and underscore. "
                + "Can't start with a leading underscore")
    }

    static func cursorNotFound(_ id: String) -> Refusal {
        Refusal(
            status: 400, type: "general_cursor_not_found",
            message: "User '\(id)' for the 'cursor' value not found.")
    }

    /// What Appwrite makes of a provider's refusal: the type by status, the provider's words in the message.
    static func provider(status: Int, message: String) -> Refusal {
        switch status {
        case 400: Refusal(status: 400, type: "user_oauth2_bad_request", message: message)
        case 401: Refusal(status: 401, type: "user_oauth2_unauthorized", message: message)
        case 500: Refusal(status: 500, type: "user_oauth2_provider_error", message: "Server Error")
        default: Refusal(status: status, type: "user_oauth2_provider_error", message: message)
        }
    }
}
