// Counts the registrations under way, on all sockets together, and lets in no more than a few (law 11): each is a call to
// Appwrite, which no pace holds back.

import Synchronization

/// Every registration enters once, and leaves once if it was let in.
final class RegistrationGate: Sendable {
    /// As many as a project has refreshes under way, by the usual pace.
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
