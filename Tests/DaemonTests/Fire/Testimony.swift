// All that the judge is told beside the simulated Appwrite's own record: what readers got, and what was done to the
// daemon when. All moments are the simulator's, which has the same clock as the daemon.

import AppwriteModel
import AppwriteSimulator
import Synchronization

struct Testimony: Sendable {
    var tenants: [Tenant] = []
    var reads: [Read] = []
    var lives: [Life] = []
    var spells: [Spell] = []
    var stalls: [Stall] = []
    var foreignCalls: [ForeignCall] = []
    /// When the daemon acknowledged a registration, by session.
    var acknowledged: [String: Milliseconds] = [:]
    /// Starts that failed while the disk was full.
    var startsInVain = 0
    /// How often the daemon met the full disk.
    var fullDisksMet = 0
    /// What was found wrong on the spot.
    var found: [Misdeed] = []
}

/// One request for a token. It was answered at some moment between the two.
struct Read: Sendable {
    let session: String
    let isBySession: Bool
    let maxWait: Duration
    let askedAt: Milliseconds
    let answeredAt: Milliseconds
    let took: Duration
    let answer: Answer

    enum Answer: Sendable {
        case token(String)
        /// No token, said with this status.
        case refused(Int)
        /// No answer at all.
        case silence
    }

    var token: String? {
        if case .token(let token) = answer { token } else { nil }
    }

    var status: Int? {
        switch answer {
        case .token: 200
        case .refused(let status): status
        case .silence: nil
        }
    }
}

/// From when the daemon's sockets took connections until it was told to end.
struct Life: Sendable {
    let from: Milliseconds
    var to: Milliseconds = .max
    var end: End?

    enum End: Sendable {
        case killed
        case stopped
    }
}

/// A time in which something was out of order that everybody needs.
struct Spell: Sendable {
    let kind: Kind
    let from: Milliseconds
    var to: Milliseconds = .max

    enum Kind: Equatable, Sendable {
        case fullDisk
        case outage(Outage.Answer)
    }
}

/// The machine did not let this test run for longer than it asked.
struct Stall: Sendable {
    let from: Milliseconds
    let to: Milliseconds
}

/// A call of the other client.
struct ForeignCall: Sendable {
    let at: Milliseconds
    let kind: Kind
    /// Nil where it was cut off.
    let status: Int?

    enum Kind: CaseIterable, Sendable {
        case ownRefresh
        case ownLogout
        /// Of a session that the daemon keeps.
        case refresh
        case logout
    }
}

/// One thing that must not happen, and did.
struct Misdeed: Hashable, Sendable, CustomStringConvertible {
    let kind: Kind
    let what: String

    init(_ kind: Kind, _ what: String) {
        self.kind = kind
        self.what = what
    }

    enum Kind: String, Sendable {
        case overspent
        case forbidden
        case twiceAtOnce
        case notLookedAt
        case tooSoon
        case loginRevoked
        case wrongToken
        case servedPastEnd
        case servedAfterLogout
        case tokenLost
        case registrationLost
        case sessionForgotten
        case waitedTooLong
        case unanswered
        case badEnd
    }

    var description: String { "\(kind.rawValue): \(what)" }
}

/// Where everybody writes down what they saw.
final class Records: Sendable {
    private let state = Mutex(Testimony())

    var testimony: Testimony { state.withLock { $0 } }
    var tenants: [Tenant] { state.withLock { $0.tenants } }

    func change<Value: Sendable>(_ body: (inout Testimony) -> Value) -> Value {
        state.withLock { body(&$0) }
    }

    func note(_ misdeed: Misdeed) {
        change { $0.found.append(misdeed) }
    }
}

extension Testimony {
    /// Whether one life of the daemon covers this time, and nothing was out of order in it.
    func isCalm(from: Milliseconds, to: Milliseconds) -> Bool {
        lives.contains { $0.from <= from && to <= $0.to } && isUndisturbed(from: from, to: to)
    }

    /// Whether Appwrite, the disk and the machine were well all that time, whatever became of the daemon.
    func isUndisturbed(from: Milliseconds, to: Milliseconds) -> Bool {
        !spells.contains { $0.from <= to && from <= $0.to } && !isStalled(from: from, to: to)
    }

    func isStalled(from: Milliseconds, to: Milliseconds) -> Bool {
        stalls.contains { $0.from <= to && from <= $0.to }
    }

    /// The daemon's lives that reach into this time.
    func lives(from: Milliseconds, to: Milliseconds) -> Int {
        lives.count { $0.from <= to && from <= $0.to }
    }
}
