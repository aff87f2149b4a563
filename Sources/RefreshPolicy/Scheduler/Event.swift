// What the scheduler is told. Each event brings the rows it is about, as stored at that moment: the scheduler keeps
// none of its own.

package enum Event: Sendable {
    /// The first event of a run.
    case started(StoredState, seed: UInt64)
    /// Rows whose `wakeAt` has come; and, at the start, rows with a PATCH of an earlier run that nobody waits for.
    case woke([SessionRow])
    /// The loop has done all it was asked: what could be started now?
    case turn
    /// The rows that were asked for by `fetch`.
    case candidates([SessionRow], Errand)
    /// What was asked for by `census`.
    case contenders(HostName, [Contender])
    /// Rows as asked for by `rouse`, a page at a time.
    case roused(Lane, [SessionRow], isLast: Bool)
    /// A session as asked for by `witness`.
    case witness([SessionRow])
    /// An answer of a project's host that tells nothing but the time.
    case heard(ProjectAlias, AnswerHeaders)
    /// Discovery asked a project for its logins; nil when it was answered.
    case searched(ProjectAlias, CallFailure?)
    /// An app reads a session whose token does not suffice, or an operator wants a refresh.
    case read(ReaderID, Wish, SessionRow)
    case readerLeft(ReaderID, SessionKey)
    /// The intent of these attempts is on disk.
    case stored([AttemptID])
    /// A look ended; `rows` are all rows of the session's user.
    case looked(AttemptID, Look, AnswerHeaders?, rows: [SessionRow])
    /// A PATCH ended; `row` is nil when the session was removed meanwhile.
    case answered(AttemptID, SpendAnswer, AnswerHeaders?, row: SessionRow?)
    /// Discovery read a user's sessions with the API key; nil when the user is gone.
    case listed(ProjectAlias, UserID, [SessionFacts]?, AnswerHeaders?, rows: [SessionRow])
    /// A session was registered by its secret.
    case registered(ProjectAlias, Secret, SessionFacts, AnswerHeaders, rows: [SessionRow])
    /// An operator removed a session; `rows` are those of its user, itself among them.
    case removed(SessionKey, rows: [SessionRow])
    /// An operator had all of a user forgotten; `rows` are the user's.
    case forgotten(ProjectAlias, rows: [SessionRow])
    /// The rows of a user, as asked for by `regroup`.
    case regrouped([SessionRow])
    /// The settings changed while all goes on; with what is stored of hosts and conditions.
    case reloaded(Rules, StoredState)
    /// This machine's clock was stepped by so much, against steady time.
    case stepped(Duration)
    case stopping
}

/// A reader that waits, as the engine numbers it.
package struct ReaderID: Hashable, Comparable, Sendable {
    package let number: Int

    package init(_ number: Int) {
        self.number = number
    }

    package static func < (left: ReaderID, right: ReaderID) -> Bool { left.number < right.number }
}

/// What a reader wants.
package struct Wish: Hashable, Sendable {
    package enum Asker: Hashable, Sendable {
        /// An app: held to one refresh per third of a token's life (law 13), and to the backoff.
        case app
        /// An operator, who knows what they do; the other laws hold for them too.
        case `operator`
    }

    package let asker: Asker
    package let minValid: Duration
    /// Whether the reader waits for the outcome.
    package let waits: Bool

    package init(asker: Asker, minValid: Duration, waits: Bool) {
        self.asker = asker
        self.minValid = minValid
        self.waits = waits
    }
}
