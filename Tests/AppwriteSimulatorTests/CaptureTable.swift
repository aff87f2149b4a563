// Which world each recorded exchange needs, and which exchanges are not compared, with the reason.
import AppwriteModel

/// One thing that was true of the real server, or that had happened on it, when the exchange was recorded.
enum Preparation: Sendable {
    /// The session is of another kind than OAuth.
    case kind(SessionKind)
    case noRefreshToken
    /// The session's own end was in 2020.
    case sessionExpired
    case loggedOut
    case userDeleted
    case userBlocked
    /// The request's secret is not the session's.
    case secretIsWrong
    /// The request's secret is that of another session of the same user.
    case secretOfOtherSession
    /// The request's JWT was signed by somebody else.
    case signatureIsForeign
    case keyScopes([String])
    case keyExpired
    case behaviour(ProviderBehaviour)
    case fault(Fault)
    case providerUnknown
    case sessionLength(Milliseconds)
    /// One PATCH of that session has happened, on no counter that matters here.
    case patched
    /// So many calls from that address counted already, made by another user of another project.
    case counted(Int)
    /// So many counted in the window that has just ended.
    case countedBeforeTheHour(Int)
    /// So many requests of that sort came first from that address.
    case came(EarlierCall, times: Int)
    /// The user whose rows are asked for.
    case user(String)
    /// The request's cursor stands for the second row.
    case cursorAtSecondRow(String)
}

/// The sorts of requests of which it was recorded whether they count.
enum EarlierCall: Sendable {
    case get
    case badSecret
    case invalidJWT
    case unknownSession
    case malformedID
    case wrongProject
    case keyAndSession
    case withDevKey
    case providerRefuses(status: Int)
    case deleteOfUnknownSession
    case logoutOfOwnTokenFlowSession
}

struct CaptureGroup: Sendable {
    let preparations: [Preparation]
    let names: [String]

    init(_ preparations: Preparation..., names: [String]) {
        self.preparations = preparations
        self.names = names
    }
}

private func refuses(_ status: Int, _ error: String, _ description: String? = nil) -> Preparation {
    .fault(Fault(.refuses(status: status, error: error, description: description)))
}

private let minute: Milliseconds = 60_000

enum CaptureTable {
    /// The preparations of one exchange; nil when the table does not name it.
    static func preparations(for name: String) -> [Preparation]? {
        groups.first { $0.names.contains(name) }?.preparations
    }

    /// What is not replayed, and why.
    static let leftOut: [String: String] = [
        "02b-token-flow-realmock-createsession-apikey": isLogin, "05p-create-anonymous": isLogin,
        "05p-create-email-session": isLogin, "06-users-create-session-apikey": isLogin,
    ]

    private static let isLogin = "a login: the simulator has no such route, its control routes make logins"

