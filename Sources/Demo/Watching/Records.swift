// What is written down during the play: the judge and the table work from it.

import Foundation
import Synchronization

final class Records: Sendable {
    struct State: Sendable {
        var players: [Player] = []
        var reads: [Read] = []
        var stalls: [Stall] = []
        var restarts: [Restart] = []
        /// When refreshd's own listing first called a session ended.
        var knownEnds: [Player: Moment] = [:]
        var listing: [Player: ListedSession] = [:]
        var isDaemonUp = false
        var ledger = Ledger(patches: [], tokens: [])
        var search = SecretSearch()
        var findings = Findings()

        /// Searches what refreshd said.
        mutating func search(_ said: Data, of place: String) {
            findings.add(search.findings(in: said, of: place))
        }
    }

    private let state = Mutex(State())

    var now: State { state.withLock { $0 } }

    func change<Failure>(_ body: (inout sending State) throws(Failure) -> Void) throws(Failure) {
        try state.withLock { state throws(Failure) in try body(&state) }
    }

    static var moment: Moment { Moment(Date().timeIntervalSince1970 * 1000) }
}

/// One request for a token. It was answered at some moment between the two.
struct Read: Hashable, Sendable {
    let role: Role
    let sentAt: Moment
    let receivedAt: Moment
    let answer: Answer

    enum Answer: Hashable, Sendable {
        case token(String)
        /// No token, said with this status.
        case refused(status: Int)
        /// No answer at all.
        case silence
    }
}

/// The machine did not let the demo run, or its disk did not write, for longer than asked.
struct Stall: Hashable, Sendable {
    let at: Moment
    let lateBy: Moment
}

/// Refreshd was killed and started again.
struct Restart: Hashable, Sendable {
    let killedAt: Moment
    /// When it answered again; until then it is away.
    var backAt: Moment = .max
}
