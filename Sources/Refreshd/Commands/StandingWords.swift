// What a standing means, and what a next step is, in a sentence for somebody who sees the word for the first time.

import RefreshEngine
import RefreshPolicy

enum StandingWords {
    /// Nil for a word of another version.
    static func meaning(of standing: String) -> String? {
        switch Standing(rawValue: standing) {
        case .fresh: "its token lives long enough"
        case .due: "its token ends soon or has ended, and a refresh is wanted"
        case .refreshing: "a refresh is under way"
        case .inDoubt:
            "a refresh was sent and its answer was lost: it is only looked at until what became of it is known"
        case .backingOff: "the last refresh failed, and the next waits; the old token is served to its end"
        case .needsLogin:
            "the provider refuses the refresh token: the user must log in again; the old token is served to its end"
        case .unexpiring: "its token has no end, and is served while the session lives"
        case .unrefreshable: "it cannot be refreshed, or must not be; its token is served to its end"
        case .idle: "it is not to be kept fresh now; it is refreshed again when an app reads it"
        case .spare: "another session of the same account is kept in its place"
        case .ended: "logged out, removed, blocked or expired: nothing is served"
        case nil: nil
        }
    }

    /// `time` such as "in 5m, at …"; nil where none is known.
    static func next(_ step: String, _ time: String?) -> String {
        let when = time.map { " \($0)" } ?? ""
        switch NextStep.Kind(rawValue: step) {
        case .refresh: return "a refresh\(when)"
        case .refreshWhenAllowed:
            return "a refresh, as soon as a call may be made for it\(time.map { ": \($0)" } ?? "")"
        case .retry: return "another try\(when)"
        case .look: return "a look, which costs no call\(when)"
        case .awaitAnswer: return "nothing until Appwrite answers"
        case .awaitRead: return "nothing until an app reads it"
        case .awaitTime: return "its time of day\(when)"
        case .serve: return "nothing: there is nothing to refresh it by"
        case .standBy: return "nothing while the other session works"
        case .erase: return "it is erased\(when)"
        case .nothing: return "nothing: its project is not in the settings"
        case nil: return step + when
        }
    }
}
