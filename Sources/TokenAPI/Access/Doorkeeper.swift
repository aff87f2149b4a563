// Lets in by the rules, and tells who was refused and who reads what. One for all sockets of a daemon.

import Glibc
import NIOCore
import RefreshPolicy
import Synchronization

package final class Doorkeeper: Sendable {
    private struct State {
        var rules: AccessRules
        var refusals = RefusalLedger()
        var reads = ReadLedger()
    }

    private let state: Mutex<State>
    /// The user that the daemon runs as.
    private let daemon: UInt32
    private let tell: @Sendable (AccessNews) -> Void
    /// Before whatever socket they come by.
    let registrations = RegistrationGate()

    /// - Parameter tell: must return at once.
    package init(
        _ rules: AccessRules = AccessRules(), daemon: UInt32 = geteuid(),
        tell: @escaping @Sendable (AccessNews) -> Void = { _ in }
    ) {
        state = Mutex(State(rules: rules))
        self.daemon = daemon
        self.tell = tell
    }

    /// Lets in by other rules from now on, also on connections that are open.
    package func adopt(_ rules: AccessRules) {
        state.withLock { $0.rules = rules }
    }

    func decision(on intent: Intent, of peer: Peer, at socket: SocketName) -> Decision {
        state.withLock { $0.rules }.decision(on: intent, of: peer, at: socket, daemon: daemon)
    }

    /// Throws, and tells, where it is refused.
    func admit(_ intent: Intent, of peer: Peer, at socket: SocketName) throws(Problem) {
        if case .refused(let grounds) = decision(on: intent, of: peer, at: socket) {
            throw refusal(of: intent, grounds, to: peer, at: socket)
        }
    }

    /// The same for a session, whose grant `find` looks up where it matters. A refusal is the same whether the session
    /// is known or not: its grounds are those of all sessions of the project.
    func admit<Failure: Error>(
        readOf key: SessionKey, by peer: Peer, at socket: SocketName, failure: (Failure) -> Problem,
        find: () async throws(Failure) -> Grant?
    ) async throws(Problem) {
        let any = Intent(.read, project: key.project)
        guard case .refused(let grounds) = decision(on: any, of: peer, at: socket) else { return }
        let grant: Grant?
        do throws(Failure) { grant = try await find() } catch { throw failure(error) }
        guard let grant else { throw refusal(of: any, grounds, to: peer, at: socket) }
        let one = Intent(.read, project: key.project, user: grant.user, provider: grant.provider)
        if case .refused(let precise) = decision(on: one, of: peer, at: socket) {
            note(refusalOf: one, precise, to: peer, at: socket)
            throw .notAllowed(any, grounds, peer, socket)
        }
    }

    /// Tells the first read of each of the ledger's hours.
    func note(readOf key: SessionKey, _ grant: Grant, by peer: Peer, at socket: SocketName) {
        switch state.withLock({ $0.reads.note(user: peer.user, grant: grant, at: .now()) }) {
        case .first: tell(.read(peer, key, grant, socket))
        case .full: tell(.manyReads(ReadLedger.most))
        case nil: break
        }
    }

    private func refusal(of intent: Intent, _ grounds: Grounds, to peer: Peer, at socket: SocketName) -> Problem {
        note(refusalOf: intent, grounds, to: peer, at: socket)
        return .notAllowed(intent, grounds, peer, socket)
    }

    private func note(refusalOf intent: Intent, _ grounds: Grounds, to peer: Peer, at socket: SocketName) {
        guard let untold = state.withLock({ $0.refusals.note(user: peer.user, at: .now()) }) else { return }
        tell(.refused(peer, intent, socket, grounds, untold: untold))
    }
}
