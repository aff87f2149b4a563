// What the scheduler wants done. An interpreter commits all `store` actions of a turn in one transaction before it does
// any other action of that turn: so a token is stored before it is served (law 8), and an intent before it is sent.

package enum Action: Hashable, Sendable {
    /// Write this. Where an attempt is named, tell `stored` when it is on disk.
    case store([Change], attempt: AttemptID?)
    /// Read the session for free.
    case look(AttemptID, SessionRow)
    /// Send the PATCH. Comes only after `stored` of its attempt.
    case spend(AttemptID, SessionRow)
    /// Bring these rows.
    case fetch(Errand)
    /// Bring those who lay claim to the host's calls, the greatest priority first.
    case census(HostName, [ProjectAlias], limit: Int)
    /// Bring all rows of the lane that need a login: the provider may have refused them wrongly.
    case rouse(Lane)
    /// Bring one session of the project, a fresh one: a look at it hears its host's clock.
    case witness(ProjectAlias)
    /// Bring the rows of a user: one of its sessions ended, and a spare may take its place.
    case regroup(ProjectAlias, UserID)
    /// The reader's wait is over; what the store holds now is its answer. Where it was not helped, it may ask again then.
    case reply(ReaderID, retryAt: WallTime?)
    case tell(Notice)
    /// Call again by then, at the latest.
    case wakeBy(WallTime)
}
