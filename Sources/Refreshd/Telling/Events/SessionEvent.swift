// What happens to a single session.

package enum SessionEvent: Hashable, Sendable, CaseIterable {
    case found
    case registered
    case renewed
    /// A refresh whose answer was lost was done all the same.
    case settled
    /// Another caller refreshes the session too.
    case adopted
    case failed
    case inDoubt
    case needsLogin
    case recovered
    case shortened
    case ended
    case removed
    case forgotten
}

extension SessionEvent {
    /// Of every event that knows the session's row.
    private static let always: [EventField] = [
        .project, .session, .user, .provider, .standing, .reason, .sessionExpiresAt,
    ]
    private static let sometimes: [EventField] = [.expiresAt, .oauthError]
    private static let name = "@PROJECT@/@SESSION_ID@ (@PROVIDER@, user @USER_ID@)"

    /// What came of a refresh; nil where the event is of none.
    var outcome: String? {
        switch self {
        case .renewed, .settled: "renewed"
        case .adopted: "renewed by another caller"
        case .failed: "failed"
        case .needsLogin: "refused"
        case .inDoubt: "unknown"
        case .found, .registered, .recovered, .shortened, .ended, .removed, .forgotten: nil
        }
    }

    /// Of an event that knows the session's row.
    private func ofRow(
        _ id: String, _ name: String, _ priority: Telling.Priority, _ subject: String, always: [EventField] = [],
        sometimes: [EventField] = [], meaning: String, next: String, remedy: String? = nil
    ) -> EventFacts {
        EventFacts(
            id, name, priority, subject, always: Self.always + (outcome == nil ? [] : [.outcome]) + always,
            sometimes: Self.sometimes + sometimes, meaning: meaning, next: next, remedy: remedy)
    }

