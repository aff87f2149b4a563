// From what the simulator and the reader saw to a verdict. Pure, and careful to accuse only where no slowness of the
// machine can explain what happened.

struct Judge {
    private let testimony: Testimony
    private var verdict = Verdict()

    /// Lateness that excuses what depends on speed: this much in all, within this long before it.
    private static let excuse: Moment = 2_000
    private static let excuseReach: Moment = 15_000

    static func judge(_ testimony: Testimony) -> Verdict {
        var judge = Judge(testimony)
        for patch in testimony.ledger.patches { judge.weigh(patch) }
        for read in testimony.reads { judge.weigh(read) }
        for player in testimony.players { judge.weigh(player) }
        for leak in testimony.findings.leaks {
            judge.accuse(.leak, "\(leak.secret) stands in \(leak.place)")
        }
        judge.sum()
        return judge.verdict
    }

    private init(_ testimony: Testimony) {
        self.testimony = testimony
    }

    private mutating func accuse(_ kind: Misdeed.Kind, _ what: String) {
        verdict.misdeeds.append(Misdeed(kind: kind, what: what))
    }

    private mutating func sum() {
        let ledger = testimony.ledger
        verdict.patches = ledger.patches.count
        verdict.refreshes = testimony.players.map(ledger.refreshes).reduce(0, +)
        verdict.reads = testimony.reads.count
        let counted = ledger.patches.filter { $0.charge == .counted }
        verdict.fullestWindow =
            counted.map { patch in counted.count { $0.host == patch.host && $0.window == patch.window } }.max() ?? 0
    }
}

// Refreshes.
extension Judge {
    private mutating func weigh(_ patch: Ledger.Patch) {
        let player = testimony.players.first { $0.isOf(patch) }
        let name = "a refresh of \(player?.role.name ?? patch.sessionId)"
        if patch.charge == .overLimit { accuse(.overBudget, "\(name) was sent into a window that was full") }
        for reason in unlawful(patch, of: player) { accuse(.unlawful, "\(name): \(reason)") }
    }

    private mutating func unlawful(_ patch: Ledger.Patch, of player: Player?) -> [String] {
        var reasons = patch.forbidden.filter { $0 != "sessionEnded" || !endedSinceLastLook(patch, player) }
        if patch.othersUnderWay > 0 {
            // A PATCH that took longer than any doubt, since nothing went on.
            if isStalled(patch.at, patch.at) {
                verdict.failedInStall += 1
            } else {
                reasons.append("another one was under way")
            }
        }
        let looked = patch.lastRead.map { patch.at - $0 }
        if looked.map({ $0 > Script.lookBeforeSpending.milliseconds }) ?? true {
            reasons.append("nobody had looked at the session before")
        }
        if let player, let age = ageTooYoung(at: patch, player) {
            reasons.append("the token was only \(age) ms old: less than a third of its life")
        }
        return reasons
    }

    /// A logout between the look and the refresh cannot be known.
    private func endedSinceLastLook(_ patch: Ledger.Patch, _ player: Player?) -> Bool {
        guard let player, let looked = patch.lastRead,
            let ended = testimony.ledger.tokens(of: player).compactMap(\.sessionEndedAt).min()
        else { return false }
        return looked <= ended
    }

    /// Law 13: one refresh per third of a token's life, whatever readers ask.
    private func ageTooYoung(at patch: Ledger.Patch, _ player: Player) -> Moment? {
        let before = testimony.ledger.tokens(of: player).filter { ($0.storedAt ?? .max) < patch.at }
        guard let latest = before.last, let end = latest.expiresAt else { return nil }
        let age = patch.at - latest.issuedAt
        return age < (end - latest.issuedAt) / 3 ? age : nil
    }
}

// Reads.
extension Judge {
    private mutating func weigh(_ read: Read) {
        switch read.answer {
        case .token(let value):
            verdict.tokensRead += 1
            weigh(value, in: read)
        case .refused(let status):
            weighFailure(of: read, "was answered with status \(status)")
        case .silence:
            weighFailure(of: read, "got no answer")
        }
    }

