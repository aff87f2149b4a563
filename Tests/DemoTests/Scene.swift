// A small play with one session: login at 0, a life of 30 s, one refresh at 20 s, one good read at 21 s.

@testable import Demo

struct Scene {
    var testimony: Testimony
    static let refreshedAt: Moment = 20_000
    private let role: Role

    enum Reader {
        case own
        /// Reads another grant.
        case other
    }

    init(part: Part = .kept) {
        role = Role(user: "anna", provider: "google", stage: .metered, life: .seconds(30), part: part)
        testimony = Testimony(
            players: [Player(role: role, sessionID: "s1")], ledger: Ledger(patches: [], tokens: []))
        testimony.ledger.tokens.append(token("first", at: 0))
        addRefresh(at: Self.refreshedAt, "second")
        read(.token("second"), at: 21_000)
    }

    /// The kinds of what the judge finds.
    var misdeeds: [Misdeed.Kind] { Judge.judge(testimony).misdeeds.map(\.kind) }

    mutating func changeRefresh(_ change: (inout Ledger.Patch) -> Void) { change(&testimony.ledger.patches[0]) }

    mutating func addRefresh(at moment: Moment, _ name: String = "another") {
        testimony.ledger.patches.append(
            Ledger.Patch(
                at: moment, host: "127.0.0.1", project: "shop", sessionId: "s1", window: moment / 20_000 * 20_000,
                charge: .counted, forbidden: [], othersUnderWay: 0, lastRead: moment - 100, endedAt: moment,
                status: 200))
        testimony.ledger.tokens.append(token(name, at: moment))
    }

    mutating func forgetRefresh() {
        testimony.ledger.patches = []
        testimony.ledger.tokens.removeAll { $0.token == "second" }
        testimony.reads = []
    }

    mutating func read(
        _ answer: Read.Answer, of reader: Reader = .own, at moment: Moment, taking milliseconds: Moment = 0
    ) {
        let other = Role(user: "ben", provider: "google", stage: .metered, life: .seconds(30), part: .tokenFlow)
        testimony.reads.append(
            Read(
                role: reader == .own ? role : other, sentAt: moment, receivedAt: moment + milliseconds,
                answer: answer))
    }

    mutating func store(_ name: String, at moment: Moment) {
        for index in testimony.ledger.tokens.indices where testimony.ledger.tokens[index].token == name {
            testimony.ledger.tokens[index].storedAt = moment
        }
    }

    mutating func logOut(at moment: Moment) {
        for index in testimony.ledger.tokens.indices { testimony.ledger.tokens[index].sessionEndedAt = moment }
    }

    mutating func know(at moment: Moment) { testimony.knownEnds[testimony.players[0]] = moment }

    mutating func restart(from killedAt: Moment, to backAt: Moment) {
        testimony.restarts.append(Restart(killedAt: killedAt, backAt: backAt))
    }

    mutating func stall(at moment: Moment, lateBy: Moment = 2_000) {
        testimony.stalls.append(Stall(at: moment, lateBy: lateBy))
    }

    private func token(_ name: String, at moment: Moment) -> Ledger.Token {
        Ledger.Token(
            token: name, project: "shop", userId: "anna", sessionId: "s1", provider: "google", issuedAt: moment,
            expiresAt: moment + 30_000, storedAt: moment)
    }
}
