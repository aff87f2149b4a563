// What there is to tell of who does what. Whoever tells it finds words, and names for numbers.

package import RefreshPolicy

package enum AccessNews: Hashable, Sendable {
    /// The first in a minute of this user's; `untold` more there were since it was last told of, however long ago.
    case refused(Peer, Intent, SocketName, Grounds, untold: Int)
    /// The first read of this grant by this user in an hour; the hours are the same for all.
    case read(Peer, SessionKey, Grant, SocketName)
    /// So many were told in this hour; no more are until the next.
    case manyReads(Int)
}

extension AccessNews {
    /// The user that it is about.
    package var user: UInt32? {
        switch self {
        case .refused(let peer, _, _, _, _), .read(let peer, _, _, _): peer.user
        case .manyReads: nil
        }
    }
}
