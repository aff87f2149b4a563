// Conditions: a kind of event for each cause, since what is to be done hangs on it; and one for the end of any.

import RefreshPolicy

extension EventFacts {
    static let conditionEnded = EventFacts(
        "c279129be54749c08f1c20974886717b", "condition-ended", .notice, "Condition ended",
        always: [.condition, .phase, .since, .count], sometimes: [.host, .project, .provider, .obstacle],
        meaning: "The condition \"@CONDITION@\", which was there since @SINCE@, is over. The message says where.",
        next: "What was held for it goes on.")

    /// Where one call is tried now and then, and its others are held.
    fileprivate struct Reach {
        let scope: [EventField]
        let others: String

        static let lane = Reach(scope: [.project, .provider], others: "refreshes of this provider in this project")
        static let project = Reach(scope: [.project], others: "calls of this project")
    }

    fileprivate static func held(
        _ reach: Reach, _ id: String, _ name: String, _ priority: Telling.Priority, _ subject: String,
        _ meaning: String, _ remedy: String?
    ) -> EventFacts {
        condition(
            id, name, priority, subject, reach.scope, meaning,
            next: """
                Other \(reach.others) are held. One is tried now and then; when it works, the end of the condition is told \
                and the rest goes on. Tokens are served to their end.
                """, remedy)
    }

    fileprivate static func condition(
        _ id: String, _ name: String, _ priority: Telling.Priority, _ subject: String, _ scope: [EventField],
        _ meaning: String, next: String, _ remedy: String?
    ) -> EventFacts {
        EventFacts(
            id, name, priority, subject, always: scope + [.condition, .phase, .since, .count],
            sometimes: [.obstacle, .conditionBefore, .nextTryAt], meaning: meaning, next: next, remedy: remedy)
    }
}

