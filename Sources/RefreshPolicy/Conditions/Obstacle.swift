// What stands between this machine and Appwrite where no answer comes: an operator mends each of these elsewhere.

package enum Obstacle: String, Hashable, CaseIterable, Sendable {
    /// As far as this machine's name servers know.
    case nameUnknown = "name not resolved"
    case refused = "connection refused"
    /// The system's answer, such as that there is no route.
    case notConnected = "host not reached"
    case connectTimedOut = "no connection in time"
    /// Nobody that is trusted vouches for it, or it is not valid now.
    case certificateNotTrusted = "certificate not trusted"
    case certificateOfAnotherName = "certificate of another name"
    /// What listens there speaks no TLS, or none of a version in use.
    case noTLS = "no TLS spoken there"
    /// The proxy itself, by whatever of the first four.
    case proxyNotReached = "proxy not reached"
    case proxyWantsLogin = "proxy wants a login"
    /// It made no way to the server.
    case proxyRefused = "proxy made no connection"
    case answerTimedOut = "no answer in time"
    /// Before the answer was whole.
    case cut = "connection broken off"

    /// Nil where something came back, or where nothing was awaited.
    init?(_ silence: Silence) {
        switch silence {
        case .unreachable(let obstacle): self = obstacle
        case .timedOut: self = .answerTimedOut
        case .cut: self = .cut
        case .notUnderstood, .cancelled: return nil
        }
    }
}
