// What each recorded exchange means, by name: written down from what was measured, not from what the decoder says.

import RefreshPolicy

@testable import Appwrite

enum Meaning: Hashable {
    /// It holds what was asked for.
    case understood
    case failed(CallFailure)
    /// refreshd makes no such call.
    case notOurs
}

enum CaptureTable {
    /// The meaning of an exchange; nil where the table does not name it.
    static func meaning(of name: String, version: String) -> Meaning? {
        rows(version).first { $0.names.contains(name) }?.meaning
    }

    static func names(_ version: String) -> [String] {
        rows(version).flatMap(\.names)
    }

    private struct Row {
        let meaning: Meaning
        let names: [String]

        init(_ meaning: Meaning, _ names: String) {
            self.meaning = meaning
            self.names = names.split(whereSeparator: \.isWhitespace).map(String.init)
        }

        init(_ refusal: Refusal, _ names: String) {
            self.init(.failed(.refused(refusal)), names)
        }
    }

    private static func rows(_ version: String) -> [Row] { version == "1.8.1" ? rows181 : rows196 }

    private static let rows181 = [
        Row(
            .understood,
            """
            02a-cookie-flow-realmock-getsession 02b-get-session-of-token-flow 03-get-cookie 03-get-cookie-legacy
            03-get-current-cookie 03-get-current-cookie-legacy 03-get-current-xsession 03-get-jwt 03-get-xsession
            03-login-getsession 04b-get-while-limited 05-get-expired-session-jwt 05p-get-after-anonymous-session
            05p-get-after-email-session 05p-get-after-login-with-empty-refresh-token
            05p-get-after-login-without-expires-in 05p-get-after-login-without-refresh-token
            05p-get-after-provider-200-bad-refresh-token 05p-get-after-provider-200-empty-object
            05p-get-after-provider-400-invalid-grant 05p-get-after-provider-401 05p-get-after-provider-403
            05p-get-after-provider-404 05p-get-after-provider-429 05p-get-after-provider-500-json
            05p-get-after-provider-503 05p-get-after-provider-down 05p-get-after-refresh-empty-refresh-token
            05p-get-after-refresh-expires-in-60 05p-get-after-refresh-no-expires-in
            05p-get-after-refresh-omits-refresh-token 05p-get-after-refresh-same-refresh-token
            05p-get-after-wrong-client-secret
            """),
        Row(
            .understood,
            """
            02a-patch-cookie-flow-realmock 02b-patch-session-of-token-flow 03-patch-cookie 03-patch-cookie-legacy
            03-patch-current-xsession 03-patch-jwt 03-patch-jwtA-plus-sessionB 03-patch-session1-with-session2-secret
            03-patch-with-json-body 03-patch-with-sessionless-jwt 03-patch-xsession 04a-patch-01 04a-patch-02
            04a-patch-10 04c-devkey-while-limited 04e-DELETE-404-probe 04e-GET-200-probe 04e-apikey+session-403-probe
            04e-bad-secret-401-probe 04e-devkey-200-probe 04e-invalid-jwt-401-probe
            04e-logout-token-flow-session-200-probe 04e-malformed-id-400-probe 04e-provider-400-probe
            04e-provider-500-probe 04e-unknown-session-404-probe 04e-wrong-project-404-probe 04j-rollover-200-after
            05-patch-expired-session-jwt 05p-patch-anonymous-session 05p-patch-email-session
            05p-patch-login-without-expires-in 05p-patch-provider-200-bad-refresh-token
            05p-patch-provider-200-empty-object 05p-patch-refresh-empty-refresh-token 05p-patch-refresh-expires-in-60
            05p-patch-refresh-no-expires-in 05p-patch-refresh-omits-refresh-token
            05p-patch-refresh-same-refresh-token prod-200-patch
            """),
        Row(
            .understood,
            """
            02c-list-identities-realmock 06-identities-after-patch 06-identities-before-patch 06-identities-by-user
            06-identities-cursor 06-identities-limit2 06-identities-updated-since 06-identities-updated-since-none
            05-users-sessions-expired-session 06-users-sessions-apikey 06-users-list 06-users-list-cursor
            06-users-list-limit2 03-jwt-create 03-jwt-duration-3600 04b-jwt-create-while-limited
            """),
        Row(
            .rateLimited,
            """
            04a-patch-11 04a-patch-12 04b-current-alias 04b-jwt 04b-malformed-while-limited 04b-other-user
            04b-same-user-other-session 04i-other-project-same-ip 04j-rollover-429-before prod-429-rate-limit
            """),
        Row(
            .providerRefused(.invalidGrant),
            """
            05p-patch-login-with-empty-refresh-token 05p-patch-login-without-refresh-token
            05p-patch-provider-400-invalid-grant prod-400-provider-invalid-grant
            """),
        Row(.providerClientRefused, "05p-patch-provider-401 05p-patch-wrong-client-secret prod-401-provider"),
        Row(
            .providerFailed,
            """
            05p-patch-provider-403 05p-patch-provider-404 05p-patch-provider-500-json 05p-patch-provider-503
            05p-patch-provider-down prod-500-provider prod-500-provider-down prod-503-provider
            """),
        Row(.providerThrottled, "05p-patch-provider-429 prod-429-provider"),
        Row(
            .loginRefused,
            """
            04b-bad-secret-while-limited 05-get-deleted-jwt 05-get-deleted-own-secret 05-get-expired-session-own-secret
            05-get-garbage-secret 05-get-no-auth 05-get-no-project 05-get-wrong-secret 05-patch-deleted-jwt
            05-patch-deleted-own-secret 05-patch-deleted-user-jwt 05-patch-deleted-user-secret
            05-patch-expired-session-own-secret 05-patch-garbage-secret 05-patch-no-auth 05-patch-no-project
            05-patch-wrong-secret prod-401-bad-secret
            """),
        Row(
            .sessionUnknown,
            """
            03-get-current-jwt 03-patch-current-jwt 05-get-unknown-session-id 05-patch-unknown-session-id
            prod-404-unknown-session 03-jwt-bogus-session 03-jwt-no-session
            """),
        Row(.userUnknown, "03-jwt-unknown-user 05-users-sessions-unknown-user"),
        Row(
            .keyRefused,
            """
            05-jwt-apikey-missing-scope 05-users-expired-apikey 05-users-no-apikey 05-users-wrong-apikey
            prod-401-users-wrong-key
            """),
        Row(
            .projectUnknown,
            "05-get-wrong-project 05-patch-wrong-project 05-users-wrong-project prod-404-wrong-project"),
        Row(
            .callRefused(status: 400),
            """
            03-jwt-duration--1 03-jwt-duration-3601 05-get-malformed-session-id 05-patch-malformed-session-id
            06-identities-bad-query
            """),
        Row(
            .callRefused(status: 401),
            """
            04c-apikey-only-while-limited 05-get-apikey-only 05-get-badsig-jwt 05-get-invalid-jwt 05-get-junk-jwt
            05-patch-apikey-only 05-patch-badsig-jwt 05-patch-expired-jwt 05-patch-invalid-jwt 05-patch-junk-jwt
            prod-401-invalid-jwt
            """),
        Row(
            .callRefused(status: 403),
            """
            04c-apikey-plus-session-while-limited 05-get-apikey-plus-jwt 05-get-apikey-plus-session
            05-get-wrong-apikey-plus-session 05-patch-apikey-plus-jwt 05-patch-apikey-plus-session
            05-patch-wrong-apikey-plus-session prod-403-key-and-session
            """),
        Row(.serverFailed(status: 500), "03-jwt-duration-0"),
        // A JWT for the newest session, whichever that is: not for one that refreshd names.
        Row(.failed(.silent(.notUnderstood)), "03-jwt-recent"),
        Row(
            .notOurs,
            """
            02b-token-flow-realmock-createsession-apikey 03-list-sessions-jwt 04e-delete-404 05-delete-session
            05-unknown-route 05-wrong-method 05p-create-anonymous 05p-create-email-session 06-user-get-apikey
            06-users-create-session-apikey
            """),
    ]