extension Condition.Cause {
    /// An error where nothing is as it should be before somebody acts. The remedy also ends the message.
    var facts: EventFacts {
        switch self {
        case .providerFailing:
            .held(
                .lane, "00988374a5a94b288758def4b0d627bf", "provider-failing", .warning, "The provider fails",
                "The provider @PROVIDER@ fails or does not answer, for all refreshes of @PROJECT@.", nil)
        case .providerThrottling:
            .held(
                .lane, "d7a1a0866b09436495dc0c9ec087b5a3", "provider-throttling", .warning,
                "The provider's own limit is reached",
                "The provider @PROVIDER@ refuses refreshes of @PROJECT@, since a limit of its own is reached.",
                "Where it comes again, ask the provider for a higher limit, and see who else uses the same client id.")
        case .emptyAnswers:
            .held(
                .lane, "4fe18345d0244e829c17cb7a72db9a3c", "provider-empty", .warning,
                "The provider's answers hold no token",
                "Refreshes of @PROJECT@ at the provider @PROVIDER@ succeed, and bring no token.",
                "Check the app's registration at the provider, and the provider's settings in the Appwrite console.")
        case .clientRefused:
            .held(
                .lane, "233d343c4be74a2781e72ebd079a68fd", "provider-client-refused", .error,
                "The provider refuses the client id or secret",
                "The provider @PROVIDER@ refuses the client id or secret by which Appwrite speaks for @PROJECT@.",
                "Check the provider's client id and secret in the Appwrite console: the secret may have ended.")
        case .grantsRefused:
            .held(
                .lane, "6c5915e3312448c5bd25d3822d9cc36f", "provider-grants-refused", .error,
                "The provider refuses every refresh token",
                """
                The provider @PROVIDER@ refuses every refresh token of @PROJECT@. That is no user's doing, and what is \
                refused now is tried anew when it is over.
                """,
                "Check at the provider whether the app was suspended, or its refresh tokens withdrawn or limited to days "
                    + "(as Google does while an app is in testing); after that, only new logins of the users help.")
        case .providerUnsupported:
            .held(
                .lane, "0dfd93c6704e4c3bb57dac9779458585", "provider-unsupported", .error,
                "Appwrite does not support the provider",
                "This Appwrite does not support the provider @PROVIDER@, which sessions of @PROJECT@ are of.",
                "Upgrade Appwrite to a version that knows the provider.")
        case .unreachable:
            .held(
                .project, "e39db83b7b6c4ddbb24257fe4a8696fa", "appwrite-unreachable", .warning,
                "Appwrite is not reached",
                "No connection to the Appwrite of @PROJECT@ comes about, or none is answered in time.",
                "Check the endpoint (and the proxy) in the settings, the network and the server's certificate.")
        case .serverFailing:
            .held(
                .project, "c23d1b39951e4672ae996bc070e4aab3", "appwrite-failing", .warning, "Appwrite fails",
                "The Appwrite of @PROJECT@ answers that it failed itself, or a proxy before it limits calls (429).",
                "See the log of the Appwrite server, and that of the proxy.")
        case .notUnderstood:
            .held(
                .project, "5eeb3b2e38db4b27a7680296ce4d2b44", "appwrite-not-understood", .warning,
                "The answers are not Appwrite's",
                "What answers at the endpoint of @PROJECT@ does not speak as Appwrite does.",
                "Check that the endpoint in the settings is Appwrite's, that no proxy answers for it, and that it does not "
                    + "redirect: redirects are not followed.")
        case .keyRefused:
            .held(
                .project, "faf5b3b587e44cc29056b2fe26e75e66", "api-key-refused", .error, "Appwrite refuses the API key",
                "Appwrite refuses the API key of @PROJECT@: it has ended, was removed, or lacks a scope.",
                "Check the API key in Appwrite's console: its end, and its scopes users.read and users.write.")
        case .keyMayNotMint:
            .held(
                .project, "0fcb0e90db14457c96b80852b37f28d2", "api-key-may-not-mint", .error,
                "The API key may not make JWTs",
                "The API key of @PROJECT@ may read sessions, but not make the JWTs that refreshes are called with.",
                "Give the API key the scope users.write in the Appwrite console.")
        case .projectUnknown:
            .held(
                .project, "517299008e864442911157493a387aa1", "project-unknown", .error,
                "Appwrite does not know the project",
                "Appwrite does not know the project that the settings name for @PROJECT@.",
                "Check the project id in the settings; the Appwrite console shows it.")
        case .serviceDisabled:
            .held(
                .project, "de919a38c0464d929166d627dfc5c0ce", "service-disabled", .error, "A service is switched off",
                "A service of Appwrite's that refreshd needs is switched off in @PROJECT@.",
                "Switch the services Account and Users on in the project's settings at Appwrite.")
        case .loginsRefused:
            .held(
                .project, "83a5fca5476e4d7e99d327de7f9ee603", "logins-refused", .error,
                "Every session secret is refused",
                "Appwrite refuses the secret of every registered session of @PROJECT@.",
                "Check that endpoint and project in the settings are those that the sessions are of; if so, the users were "
                    + "logged out, and new sessions must be registered.")
        case .meteredAfterAll:
            .condition(
                "3aaf68fb700e45a185c704aec45ba61f", "metered-after-all", .error, "Calls are counted after all",
                [.project],
                "Appwrite counts the calls of @PROJECT@, although by the settings it does not.",
                next: "Until that ends, they are kept within its limit, which is 10 an hour by default.",
                "The dev key has ended or is not this project's: make a new one in the Appwrite console; without a dev key, "
                    + "take \"unmetered: true\" out of the settings.")
        case .budgetShort:
            .condition(
                "6f2211d2ed39428da802243a76c928d7", "budget-short", .warning, "Calls do not suffice for all", [.host],
                """
                More grants are to be kept fresh at @HOST@ than Appwrite allows calls for. When this began, @COUNT@ were \
                not kept.
                """,
                next: "Those are renewed when an app reads them and waits (max_wait), as far as calls are left.",
                "A dev key lifts the limit; \"refreshd status\" shows how many calls are needed, and keep: in the settings "
                    + "says who goes first.")
        case .callsOfOthers:
            .condition(
                "0cea66c408644d0b8f98ec194e93f200", "calls-of-others", .warning, "Others use the same limit", [.host],
                "Others made @COUNT@ calls of this window at @HOST@, which count to the same limit.",
                next: "refreshd makes as many fewer of its own.",
                "Others at this machine's address refresh or delete sessions under the same host name: give them, or "
                    + "refreshd, a dev key.")
        case .noRateHeaders:
            .condition(
                "8dc446396b754b21a93b1355706dba0f", "no-rate-headers", .warning, "Answers without rate limit headers",
                [.host], "The answers of @HOST@ came without the headers X-RateLimit-*, @COUNT@ in a row.",
                next: "refreshd goes by its own count of calls, and does not see those of others.",
                "A proxy strips them: let X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset through.")
        }
    }
}
