// Counts the connections of a socket, in all and by user, and refuses those above the limits (law 11).

import NIOCore
import Synchronization

/// Every connection enters once, and leaves once if it was let in.
final class ConnectionGate: Sendable {
    enum Decision: Hashable, Sendable {
        case admitted
        /// `isNews` for the first of a flood.
        case refused(isNews: Bool)
    }

    private struct Count {
        var all = 0
        /// Users without a connection have no entry, so this does not grow.
        var byUser: [UInt32: Int] = [:]
        var refusals = Flood()
    }

    private let connections: Int
    private let connectionsPerUser: Int
    private let count = Mutex(Count())

    init(_ limits: Limits) {
        connections = limits.connections
        connectionsPerUser = limits.connectionsPerUser
    }

    func enter(user: UInt32, at now: NIODeadline = .now()) -> Decision {
        count.withLock { count in
            let ofUser = count.byUser[user, default: 0]
            guard count.all < connections, ofUser < connectionsPerUser else {
                return .refused(isNews: count.refusals.rises(at: now))
            }
            count.all += 1
            count.byUser[user] = ofUser + 1
            return .admitted
        }
    }

    func leave(user: UInt32) {
        count.withLock { count in
            count.all -= 1
            let rest = count.byUser[user, default: 1] - 1
            count.byUser[user] = rest > 0 ? rest : nil
        }
    }
}

extension Problem {
    static let tooManyConnections: Problem = {
        var problem = Problem(
            .tooManyConnections,
            detail: """
                Too many connections to this socket are open, of this user or in all. This one is closed; ask again \
                in a second, and keep fewer open.
                """)
        problem.retryIn = 1
        return problem
    }()
}