    private static let rows196 = [
        Row(
            .understood,
            """
            02b-get-session-of-token-flow 03-get-jwt 03-get-xsession 05p-get-after-provider-200-bad-refresh-token
            13f-get-after-lowering 13f-get-after-patch-lowered 13g-get-after-unknown-provider 03-patch-jwt
            03-patch-xsession 04a-patch-01 04a-patch-02 04a-patch-10 05p-patch-provider-200-bad-refresh-token
            13f-patch-after-lowering 13i-patch-token-flow-provider-200 13i-patch-token-flow-provider-200-empty
            prod-200-patch 13h-identities-cursorAfter 13h-identities-equal-userId 13h-identities-gte-updatedAt
            13h-identities-limit2 06-users-sessions-apikey 13b-users-sessions-key-session
            13c-users-sessions-with-sessions.read-only 13l-jwt-blocked
            """),
        Row(.rateLimited, "04a-patch-11 04a-patch-12 prod-429-rate-limit"),
        Row(.providerRefused(.invalidGrant), "13i-patch-token-flow"),
        // The provider's message starts with words that are no error code.
        Row(.providerRefused(nil), "02b-patch-session-of-token-flow"),
        Row(.providerFailed, "13i-patch-token-flow-provider-down"),
        Row(.providerUnsupported, "13g-patch-unknown-provider"),
        Row(
            .userBlocked,
            """
            05-patch-blocked-user 13l-get-blocked-jwt 13l-get-blocked-session 13l-patch-blocked-jwt
            13l-patch-blocked-session
            """),
        Row(.keyRefused, "13c-users-sessions-missing-scope"),
        Row(.callRefused(status: 400), "13h-identities-bad-cursor"),
        // Here the key wins over the login: our own mistake, and no logout.
        Row(
            .callRefused(status: 401),
            """
            05-get-apikey-plus-jwt 05-get-apikey-plus-session 05-patch-apikey-plus-jwt 05-patch-apikey-plus-session
            """),
        Row(
            .callRefused(status: 403),
            "03-patch-jwtA-plus-sessionB 13b-patch-jwt-plus-own-session 13e-users-standard-key-no-project"),
        Row(
            .notOurs,
            """
            02b-token-flow-realmock-createsession-apikey 05-unknown-route 05-wrong-method 06-user-get-apikey
            """),
    ]
}
