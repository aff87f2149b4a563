// What readers got, held against what the simulated Appwrite stored and when.

import AppwriteModel

extension Judge {
    /// Longer than any scheduling takes on a machine that keeps up.
    private static let schedulingAllowance: Duration = .seconds(5)
    /// Clocks agree to the second that the `Date` header has.
    private static let clockTolerance: Milliseconds = 1000
    /// In a calm of this length, the search shows the daemon how every session of the API key stands: it goes round
    /// once a second, and a store that failed is tried again after one.
    private static let seeingTime: Milliseconds = 5000

    mutating func weigh(_ read: Read) {
        let who = "a read of \(name(read.session))"
        if read.took > read.maxWait + Self.schedulingAllowance {
            let isStalled = testimony.isStalled(from: read.askedAt, to: read.answeredAt)
            excuseOrAccuse(isStalled, .waitedTooLong, "\(who) took \(read.took), \(read.maxWait) allowed")
        }
        switch read.answer {
        case .token(let token): weigh(token, in: read, who)
        case .refused, .silence: break
        }
        if read.isBySession { weighLoss(in: read, who) }
        if case .silence = read.answer, testimony.isAlive(from: read.askedAt - 100, to: read.answeredAt + 1000) {
            // The daemon lived all the while, and serves what it has whatever is out of order.
            let isStalled = testimony.isStalled(from: read.askedAt - 1000, to: read.answeredAt + 1000)
            excuseOrAccuse(isStalled, .unanswered, "\(who) at \(read.askedAt) got no answer")
        }
    }

    private mutating func weigh(_ value: String, in read: Read, _ who: String) {
        guard let token = tokens.named[value], tokens.isSameGrant(token, read.session) else {
            return accuse(.wrongToken, "\(who) got a token that was never issued for it")
        }
        if read.isBySession && token.sessionID != read.session {
            accuse(.wrongToken, "\(who) got the token of another session")
        }
        if let end = Self.lastInstant(of: token), read.askedAt >= end + Self.clockTolerance {
            accuse(.servedPastEnd, "\(who) got a token that had ended \(read.askedAt - end) ms before")
        }
        if let ended = token.sessionEndedAt, ended < read.askedAt - Self.seeingTime, isSearched(token.sessionID),
            testimony.isCalm(from: read.askedAt - Self.seeingTime, to: read.askedAt)
        {
            accuse(.servedAfterLogout, "\(who) got a token of a session that ended at \(ended), at \(read.askedAt)")
        }
    }

    /// A token that Appwrite never stored, since the session was gone, was answered before the call was given up.
    private static func lastInstant(of token: TokenRecord) -> Milliseconds? {
        token.statedEnd ?? token.expiresAt.map { $0 + Cast.refreshTimeout.inMilliseconds }
    }

    /// What Appwrite stored is found and served, be it that its answer was lost.
    private mutating func weighLoss(in read: Read, _ who: String) {
        guard isSearched(read.session), testimony.isCalm(from: read.askedAt - Self.seeingTime, to: read.answeredAt),
            tokens.end(of: read.session) == nil,
            let due = tokens.latest(of: read.session, at: read.askedAt - Self.seeingTime), let stored = due.storedAt,
            Self.lastInstant(of: due).map({ read.answeredAt + Self.clockTolerance < $0 }) ?? true
        else { return }
        let served = read.token.flatMap { tokens.named[$0] }
        if served?.storedAt.map({ $0 >= stored }) ?? false { return }
        let got = read.token == nil ? "status \(read.status.map(String.init) ?? "none")" : "an older token"
        accuse(.tokenLost, "\(who) at \(read.askedAt) got \(got), not the token stored at \(stored)")
    }

    /// What one read has shown stays so for all that come after it.
    mutating func weighSequences() {
        for (session, reads) in Dictionary(grouping: testimony.reads.filter(\.isBySession), by: \.session) {
            let told = reads.filter { $0.status == 410 }.map(\.answeredAt).min() ?? .max
            let known = min(
                testimony.acknowledged[session] ?? .max,
                reads.filter { ($0.status ?? 404) != 404 }.map(\.answeredAt).min() ?? .max)
            for read in reads {
                if read.token != nil && read.askedAt > told {
                    accuse(.servedAfterLogout, "a read of \(name(session)) got a token after it was told ended")
                }
                guard read.status == 404, read.askedAt > known else { continue }
                let isRegistered = testimony.acknowledged[session] != nil
                accuse(
                    isRegistered ? .registrationLost : .sessionForgotten,
                    "\(name(session)) was unknown at \(read.askedAt), and known at \(known)")
            }
        }
    }

    /// Whether the search shows the session to the daemon: it has an API key for its project.
    private func isSearched(_ session: String) -> Bool {
        switch testimony.tenants.first(where: { $0.id == session })?.part {
        case .found, .shared, .leaving, .exempt: true
        case .registered, nil: false
        }
    }
}

/// The ledger's tokens, to be asked by name, session and time.
struct TokenLists {
    let named: [String: TokenRecord]
    /// Those that Appwrite stored, in that order.
    private let stored: [String: [TokenRecord]]
    private let first: [String: TokenRecord]

    init(_ tokens: [TokenRecord]) {
        named = Dictionary(tokens.map { ($0.token, $0) }) { _, last in last }
        first = Dictionary(tokens.map { ($0.sessionID, $0) }) { first, _ in first }
        stored = Dictionary(grouping: tokens.filter { $0.storedAt != nil }, by: \.sessionID).mapValues { tokens in
            tokens.sorted { ($0.storedAt ?? 0) < ($1.storedAt ?? 0) }
        }
    }

    /// The last that Appwrite stored for a session up to that time.
    func latest(of session: String, at time: Milliseconds) -> TokenRecord? {
        stored[session]?.last { ($0.storedAt ?? .max) <= time }
    }

    /// When the session was logged out.
    func end(of session: String) -> Milliseconds? {
        first[session]?.sessionEndedAt
    }

    /// Whether a token is of that session's user at its provider.
    func isSameGrant(_ token: TokenRecord, _ session: String) -> Bool {
        guard let other = first[session] else { return false }
        return token.project == other.project && token.userID == other.userID && token.provider == other.provider
    }
}

extension Testimony {
    fileprivate func isAlive(from: Milliseconds, to: Milliseconds) -> Bool {
        lives.contains { $0.from <= from && to <= $0.to }
    }
}
