// What happens to the calls that Appwrite allows.

import Vocabulary

package enum CallsEvent: Hashable, Sendable, CaseIterable {
    case spent
    case unmetered
    case metered
    case devKeyEnding
    case devKeyOver
}

extension CallsEvent {
    private static let newDevKey = DevKeyTerm.remedy.sentence
    private static let limited = "They are kept within its limit, which is 10 an hour by default."

    var facts: EventFacts {
        switch self {
        case .spent:
            EventFacts(
                "2485d4d417f9416291859d540965de41", "budget-spent", .notice, "Calls of this window are spent",
                always: [.host, .budgetResetAt],
                meaning: """
                    All calls that Appwrite allows in this window at @HOST@ are made, but for those that are kept back for \
                    apps that wait for a token (budget.reserve).
                    """,
                next: """
                    Tokens are served to their end. The next window opens at @BUDGET_RESET_AT@; whoever waits for a token \
                    comes first in it.
                    """,
                remedy: """
                    Nothing, where it happens now and then. Where tokens end for it, a condition tells so; a dev key lifts \
                    the limit.
                    """)
        case .unmetered:
            EventFacts(
                "1a73b96b6e194b888ea450db141065d6", "calls-unmetered", .notice, "Server does not count the calls",
                always: [.project],
                meaning: "Appwrite's answers show that it does not count the calls of @PROJECT@: it has no limit.",
                next: "Calls go by the pace of the settings (pace) from now on.")
        case .metered:
            EventFacts(
                "5bb169fd90eb4943b110b8e1e65e930a", "calls-metered", .warning, "Server counts the calls again",
                always: [.project],
                meaning: "Appwrite counts the calls of @PROJECT@, which it did not do before.",
                next: Self.limited,
                remedy: """
                    If the server is yours, see why it has a limit again (_APP_OPTIONS_ABUSE). Else a dev key lifts the \
                    limit.
                    """)
        case .devKeyEnding:
            EventFacts(
                "cc676112874e421ca1c8f3fadae7e030", "dev-key-ending", .warning, "Dev key ends soon",
                always: [.project, .devKeyExpiresAt],
                meaning: """
                    The dev key of @PROJECT@ ends at @DEV_KEY_EXPIRES_AT@, by the settings. Appwrite ignores an ended dev \
                    key without a word, and counts the calls from then on.
                    """,
                next: "Until then nothing changes.", remedy: Self.newDevKey)
        case .devKeyOver:
            EventFacts(
                "00e780e99d50468da939bd9535cad7a3", "dev-key-over", .warning, "Dev key is over",
                always: [.project, .devKeyExpiresAt],
                meaning: """
                    The dev key of @PROJECT@ ended at @DEV_KEY_EXPIRES_AT@, by the settings: Appwrite counts the calls as \
                    without one.
                    """,
                next: Self.limited, remedy: Self.newDevKey)
        }
    }
}
