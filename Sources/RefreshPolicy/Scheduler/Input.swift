// What comes in from outside for an interpreter of the scheduler's actions, in the words of both interpreters.

/// Still without the rows it is about, which are looked up as it is handled: then it becomes an `Event`.
package enum Input: Sendable {
    case looked(AttemptID, SessionKey, UserID, Look, AnswerHeaders?)
    case answered(AttemptID, SessionKey, SpendAnswer, AnswerHeaders?)
    case read(ReaderID, Wish, SessionKey)
    case readerLeft(ReaderID, SessionKey)
    /// Facts are nil when the user is gone.
    case listed(ProjectAlias, UserID, [SessionFacts]?, AnswerHeaders?)
    /// The search asked a project for its logins; nil when it was answered.
    case searched(ProjectAlias, CallFailure?)
    /// A page of logins: what it lists is told of by itself, but it tells the time.
    case heard(ProjectAlias, AnswerHeaders)
    case registered(ProjectAlias, Secret, SessionFacts, AnswerHeaders)
    case removed(SessionKey, UserID)
    case forgotten(ProjectAlias, UserID)
    /// The settings changed.
    case reloaded(Rules)
    /// A change that needs no decision.
    case noted(Change)
    case stopping
}
