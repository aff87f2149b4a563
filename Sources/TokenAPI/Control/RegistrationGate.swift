// Counts the registrations under way, on all sockets together, and lets in no more than a few (law 11): each is a call to
// Appwrite, over the connections that refreshes need too.

import Synchronization

/// Every registration enters once, and leaves once if it was let in.
final class RegistrationGate: Sendable {
    /// Half of the connections to one host: the others are for refreshes.
    static let most = 8

    private let count = Mutex(0)

    func enter() -> Bool {
        count.withLock { count in
            guard count < Self.most else { return false }
            count += 1
            return true
        }
    }

    func leave() {
        count.withLock { $0 -= 1 }
    }
}