    static let groups: [CaptureGroup] = [
        CaptureGroup(names: [
            "02a-cookie-flow-realmock-getsession", "02c-list-identities-realmock",
            "03-get-cookie", "03-get-cookie-legacy", "03-get-current-cookie", "03-get-current-cookie-legacy",
            "03-get-current-jwt", "03-get-current-xsession", "03-get-jwt", "03-get-xsession", "03-jwt-bogus-session",
            "03-jwt-create", "03-jwt-duration--1", "03-jwt-duration-0", "03-jwt-duration-3600",
            "03-jwt-duration-3601", "03-jwt-no-session", "03-jwt-recent", "03-jwt-unknown-user",
            "03-list-sessions-jwt", "03-login-getsession", "03-patch-cookie", "03-patch-cookie-legacy",
            "03-patch-current-jwt", "03-patch-current-xsession", "03-patch-jwt", "03-patch-jwtA-plus-sessionB",
            "03-patch-with-json-body", "03-patch-with-sessionless-jwt", "03-patch-xsession",
            "04a-patch-01", "05-delete-session", "05-get-apikey-only", "05-get-apikey-plus-jwt",
            "05-get-apikey-plus-session", "05-get-garbage-secret", "05-get-invalid-jwt", "05-get-junk-jwt",
            "05-get-malformed-session-id", "05-get-no-auth", "05-get-no-project", "05-get-unknown-session-id",
            "05-get-wrong-apikey-plus-session", "05-get-wrong-project", "05-patch-apikey-only",
            "05-patch-apikey-plus-jwt", "05-patch-apikey-plus-session", "05-patch-expired-jwt",
            "05-patch-garbage-secret", "05-patch-invalid-jwt", "05-patch-junk-jwt", "05-patch-malformed-session-id",
            "05-patch-no-auth", "05-patch-no-project", "05-patch-unknown-session-id",
            "05-patch-wrong-apikey-plus-session", "05-patch-wrong-project", "05-unknown-route", "05-users-no-apikey",
            "05-users-sessions-unknown-user", "05-users-wrong-apikey", "05-users-wrong-project", "05-wrong-method",
            "06-identities-bad-query", "06-identities-limit2", "06-identities-updated-since",
            "06-identities-updated-since-none", "06-user-get-apikey", "06-users-list", "06-users-list-limit2",
            "06-users-sessions-apikey", "13b-patch-jwt-plus-own-session", "13b-users-sessions-key-session",
            "13e-users-standard-key-no-project", "13f-get-after-lowering", "13g-get-after-unknown-provider",
            "13h-identities-bad-cursor", "13h-identities-gte-updatedAt", "13h-identities-limit2",
            "prod-401-bad-secret", "prod-401-invalid-jwt", "prod-401-users-wrong-key", "prod-403-key-and-session",
            "prod-404-unknown-session", "prod-404-wrong-project",
        ]),
        CaptureGroup(
            .behaviour(ProviderBehaviour(lifetime: 240 * minute)), names: ["02a-patch-cookie-flow-realmock"]),
        CaptureGroup(.kind(.tokenFlow), names: ["02b-get-session-of-token-flow", "13i-patch-token-flow"]),
        CaptureGroup(
            .kind(.tokenFlow),
            refuses(
                400,
                "Invalid `refresh_token` param: Value must be a valid string and at least 1 chars and no longer than "
                    + "100 chars"),
            names: ["02b-patch-session-of-token-flow"]),
        CaptureGroup(.secretOfOtherSession, names: ["03-patch-session1-with-session2-secret"]),
        CaptureGroup(.counted(1), names: ["04a-patch-02"]),
        CaptureGroup(.counted(9), names: ["04a-patch-10"]),
        CaptureGroup(
            .counted(10),
            names: [
                "04a-patch-11", "04b-bad-secret-while-limited", "04b-current-alias", "04b-get-while-limited",
                "04b-jwt", "04b-jwt-create-while-limited", "04b-malformed-while-limited", "04b-other-user",
                "04b-same-user-other-session", "04c-apikey-only-while-limited",
                "04c-apikey-plus-session-while-limited", "04c-devkey-while-limited", "04i-other-project-same-ip",
                "04j-rollover-429-before", "prod-429-rate-limit",
            ]),
        CaptureGroup(.counted(11), names: ["04a-patch-12"]),
        CaptureGroup(.countedBeforeTheHour(10), names: ["04j-rollover-200-after"]),
        CaptureGroup(.came(.deleteOfUnknownSession, times: 3), names: ["04e-DELETE-404-probe"]),
        CaptureGroup(.came(.deleteOfUnknownSession, times: 2), names: ["04e-delete-404"]),
        CaptureGroup(.came(.get, times: 3), names: ["04e-GET-200-probe"]),
        CaptureGroup(.came(.keyAndSession, times: 3), names: ["04e-apikey+session-403-probe"]),
        CaptureGroup(.came(.badSecret, times: 3), names: ["04e-bad-secret-401-probe"]),
        CaptureGroup(.came(.withDevKey, times: 3), names: ["04e-devkey-200-probe"]),
        CaptureGroup(.came(.invalidJWT, times: 3), names: ["04e-invalid-jwt-401-probe"]),
        CaptureGroup(
            .came(.logoutOfOwnTokenFlowSession, times: 3), names: ["04e-logout-token-flow-session-200-probe"]),
        CaptureGroup(.came(.malformedID, times: 3), names: ["04e-malformed-id-400-probe"]),
        CaptureGroup(.came(.providerRefuses(status: 400), times: 3), names: ["04e-provider-400-probe"]),
        CaptureGroup(.came(.providerRefuses(status: 500), times: 3), names: ["04e-provider-500-probe"]),
        CaptureGroup(.came(.unknownSession, times: 3), names: ["04e-unknown-session-404-probe"]),
        CaptureGroup(.came(.wrongProject, times: 3), names: ["04e-wrong-project-404-probe"]),
        CaptureGroup(.signatureIsForeign, names: ["05-get-badsig-jwt", "05-patch-badsig-jwt"]),
        CaptureGroup(
            .loggedOut,
            names: [
                "05-get-deleted-jwt", "05-get-deleted-own-secret", "05-patch-deleted-jwt",
                "05-patch-deleted-own-secret",
            ]),
        CaptureGroup(
            .sessionExpired,
            names: [
                "05-get-expired-session-jwt", "05-get-expired-session-own-secret", "05-patch-expired-session-jwt",
                "05-patch-expired-session-own-secret", "05-users-sessions-expired-session",
            ]),
        CaptureGroup(.secretIsWrong, names: ["05-get-wrong-secret", "05-patch-wrong-secret"]),
        CaptureGroup(.keyScopes(["users.read"]), names: ["05-jwt-apikey-missing-scope"]),
        CaptureGroup(.userDeleted, names: ["05-patch-deleted-user-jwt", "05-patch-deleted-user-secret"]),
        CaptureGroup(.keyExpired, names: ["05-users-expired-apikey"]),
        CaptureGroup(
            .userBlocked,
            names: [
                "05-patch-blocked-user", "13l-get-blocked-jwt", "13l-get-blocked-session", "13l-jwt-blocked",
                "13l-patch-blocked-jwt", "13l-patch-blocked-session",
            ]),
        CaptureGroup(.kind(.anonymous), names: ["05p-patch-anonymous-session"]),
        CaptureGroup(.kind(.anonymous), .patched, names: ["05p-get-after-anonymous-session"]),
        CaptureGroup(.kind(.email), names: ["05p-patch-email-session"]),
        CaptureGroup(.kind(.email), .patched, names: ["05p-get-after-email-session"]),
        CaptureGroup(
            .noRefreshToken,
            names: ["05p-patch-login-with-empty-refresh-token", "05p-patch-login-without-refresh-token"]),
        CaptureGroup(
            .noRefreshToken, .patched,
            names: ["05p-get-after-login-with-empty-refresh-token", "05p-get-after-login-without-refresh-token"]),
        CaptureGroup(names: ["05p-patch-login-without-expires-in"]),
        CaptureGroup(
            .patched, names: ["05p-get-after-login-without-expires-in", "05p-get-after-wrong-client-secret"]),
        CaptureGroup(
            .fault(Fault(.emptySuccess)),
            names: ["05p-patch-provider-200-bad-refresh-token", "05p-patch-provider-200-empty-object"]),
        CaptureGroup(
            .fault(Fault(.emptySuccess)), .patched,
            names: ["05p-get-after-provider-200-bad-refresh-token", "05p-get-after-provider-200-empty-object"]),
        CaptureGroup(
            refuses(400, "invalid_grant", "refresh token revoked, rotated or unknown"),
            names: ["05p-patch-provider-400-invalid-grant"]),
        CaptureGroup(refuses(400, "invalid_grant"), .patched, names: ["05p-get-after-provider-400-invalid-grant"]),
        CaptureGroup(
            refuses(401, "invalid_client"), names: ["05p-patch-provider-401", "05p-patch-wrong-client-secret"]),
        CaptureGroup(refuses(401, "invalid_client"), .patched, names: ["05p-get-after-provider-401"]),
        CaptureGroup(refuses(403, "access_denied", "nope"), names: ["05p-patch-provider-403"]),
        CaptureGroup(refuses(403, "access_denied", "nope"), .patched, names: ["05p-get-after-provider-403"]),
        CaptureGroup(
            .fault(Fault(.refusesInText(status: 404, text: "<html>not found</html>"))),
            names: ["05p-patch-provider-404"]),
        CaptureGroup(
            .fault(Fault(.refusesInText(status: 404, text: "<html>not found</html>"))), .patched,
            names: ["05p-get-after-provider-404"]),
        CaptureGroup(refuses(429, "rate_limited"), names: ["05p-patch-provider-429"]),
        CaptureGroup(refuses(429, "rate_limited"), .patched, names: ["05p-get-after-provider-429"]),
        CaptureGroup(refuses(500, "server_error"), names: ["05p-patch-provider-500-json"]),
        CaptureGroup(refuses(500, "server_error"), .patched, names: ["05p-get-after-provider-500-json"]),
        CaptureGroup(refuses(503, "temporarily_unavailable"), names: ["05p-patch-provider-503"]),
        CaptureGroup(refuses(503, "temporarily_unavailable"), .patched, names: ["05p-get-after-provider-503"]),
        CaptureGroup(.fault(Fault(.down)), names: ["05p-patch-provider-down"]),
        CaptureGroup(.fault(Fault(.down)), .patched, names: ["05p-get-after-provider-down"]),
        CaptureGroup(
            .behaviour(ProviderBehaviour(rotation: .omits)),
            names: ["05p-patch-refresh-empty-refresh-token", "05p-patch-refresh-omits-refresh-token"]),
        CaptureGroup(
            .behaviour(ProviderBehaviour(rotation: .omits)), .patched,
            names: ["05p-get-after-refresh-empty-refresh-token", "05p-get-after-refresh-omits-refresh-token"]),
        CaptureGroup(
            .behaviour(ProviderBehaviour(rotation: .repeats)), names: ["05p-patch-refresh-same-refresh-token"]),
        CaptureGroup(
            .behaviour(ProviderBehaviour(rotation: .repeats)), .patched,
            names: ["05p-get-after-refresh-same-refresh-token"]),
        CaptureGroup(
            .behaviour(ProviderBehaviour(lifetime: minute)), names: ["05p-patch-refresh-expires-in-60"]),
        CaptureGroup(
            .behaviour(ProviderBehaviour(lifetime: minute)), .patched, names: ["05p-get-after-refresh-expires-in-60"]),
        CaptureGroup(
            .behaviour(ProviderBehaviour(expiresIn: .omitted)), names: ["05p-patch-refresh-no-expires-in"]),
        CaptureGroup(
            .behaviour(ProviderBehaviour(expiresIn: .omitted)), .patched,
            names: ["05p-get-after-refresh-no-expires-in"]),
        CaptureGroup(.user("6b04b0ca7454335233e0"), names: ["06-identities-before-patch"]),
        CaptureGroup(.user("6b04b0ca7454335233e0"), .patched, names: ["06-identities-after-patch"]),
        CaptureGroup(.user("6b04b000322893e53dcc"), names: ["06-identities-by-user", "06-users-list-cursor"]),
        CaptureGroup(.cursorAtSecondRow("6b04b000338d7ca56ea9"), names: ["06-identities-cursor"]),
        CaptureGroup(.cursorAtSecondRow("6b04c4070cf961ec4011"), names: ["13h-identities-cursorAfter"]),
        CaptureGroup(.user("6b04c5a29b56e98d494d"), names: ["13h-identities-equal-userId"]),
        CaptureGroup(.keyScopes([]), names: ["13c-users-sessions-missing-scope"]),
        CaptureGroup(.keyScopes(["sessions.read"]), names: ["13c-users-sessions-with-sessions.read-only"]),
        CaptureGroup(.sessionLength(60 * minute), names: ["13f-patch-after-lowering"]),
        CaptureGroup(.sessionLength(60 * minute), .patched, names: ["13f-get-after-patch-lowered"]),
        CaptureGroup(.providerUnknown, names: ["13g-patch-unknown-provider"]),
        CaptureGroup(
            .kind(.tokenFlow), .fault(Fault(.issuesRegardless)), names: ["13i-patch-token-flow-provider-200"]),
        CaptureGroup(
            .kind(.tokenFlow), .fault(Fault(.emptySuccess)), names: ["13i-patch-token-flow-provider-200-empty"]),
        CaptureGroup(.kind(.tokenFlow), .fault(Fault(.down)), names: ["13i-patch-token-flow-provider-down"]),
        CaptureGroup(
            .counted(1), refuses(400, "invalid_grant", "Token has been revoked."),
            names: ["prod-400-provider-invalid-grant"]),
        CaptureGroup(.counted(2), refuses(401, "invalid_client"), names: ["prod-401-provider"]),
        CaptureGroup(.counted(3), refuses(429, "slow_down"), names: ["prod-429-provider"]),
        CaptureGroup(.counted(4), refuses(503, "temporarily_unavailable"), names: ["prod-503-provider"]),
        CaptureGroup(.counted(5), refuses(500, "server_error"), names: ["prod-500-provider"]),
        CaptureGroup(.counted(6), .fault(Fault(.down)), names: ["prod-500-provider-down"]),
        CaptureGroup(.counted(7), names: ["prod-200-patch"]),
    ]
}
