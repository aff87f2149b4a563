// The fields that events carry, each under one name everywhere: in the journal, in JSON lines (in lower case), in the
// catalog and in the manual.

/// A field of an event. The raw value is its name in the journal.
package enum EventField: String, CaseIterable, Sendable {
    case event = "REFRESHD_EVENT"
    case project = "REFRESHD_PROJECT"
    case host = "REFRESHD_HOST"
    case provider = "REFRESHD_PROVIDER"
    case user = "REFRESHD_USER_ID"
    case session = "REFRESHD_SESSION_ID"
    case standing = "REFRESHD_STANDING"
    case outcome = "REFRESHD_OUTCOME"
    case reason = "REFRESHD_REASON"
    case oauthError = "REFRESHD_OAUTH_ERROR"
    case expiresAt = "REFRESHD_EXPIRES_AT"
    case sessionExpiresAt = "REFRESHD_SESSION_EXPIRES_AT"
    case nextTryAt = "REFRESHD_NEXT_TRY_AT"
    case budgetRemaining = "REFRESHD_BUDGET_REMAINING"
    case budgetResetAt = "REFRESHD_BUDGET_RESET_AT"
    case devKeyExpiresAt = "REFRESHD_DEV_KEY_EXPIRES_AT"
    case condition = "REFRESHD_CONDITION"
    case obstacle = "REFRESHD_OBSTACLE"
    case phase = "REFRESHD_PHASE"
    case since = "REFRESHD_SINCE"
    case conditionBefore = "REFRESHD_CONDITION_BEFORE"
    case count = "REFRESHD_COUNT"
    case clockStep = "REFRESHD_CLOCK_STEP_MS"
    case timePassed = "REFRESHD_TIME_PASSED_MS"
    case settingsFile = "REFRESHD_SETTINGS_FILE"
    case exitStatus = "REFRESHD_EXIT_STATUS"
    case key = "REFRESHD_KEY_ID"
    case peerUser = "REFRESHD_PEER_UID"
    case peerProcess = "REFRESHD_PEER_PID"
    case peerName = "REFRESHD_PEER_NAME"
    case socket = "REFRESHD_SOCKET"
    case right = "REFRESHD_RIGHT"
    case rule = "REFRESHD_RULE"
    /// systemd's own (systemd.journal-fields(7)).
    case errno = "ERRNO"

    /// Numbers are numbers in JSON lines; moments are of UTC, as `2026-11-24T02:03:04.005Z`.
    package enum Form: Sendable {
        case text
        case number
        case moment
    }

    package var form: Form {
        switch self {
        case .event, .project, .host, .provider, .user, .session, .standing, .outcome, .reason, .oauthError,
            .condition, .obstacle, .phase, .conditionBefore, .settingsFile, .key, .peerName,
            .socket, .right:
            .text
        case .budgetRemaining, .count, .clockStep, .timePassed, .exitStatus, .peerUser, .peerProcess, .rule, .errno:
            .number
        case .expiresAt, .sessionExpiresAt, .nextTryAt, .budgetResetAt, .devKeyExpiresAt, .since: .moment
        }
    }

    /// What it holds, as a sentence.
    package var meaning: String {
        switch self {
        case .event: "The event's name, as it stands in the list of events."
        case .project:
            "The project, by its name in the settings. When refreshd starts or reloads, the names of all, with commas."
        case .host: "The host name of an Appwrite server."
        case .provider: "The OAuth 2 provider, as Appwrite names it, such as google."
        case .user: "Appwrite's id of the user."
        case .session: "Appwrite's id of the session."
        case .standing: "How the session stands now, such as fresh, backing off or needs login."
        case .outcome:
            "What came of a refresh: renewed, renewed by another caller, failed, refused (the user must log in again) "
                + "or unknown."
        case .reason: "Why the session stands so, such as provider failed or session gone."
        case .oauthError: "The provider's OAuth 2 error code, such as invalid_grant."
        case .expiresAt: "When the access token that is served ends. Absent where there is none, or no end is known."
        case .sessionExpiresAt: "When the Appwrite session itself ends."
        case .nextTryAt: "When the next call is tried."
        case .budgetRemaining: "Calls left in the window, of those that Appwrite allows."
        case .budgetResetAt: "When the next window of calls opens."
        case .devKeyExpiresAt: "When the dev key ends, by the settings."
        case .condition: "The cause of a condition, such as provider failing."
        case .obstacle: "Why Appwrite is not reached, such as connection refused."
        case .phase: "Whether a condition began, changed or ended."
        case .since: "When the condition began."
        case .conditionBefore: "The cause that a condition had before it changed."
        case .count: "How many the event is about: failures in a row, grants, calls, sessions, reads or entries."
        case .clockStep: "By how many milliseconds the clock was set; less than zero for back."
        case .timePassed: "How many milliseconds have passed that the clock did not count."
        case .settingsFile: "The path of the settings file."
        case .exitStatus: "The exit status of the process."
        case .key: "The id of a key of the store, which says nothing of the key."
        case .peerUser: "The user id of the process at the other end of a socket."
        case .peerProcess: "The id of the process at the other end of a socket."
        case .peerName: "The name of that user."
        case .socket: "The socket: token, control, or the name of another token socket."
        case .right: "What was asked for: read, register or control."
        case .rule: "The rule of access in the settings that decided, by its place in the list."
        case .errno: "The system's error number."
        }
    }
}