    /// A token is wrong where it was so before the request was sent: what happens on the way is nobody's fault.
    private mutating func weigh(_ value: String, in read: Read) {
        let name = "a read of \(read.role.name)"
        let ledger = testimony.ledger
        guard !value.isEmpty else { return accuse(.badToken, "\(name) got an empty token") }
        guard let token = ledger.tokens.first(where: { $0.token == value }), read.role.isGrant(of: token) else {
            return accuse(.badToken, "\(name) got a token that was never issued for it")
        }
        if let end = token.statedEnd, end <= read.sentAt {
            accuse(.badToken, "\(name) got a token that had ended \(read.sentAt - end) ms before it asked")
        }
        let player = testimony.players.first { $0.isOf(token) }
        if let known = player.flatMap({ testimony.knownEnds[$0] }), token.sessionEndedAt != nil, known < read.sentAt {
            accuse(.loggedOut, "\(name) got the token of a session that refreshd itself lists as ended")
        }
    }

    private mutating func weighFailure(of read: Read, _ how: String) {
        if !couldBeFresh(read) {
            verdict.refusedRightly += 1
        } else if isInRestart(read) {
            verdict.failedInRestart += 1
        } else if isStalled(read.sentAt, read.receivedAt) {
            verdict.failedInStall += 1
        } else {
            accuse(.failedRead, "a read of \(read.role.name) \(how)")
        }
    }

    private func couldBeFresh(_ read: Read) -> Bool {
        let players = testimony.players.filter { $0.role.isSameGrant(as: read.role) }
        return players.contains { player in
            let tokens = testimony.ledger.tokens(of: player)
            switch player.role.part.promise {
            case .always: return true
            case .untilLogout: return read.receivedAt < tokens.compactMap(\.sessionEndedAt).min() ?? .max
            case .untilTokenEnds: return read.receivedAt < tokens.compactMap(\.expiresAt).max() ?? .max
            case .never: return false
            }
        }
    }

    /// The restart takes what it takes. Afterwards sessions may be in doubt, and those whose token ends meanwhile get
    /// their refresh when the doubt is over.
    private func isInRestart(_ read: Read) -> Bool {
        let doubt = (Script.doubtFor + Script.refreshAfterDoubt).milliseconds
        return testimony.restarts.contains { restart in
            let end = restart.backAt > .max - doubt ? .max : restart.backAt + doubt
            return read.receivedAt >= restart.killedAt && read.sentAt <= end
        }
    }

    /// Whether the machine stood still before or in this time. A stall is noted when it is over.
    private func isStalled(_ start: Moment, _ end: Moment) -> Bool {
        let before = (start - Self.excuseReach)...(end + Self.excuse)
        return testimony.stalls.filter { before.contains($0.at) }.map(\.lateBy).reduce(0, +) >= Self.excuse
    }
}

// Sessions.
extension Judge {
    /// A play in which nothing was done is no proof of anything.
    private mutating func weigh(_ player: Player) {
        let refreshes = testimony.ledger.refreshes(of: player)
        if player.role.part.needsRefresh && refreshes == 0 {
            accuse(.neglect, "\(player.role.name) was never refreshed")
        }
        if player.role.part == .logsOut && testimony.knownEnds[player] == nil {
            accuse(.neglect, "refreshd never noticed that \(player.role.name) was logged out")
        }
    }
}

extension Player {
    fileprivate func isOf(_ patch: Ledger.Patch) -> Bool {
        sessionID == patch.sessionId && Simulator.project(role.stage) == patch.project
    }

    fileprivate func isOf(_ token: Ledger.Token) -> Bool {
        sessionID == token.sessionId && Simulator.project(role.stage) == token.project
    }
}

extension Role {
    fileprivate func isSameGrant(as other: Role) -> Bool {
        stage == other.stage && user == other.user && provider == other.provider
    }

    fileprivate func isGrant(of token: Ledger.Token) -> Bool {
        Simulator.project(stage) == token.project && user == token.userId && provider == token.provider
    }
}
