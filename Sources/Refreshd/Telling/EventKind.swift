// The kinds of event, each with an id that never changes: `journalctl MESSAGE_ID=…` finds them in any version.

/// What a journal entry is about. The raw value is its `MESSAGE_ID` (see `journalctl --help`, `sd-id128`).
enum EventKind: String, CaseIterable, Sendable {
    /// Started.
    case started = "372e9532497a422a8fe25b929f16a8bb"
    /// Settings read anew.
    case settingsReloaded = "caac5922ace14731966cc646325091d7"
    /// New settings refused.
    case settingsRefused = "fb1dc9ffc623449db6b27e8918e5b13d"
    /// The store is sealed with another key.
    case keyChanged = "4836b57f2b0a4699ab674b9f7bdc02d9"
    /// Stopping.
    case stopping = "7833b60e0c7f40e09d9a9da2b93406bd"
    /// Session found.
    case found = "e2b5d2ae528941bba9b9f664f80b1fe5"
    /// Session registered.
    case registered = "0afbca8dbd664cd9947e191b7d2026f3"
    /// Token renewed.
    case renewed = "c7ee397e07c14db38ba527ea25a45318"
    /// Token renewed by somebody else.
    case adopted = "2e48d9d0a04143d99bb2e950c8c0b807"
    /// Refresh failed.
    case failed = "9f4bde0447434994a56debb8a6d5af42"
    /// The user must log in again.
    case needsLogin = "2bd202b060b84ae9bfde23d78c73b45c"
    /// Session works again.
    case recovered = "c581fa5e74b54f9983ac4ca676772af9"
    /// Session ended.
    case ended = "0fe57c2f168f4a3ea64c45bf6b37e4a9"
    /// Answer lost.
    case inDoubt = "133e4d992e2644f2b763af68f378c417"
    /// Session shortened by its refresh.
    case sessionShortened = "fbccb3805551454bb45ae153884f2ade"
    /// Session removed.
    case removed = "c4d2735863d442769208bd5f87718879"
    /// User forgotten.
    case forgotten = "5d1f0a4e6a7c4f0d9b5a3a0c2d8e71f4"
    /// Budget spent.
    case budgetSpent = "2485d4d417f9416291859d540965de41"
    /// Server without a limit found.
    case unmetered = "1a73b96b6e194b888ea450db141065d6"
    /// Server has a limit again.
    case metered = "5bb169fd90eb4943b110b8e1e65e930a"
    /// Dev key ends soon.
    case devKeyEnding = "cc676112874e421ca1c8f3fadae7e030"
    /// Dev key is over.
    case devKeyOver = "00e780e99d50468da939bd9535cad7a3"
    /// Condition began.
    case conditionBegan = "e69c59e6b2dc4c89909d8810fca2525d"
    /// Condition has another cause.
    case conditionChanged = "cf13f1618669434e8e0eebab0bf0f8ab"
    /// Condition ended.
    case conditionEnded = "c279129be54749c08f1c20974886717b"
    /// Clock stepped.
    case clockStepped = "7002e0f7b0064bad849ba21429c4b54b"
    /// Store fails.
    case storeFailed = "7e4393268e44456f9c8f693bcfbaa231"
    /// Store works again.
    case storeRecovered = "0997644f5c4e4f88bb7cced5f5a6a9c5"
}
