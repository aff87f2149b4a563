// From what was seen to a verdict: here, what the daemon sent to Appwrite. Pure, and careful to accuse only where no
// slowness of the machine can explain what happened.

import AppwriteModel

struct Judge {
    let testimony: Testimony
    let ledger: Ledger
    let own: [PatchRecord]
    let foreign: [PatchRecord]
    let tokens: TokenLists
    var misdeeds: [Misdeed]
    /// What would be a misdeed on a machine that keeps up.
    var excused = 0
    /// 429s that the daemon could not foresee.
    var unforeseen = 0

    static func judge(_ testimony: Testimony, _ ledger: Ledger) -> Judge {
        var judge = Judge(testimony, ledger)
        for patch in judge.own { judge.weigh(patch) }
        judge.weighWindows()
        judge.weighLogins()
        for read in testimony.reads { judge.weigh(read) }
        judge.weighSequences()
        return judge
    }

    private init(_ testimony: Testimony, _ ledger: Ledger) {
        self.testimony = testimony
        self.ledger = ledger
        own = ledger.patches.filter { !$0.isForeign }
        foreign = ledger.patches.filter(\.isForeign)
        tokens = TokenLists(ledger.tokens)
        misdeeds = testimony.found
    }

    mutating func accuse(_ kind: Misdeed.Kind, _ what: String) {
        misdeeds.append(Misdeed(kind, what))
    }

    /// Of what a machine that stands still might have caused.
    mutating func excuseOrAccuse(_ isStalled: Bool, _ kind: Misdeed.Kind, _ what: String) {
        if isStalled {
            excused += 1
        } else {
            accuse(kind, what)
        }
    }

    func name(_ session: String) -> String {
        testimony.tenants.first { $0.id == session }?.login.providerUid ?? session
    }

    /// How long the daemon may take from its decision to a call's arrival: it stores the intent within `lookFor` or does
    /// not send, has a JWT minted within `readTimeout`, and a second is the network's.
    static let onTheWay = (Cast.lookFor + Cast.readTimeout).inMilliseconds + 1000
    /// The same where nothing is out of order and the machine keeps up.
    static let onTheWayInCalm: Milliseconds = 500
    /// How long after a trouble its effect lasts: a store that failed is tried again after a second.
    static let aftermath: Milliseconds = 1500
}

// Single calls.
extension Judge {
    private mutating func weigh(_ patch: PatchRecord) {
        let who = "a refresh of \(name(patch.sessionID)), number \(patch.number)"
        let reasons = patch.forbidden.filter { $0 != .sessionEnded || !hasJustEnded(patch) }
        if !reasons.isEmpty { accuse(.forbidden, "\(who): \(reasons.map(\.rawValue).joined(separator: ", "))") }

        // Law 5. On its way it may grow older by this.
        let looked = patch.lastRead.map { patch.at - $0 }
        if looked.map({ $0 > Cast.lookFor.inMilliseconds + Self.onTheWay }) ?? true {
            excuseOrAccuse(patch, .notLookedAt, "\(who): looked at \(looked.map(String.init) ?? "never") ms before")
        }
        guard patch.charge == .counted || patch.charge == .exempt else { return }
        weighNeighbours(of: patch, who)
        weighAge(at: patch, who)
    }

    /// Law 4: one at once as Appwrite sees it, or `doubtFor` has passed since the decision to send the other.
    private mutating func weighNeighbours(of patch: PatchRecord, _ who: String) {
        for other in own where other.sessionID == patch.sessionID && other.number < patch.number {
            guard other.charge == .counted || other.charge == .exempt, other.endedAt.map({ $0 > patch.at }) ?? true
            else { continue }
            let apart = patch.at - other.at
            guard apart < Cast.doubtFor.inMilliseconds - Self.onTheWay else { continue }
            // Since then somebody has given it a token: that ends a doubt.
            if let stored = tokens.latest(of: patch.sessionID, at: patch.at - 1)?.storedAt, stored > other.at {
                continue
            }
            accuse(.twiceAtOnce, "\(who): another was under way, sent \(apart) ms before")
        }
    }

