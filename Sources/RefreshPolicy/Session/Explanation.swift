// Why a session stands as it does, for people: the last thing learnt of it, or what its standing follows from.

extension SessionRow {
    /// The reason of the standing.
    package var explanation: Reason {
        switch standing {
        case .unrefreshable where hasRefreshToken: Reason(.tooOld)
        case .unrefreshable: Reason(token == nil ? .noProviderTokens : .noRefreshToken)
        case .idle: Reason(.unread)
        case .spare: Reason(.anotherKept)
        case .fresh, .due, .refreshing, .inDoubt, .backingOff, .needsLogin, .unexpiring, .ended: reason
        }
    }
}
