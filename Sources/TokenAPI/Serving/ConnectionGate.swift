// Counts the connections of a socket, in all and by user, and refuses those above the limits (law 11).

import NIOCore
import Synchronization

/// Every connection enters once, and leaves once if it was let in.
///
/// Whoever comes above a limit waits a moment for a place: an app that asks by a new connection each time may come again
/// before it is seen here that its last one is closed.
final class ConnectionGate: Sendable {
    enum Decision: Hashable, Sendable {
        case admitted
        /// `isNews` for the first of a flood.
        case refused(isNews: Bool)
    }

    private struct Newcomer {
        let number: Int
        let user: UInt32
        let decided: EventLoopPromise<Decision>
    }

    private struct State {
        var all = 0
        /// Users without a connection have no entry, so this does not grow.
        var byUser: [UInt32: Int] = [:]
        /// In the order of their coming.
        var waiting: [Newcomer] = []
        var lastNumber = 0
        var refusals = Flood()
    }

    private let limits: Limits
    private let state = Mutex(State())

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// - Parameter loop: where the decision is heard.
    func enter(
        user: UInt32, on loop: any EventLoop, at now: NIODeadline = .now()
    ) -> EventLoopFuture<Decision> {
        let decided = loop.makePromise(of: Decision.self)
        let (decision, number) = state.withLock { state -> (Decision?, Int) in
            if hasRoom(for: user, state) {
                admit(user, &state)
                return (.admitted, 0)
            }
            guard state.waiting.count < limits.waiting else {
                return (.refused(isNews: state.refusals.rises(at: now)), 0)
            }
            state.lastNumber += 1
            state.waiting.append(Newcomer(number: state.lastNumber, user: user, decided: decided))
            return (nil, state.lastNumber)
        }
        if let decision {
            decided.succeed(decision)
        } else {
            loop.scheduleTask(in: TimeAmount(limits.patience)) { self.giveUp(number) }
        }
        return decided.futureResult
    }

    func leave(user: UInt32) {
        let admitted = state.withLock { state in
            state.all -= 1
            let rest = state.byUser[user, default: 1] - 1
            state.byUser[user] = rest > 0 ? rest : nil
            guard let place = state.waiting.firstIndex(where: { hasRoom(for: $0.user, state) }) else {
                return nil as Newcomer?
            }
            let next = state.waiting.remove(at: place)
            admit(next.user, &state)
            return next
        }
        admitted?.decided.succeed(.admitted)
    }

    /// Refuses one who has waited long enough; nothing where it was let in.
    private func giveUp(_ number: Int) {
        let refused = state.withLock { state -> (Newcomer, isNews: Bool)? in
            guard let place = state.waiting.firstIndex(where: { $0.number == number }) else { return nil }
            return (state.waiting.remove(at: place), state.refusals.rises(at: .now()))
        }
        if let (newcomer, isNews) = refused { newcomer.decided.succeed(.refused(isNews: isNews)) }
    }

    private func hasRoom(for user: UInt32, _ state: State) -> Bool {
        state.all < limits.connections && state.byUser[user, default: 0] < limits.connectionsPerUser
    }

    private func admit(_ user: UInt32, _ state: inout State) {
        state.all += 1
        state.byUser[user, default: 0] += 1
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