    var facts: EventFacts {
        switch self {
        case .found:
            ofRow(
                "e2b5d2ae528941bba9b9f664f80b1fe5", "session-found", .info, "Session found",
                meaning: "The session \(Self.name) was found by the API key. It stands as \"@STANDING@\".",
                next: "It is kept fresh as the rules of the settings say: by default, while it is read.")
        case .registered:
            ofRow(
                "0afbca8dbd664cd9947e191b7d2026f3", "session-registered", .notice, "Session registered",
                meaning: "The session \(Self.name) was registered by its secret. It stands as \"@STANDING@\".",
                next: "It is kept fresh as the rules of the settings say: by default, as long as it lives.")
        case .renewed:
            ofRow(
                "c7ee397e07c14db38ba527ea25a45318", "session-renewed", .info, "Token renewed",
                sometimes: [.budgetRemaining, .budgetResetAt],
                meaning: "The session \(Self.name) has a new access token.",
                next: "It is served from now on, and renewed before it ends.")
        case .settled:
            ofRow(
                "c1f3cb038e964db6b376548aae734bb7", "session-settled", .notice, "Lost answer made good",
                meaning: """
                    A refresh of the session \(Self.name) had been sent and its answer was lost. A look shows that it \
                    was done: there is a new token.
                    """,
                next: "The new token is served. Nothing was sent twice.")
        case .adopted:
            ofRow(
                "2e48d9d0a04143d99bb2e950c8c0b807", "session-adopted", .notice, "Token renewed by another caller",
                meaning: """
                    The session \(Self.name) was found with a newer token that refreshd did not ask for: another \
                    program calls updateSession on it.
                    """,
                next: "The new token is served; no call of refreshd's was needed.",
                remedy: """
                    Find who else refreshes the session, such as the app itself or a second refreshd, and let only one do \
                    so: with several, some providers withdraw the refresh token.
                    """)
        case .failed:
            ofRow(
                "9f4bde0447434994a56debb8a6d5af42", "refresh-failed", .warning, "Refresh failed, backing off",
                always: [.count], sometimes: [.nextTryAt],
                meaning: """
                    The token of the session \(Self.name) was not renewed: @REASON@. Failures in a row: @COUNT@.
                    """,
                next: """
                    The old token is served to its end. The refresh is tried again, after waits that grow with every \
                    failure; where many sessions fail alike, that is told once, as a condition.
                    """,
                remedy: """
                    One failure that is not followed by another needs nobody. If it goes on, see what became of the session:
                        refreshd session show @PROJECT@/@SESSION_ID@
                    """)
        case .inDoubt:
            ofRow(
                "133e4d992e2644f2b763af68f378c417", "refresh-in-doubt", .notice, "Answer lost",
                meaning: """
                    A refresh of the session \(Self.name) was sent, and its answer did not come: it may have been done, or \
                    may still be.
                    """,
                next: """
                    The old token is served to its end. The session is only looked at, which is free, until it shows a \
                    new token or ten minutes (waits.doubtFor) have passed; then it is refreshed again.
                    """,
                remedy: """
                    For one, nothing needs to be done. Many mean a network or an Appwrite that is too slow: compare calls.refreshTimeout \
                    with the time that the provider takes.
                    """)
        case .needsLogin:
            ofRow(
                "2bd202b060b84ae9bfde23d78c73b45c", "needs-login", .warning, "The user must log in again",
                meaning: """
                    The provider @PROVIDER@ refuses the refresh token of the session @PROJECT@/@SESSION_ID@ of user \
                    @USER_ID@: @REASON@. It was withdrawn, or has ended.
                    """,
                next: """
                    The old token is served to its end and no call is spent on the session any more. It is looked at now \
                    and then: when the user has logged in, it works again by itself, and that is told.
                    """,
                remedy: "Let the app ask the user to log in again. Nothing else helps.")
        case .recovered:
            ofRow(
                "c581fa5e74b54f9983ac4ca676772af9", "session-recovered", .notice, "Session works again",
                meaning: "The session \(Self.name), which needed a login or was over, has a token again.",
                next: "It is served and kept fresh as before.")
        case .shortened:
            ofRow(
                "fbccb3805551454bb45ae153884f2ade", "session-shortened", .warning, "Session shortened by its refresh",
                meaning: """
                    A refresh moved the end of the session \(Self.name) itself to an earlier moment, \
                    @SESSION_EXPIRES_AT@: the project's session length is shorter than it was when the user logged in.
                    """,
                next: """
                    Appwrite sets a session's end anew at each refresh, to now and the project's session length. So every \
                    further refresh moves it on again.
                    """,
                remedy: """
                    If that was not wanted, set the session length in the Appwrite console (Auth, Security) before more \
                    sessions are refreshed.
                    """)
        case .ended:
            ofRow(
                "0fe57c2f168f4a3ea64c45bf6b37e4a9", "session-ended", .info, "Session ended",
                meaning: "The session \(Self.name) is over: @REASON@.",
                next: """
                    Its token is served no more, from this moment. It is remembered for a week (waits.forgetEndedAfter), \
                    so that an app learns why it has no token, and then erased.
                    """)
        case .removed:
            EventFacts(
                "c4d2735863d442769208bd5f87718879", "session-removed", .notice, "Session removed",
                always: [.project, .session],
                meaning: "An operator removed the session @PROJECT@/@SESSION_ID@.",
                next: """
                    Its tokens and its secret are erased. At Appwrite it lives on: where there is an API key, it is found \
                    again by the next walk over the users, or when its user logs in.
                    """)
        case .forgotten:
            EventFacts(
                "5d1f0a4e6a7c4f0d9b5a3a0c2d8e71f4", "user-forgotten", .notice, "User forgotten",
                always: [.project, .count],
                meaning: """
                    All that was known of a user of @PROJECT@ was erased, with @COUNT@ sessions: an operator wished it, or \
                    the user is gone from Appwrite. Who it was is not told, since what is erased is not to live on in a \
                    log.
                    """,
                next: "Nothing of the user is left in the store, nor in its free pages.")
        }
    }
}
