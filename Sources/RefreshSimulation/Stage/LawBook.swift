// The books of the laws, kept by somebody who sees both ends: what the machine had stored and heard when it sent, and what
// the server made of it. The numbers are those of the laws in the documentation of RefreshPolicy.

import AppwriteModel
package import RefreshPolicy

package struct LawBook: Sendable {
    /// A law that was broken, where and when.
    package struct Breach: Sendable, CustomStringConvertible {
        package let law: Int
        package let text: String
        package let time: Int64

        package var description: String { "law \(law) at \(time): \(text)" }
    }

    package private(set) var breaches: [Breach] = []
    /// What happened, so that a run in which nothing did proves nothing.
    package private(set) var tally = Tally()
    private let rules: Rules
    private var underWay: [String: [Sent]] = [:]
    private var sessionOf: [PatchID: String] = [:]
    private var renewals: [String: Renewal] = [:]
    private var windows: [String: HeardWindow] = [:]
    private var outstanding = 0
    private var cameAt: [AttemptID: Int64] = [:]
    private var endings: [String: Int64] = [:]
    private var touches: [String: Int64] = [:]
    private var orders: [String: Int64] = [:]

    package struct Tally: Sendable {
        package var looks = 0
        package var patches = 0
        package var renewals = 0
        package var refusals = 0
        package var lost = 0
        package var overLimit = 0
        package var tokensServed = 0
        package var readsUnserved = 0
    }

    /// A PATCH that the server is at work on.
    private struct Sent: Sendable {
        let patch: PatchID
        let sentAt: Int64
    }

    private struct Renewal: Sendable {
        let at: Int64
        let life: Int64
    }

    /// What was heard of one window of one host, and what was sent into it.
    private struct HeardWindow: Sendable {
        let start: Int64
        /// Our calls that the server counted and the machine knew of, in the order of their coming.
        var counted: [Int64] = []
        /// What an answer said was left after its call, which came then; and when it was heard.
        var stated: [(remaining: Int, cameAt: Int64, heardAt: Int64)] = []
        /// When the first 429 was heard for a project.
        var refusedAt: [ProjectAlias: Int64] = [:]
    }

    init(rules: Rules) {
        self.rules = rules
    }

    package mutating func note(_ law: Int, _ text: String, at time: Int64) {
        breaches.append(Breach(law: law, text: text, time: time))
    }

    // What the driver tells of the world.

    package mutating func ended(_ session: String, at time: Int64) { endings[session] = time }
    package mutating func touched(_ session: String, at time: Int64) { touches[session] = time }
    package mutating func ordered(_ session: String, at time: Int64) { orders[session] = time }
    /// The settings say anew that the project's calls are not counted: they may have another dev key.
    package mutating func takenAtItsWord(_ project: ProjectAlias) {
        for counter in windows.keys { windows[counter]?.refusedAt[project] = nil }
    }
    /// The process is gone, and nobody hears what comes for it.
    mutating func crashed() {
        outstanding = 0
        cameAt = [:]
    }

    // Law 9.

    mutating func checkWake(_ wake: WallTime, after now: WallTime, trueTime: Int64) {
        if wake > now + .days(2) { note(9, "sleeps until \(wake)", at: trueTime) }
    }

    // Laws 4, 5, 6, 8 as a PATCH is sent.

    mutating func checkSpend(
        _ attempt: AttemptID, _ row: SessionRow, _ machine: Machine, wall: WallTime, trueTime: Int64
    ) {
        outstanding += 1
        tally.patches += 1
        let most = rules.projects.map(\.pace.maxInFlight).reduce(0, +)
        if outstanding > most { note(11, "\(outstanding) calls in flight", at: trueTime) }
        guard let stored = machine.memory.row(row.key), let project = rules.project(row.key.project) else {
            return note(14, "\(row.key) is not stored", at: trueTime)
        }
        if stored.attempt?.id != attempt { note(4, "the intent for \(row.key) is not stored", at: trueTime) }
        if !stored.mayBeSpentOn(at: wall, by: project) { note(1, "\(row.key) must not be refreshed", at: trueTime) }
        if !(stored.lookedAt <= wall && wall < stored.lookedAt + .seconds(31)) {
            note(5, "\(row.key) was not looked at", at: trueTime)
        }
        let recalled = machine.memory.recalled
        if recalled.lastAttempt < attempt { note(14, "attempt \(attempt.number) may be given out again", at: trueTime) }
        let isMetered = machine.scheduler.budgets(at: wall).contains {
            $0.host == project.host && $0.metering == .metered
        }
        let isCharged = recalled.budgets.contains { $0.host == project.host && $0.inFlight > 0 }
        let isAlone = rules.projects.count { $0.host == project.host } == 1
        if isMetered && isAlone && !isCharged { note(6, "the charge for \(row.key) is not stored", at: trueTime) }
    }

    /// A PATCH has come to the server.
    mutating func arrived<Outside>(_ call: Stage<Outside>.Call, _ start: Wire.Start, wire: Wire, trueTime: Int64) {
        let record: PatchRecord?
        switch start {
        case .underWay(let patch, _): record = wire.server.ledger.patch(patch)
        case .over(.notSent, _): record = nil
        case .over: record = wire.server.ledger.patches.last
        }
        guard let record else { return }
        let session = call.row.key.description
        checkForbidden(record, call.row, wire, sentAt: call.sentAt, trueTime: trueTime)
        let read = record.lastRead.map { record.at - $0 }
        if read.map({ $0 > 31_000 }) ?? true { note(5, "\(session) was last read \(read ?? -1) ms ago", at: trueTime) }

        // A doubt ends when the session has changed. That it was somebody else who changed it, or an earlier PATCH of
        // ours that their change had ended the doubt of, nobody can know.
        let doubt = rules.waits.doubtFor.wholeMilliseconds
        let touched = touches[session] ?? .min
        if underWay[session, default: []].contains(where: {
            call.sentAt - $0.sentAt < doubt - 1000 && touched < $0.sentAt - doubt
        }) {
            note(4, "two PATCHes at work on \(session)", at: trueTime)
        }
        if case .underWay(let patch, _) = start {
            underWay[session, default: []].append(Sent(patch: patch, sentAt: call.sentAt))
            sessionOf[patch] = session
        }
        checkRest(session, call, trueTime: trueTime)
        checkWindow(record, call, trueTime: trueTime)
    }

    private mutating func checkForbidden(
        _ record: PatchRecord, _ row: SessionRow, _ wire: Wire, sentAt: Int64, trueTime: Int64
    ) {
        let read = record.lastRead ?? .min
        for forbidden in record.forbidden {
            switch forbidden {
            case .noRefreshToken, .notOAuth: note(1, "\(row.key): \(forbidden.rawValue)", at: trueTime)
            case .sessionEnded:
                if let ended = endings[row.key.description], ended <= read {
                    note(1, "\(row.key) had ended when it was looked at", at: trueTime)
                }
            case .sessionExpired:
                let touched = touches[row.key.description] ?? .min
                if let project = wire.site(row.key.project)?.project,
                    let session = wire.server.project(project)?.session(record.sessionID),
                    session.expiresAt + 3000 < record.at - (trueTime - sentAt), touched < sentAt - 31_000
                {
                    note(1, "\(row.key) had expired", at: trueTime)
                }
            }
        }
    }

    private mutating func checkRest<Outside>(_ session: String, _ call: Stage<Outside>.Call, trueTime: Int64) {
        guard let renewal = renewals[session], (orders[session] ?? .min) < call.sentAt - 60_000 else { return }
        if call.sentAt - renewal.at < renewal.life / 3 - 3000 {
            note(13, "\(session) was renewed \(call.sentAt - renewal.at) ms ago", at: trueTime)
        }
    }

    private mutating func checkWindow<Outside>(
        _ record: PatchRecord, _ call: Stage<Outside>.Call, trueTime: Int64
    ) {
        let counter = "\(record.host) \(record.ip)"
        var window = windows[counter] ?? HeardWindow(start: record.windowStart)
        if window.start != record.windowStart { window = HeardWindow(start: record.windowStart) }
        defer { windows[counter] = window }
        switch record.charge {
        case .exempt, .notReached: return
        case .counted:
            if call.isMetered { window.counted.append(trueTime) }
            cameAt[call.attempt] = trueTime
        case .overLimit: tally.overLimit += 1
        }
        if window.refusedAt[call.row.key.project].map({ $0 < call.sentAt }) ?? false {
            note(6, "a 429 was heard in the window", at: trueTime)
        }
        // A dev key is taken at its word until the server says otherwise.
        guard call.isMetered else { return }
        let own = window.counted.count { $0 < trueTime }
        if record.charge == .overLimit && own >= 10 { note(6, "the window was full of our own calls", at: trueTime) }
        for stated in window.stated where stated.heardAt < call.sentAt {
            let since = window.counted.count { $0 > stated.cameAt && $0 < trueTime }
            if since >= stated.remaining {
                return note(
                    6, "\(stated.remaining) were left in the window, and \(since) came since", at: trueTime)
            }
        }
    }

    mutating func done(_ patch: PatchID) {
        guard let session = sessionOf.removeValue(forKey: patch) else { return }
        underWay[session]?.removeAll { $0.patch == patch }
    }

    /// An answer has come to the machine.
    mutating func heard<Outside>(
        _ call: Stage<Outside>.Call, _ answer: SpendAnswer, _ rate: RefreshPolicy.RateHeaders?, serverNow: Int64,
        trueTime: Int64
    ) {
        outstanding -= 1
        let came = cameAt.removeValue(forKey: call.attempt)
        switch answer {
        case .session(let facts) where facts.token == nil: tally.refusals += 1
        case .session(let facts) where facts.token == (call.row.next ?? call.row.token)?.value:
            // Some adapters hand out the old one: then nothing was renewed.
            tally.refusals += 1
        case .session(let facts):
            tally.renewals += 1
            let end = facts.tokenExpiresAt?.milliseconds ?? serverNow
            let life = min(end, facts.sessionExpiresAt.milliseconds) - serverNow
            renewals[call.row.key.description] = Renewal(at: trueTime, life: min(life, 3_600_000))
        case .refused, .notSent: tally.refusals += 1
        case .lost: tally.lost += 1
        }
        if case .refused(.rateLimited) = answer, let rate {
            for (counter, window) in windows where window.start / 1000 + 3600 == rate.reset.milliseconds / 1000 {
                let known = window.refusedAt[call.row.key.project] ?? trueTime
                windows[counter]?.refusedAt[call.row.key.project] = min(known, trueTime)
            }
        }
        guard let rate, let came else { return }
        for (counter, window) in windows where window.start / 1000 + 3600 == rate.reset.milliseconds / 1000 {
            windows[counter]?.stated.append((rate.remaining, came, trueTime))
        }
    }

    // Laws 2 and 3, as a token is served.

    package mutating func served(_ token: Token, of row: SessionRow, wire: Wire, serverNow: Int64, trueTime: Int64) {
        tally.tokensServed += 1
        guard let record = wire.server.ledger.token(token.value.reveal()) else {
            return note(2, "\(row.key) was served what nobody issued", at: trueTime)
        }
        if record.sessionID != row.key.session.rawValue {
            note(2, "\(row.key) was served another's token", at: trueTime)
        }
        if let end = record.statedEnd ?? record.expiresAt, end + 2500 < serverNow {
            note(3, "\(row.key) was served a token \(serverNow - end) ms after its end", at: trueTime)
        }
    }

    package mutating func unserved() { tally.readsUnserved += 1 }
}