    /// Law 13, and law 5: what Appwrite has stored is looked at, and a young token is not replaced.
    private mutating func weighAge(at patch: PatchRecord, _ who: String) {
        guard let latest = tokens.latest(of: patch.sessionID, at: patch.at - 1), let end = latest.expiresAt,
            let stored = latest.storedAt
        else { return }
        let age = patch.at - stored
        guard age + 1000 < (end - latest.issuedAt) / 3 else { return }
        let isStrangers = foreign.contains { $0.sessionID == patch.sessionID && $0.endedAt == stored }
        if isStrangers && age < Cast.lookFor.inMilliseconds + Self.onTheWay { return }
        excuseOrAccuse(patch, .tooSoon, "\(who): the token was only \(age) ms old")
    }

    /// A logout between the look and the refresh cannot be known.
    private func hasJustEnded(_ patch: PatchRecord) -> Bool {
        guard let looked = patch.lastRead, let ended = tokens.end(of: patch.sessionID) else { return false }
        return looked <= ended && patch.at - looked <= Cast.lookFor.inMilliseconds + Self.onTheWay
    }

    private mutating func excuseOrAccuse(_ patch: PatchRecord, _ kind: Misdeed.Kind, _ what: String) {
        excuseOrAccuse(testimony.isStalled(from: patch.at - Self.onTheWay, to: patch.at), kind, what)
    }
}

// Law 6: windows.
extension Judge {
    private mutating func weighWindows() {
        let refused = own.filter { $0.charge == .overLimit }
        for patch in refused {
            let spent = own.count { $0.isIn(patch.windowStart) && $0.charge == .counted && $0.number < patch.number }
            if spent >= Cast.limit {
                accuse(.overspent, "number \(patch.number): the daemon alone had spent the window")
            } else if let teller = teller(to: patch) {
                accuse(.overspent, "number \(patch.number): the answer to \(teller.number) had told that none is left")
            } else {
                unforeseen += 1
            }
        }
        // Whoever is refused knows: in one life, no more meet a full window than can be under way at once.
        for window in Set(refused.map(\.windowStart)) {
            let count = refused.count { $0.windowStart == window }
            let lives = testimony.lives(from: window, to: window + Cast.window.inMilliseconds)
            if count > lives * Cast.lanes * Cast.meteredProjects {
                accuse(.overspent, "\(count) calls were sent into the window of \(window), which was full")
            }
        }
    }

    /// A call of the daemon whose answer, by what was sent since, had told before `patch` was decided on that the window
    /// is spent. Not counted as told: what came too late to be stored before an end, or to be in time for the decision.
    private func teller(to patch: PatchRecord) -> PatchRecord? {
        own.first { earlier in
            guard earlier.isIn(patch.windowStart), earlier.number < patch.number, earlier.ending == .answered,
                let told = earlier.remaining, let answeredAt = earlier.endedAt,
                answeredAt <= patch.at - Self.onTheWayInCalm, answeredAt - earlier.at < 2000
            else { return false }
            let since = own.count {
                $0.isIn(patch.windowStart) && $0.charge == .counted && earlier.number < $0.number
                    && $0.number < patch.number
            }
            return told <= since && testimony.isCalm(from: earlier.at, to: answeredAt + Self.onTheWayInCalm)
                && testimony.isUndisturbed(from: answeredAt - Self.aftermath, to: patch.at)
        }
    }
}

// Law 4 again, by what it is for: a provider that sees a refresh token twice revokes the whole login.
extension Judge {
    private mutating func weighLogins() {
        for session in Set(ledger.tokens.filter { $0.revokedAt != nil }.map(\.sessionID)) {
            accuse(.loginRevoked, "the provider revoked the login of \(name(session))")
        }
    }
}

extension PatchRecord {
    /// Whether it was sent by the other client: the daemon has no secret of these sessions.
    var isForeign: Bool {
        project == Cast.foreign || (project == Tenant.Part.shared.project && credential == .secret)
    }

    fileprivate func isIn(_ window: Milliseconds) -> Bool {
        windowStart == window && host == Cast.host
    }
}
