// What befalls the daemon, and when: drawn from a seed before any of it happens, so that the schedule of a run that
// failed can be had again. How long things then take is for the machine to say.

import AppwriteModel
import AppwriteSimulator

enum Trouble: Equatable, Sendable {
    /// kill -9; started again after a pause.
    case kill(downFor: Duration)
    /// The same, so long after a window's last call arrived: what is known of the window then is worth most.
    case killAfterLastCall(Duration, downFor: Duration)
    /// SIGTERM; started again after a pause.
    case stop(downFor: Duration)
    /// The disk of its state has no room.
    case fullDisk(Duration)
    /// Appwrite is out of reach.
    case outage(Outage, Duration)
    /// Another client of the same address, whose calls fall under the same counter, refreshes and deletes its own.
    case spree(calls: Int)
    /// Another client refreshes a session that the daemon keeps.
    case foreignRefresh
    /// Another client deletes a session that the daemon keeps.
    case logout
    /// An operator registers a session by its secret.
    case registration

    /// Who makes it. Each hand does one thing after another; the hands know nothing of each other.
    enum Hand: CaseIterable, Sendable {
        case manager
        case disk
        case network
        case others
        case `operator`
    }

    var hand: Hand {
        switch self {
        case .kill, .killAfterLastCall, .stop: .manager
        case .fullDisk: .disk
        case .outage: .network
        case .spree, .foreignRefresh, .logout: .others
        case .registration: .operator
        }
    }
}

/// Trouble at a moment.
struct Blow: Equatable, Sendable {
    /// Since its round began.
    let at: Duration
    let trouble: Trouble
}

/// One round of a fire: each kind of trouble at least once, in an order and at moments that the dice decide.
struct Round: Equatable, Sendable {
    static let length: Duration = .seconds(14)
    let load: Load
    /// In the order of their moments.
    let blows: [Blow]

    init(_ number: Int, seed: UInt64) {
        var dice = SeededDice(seed: seed ^ (UInt64(number) << 32))
        load = number.isMultiple(of: 2) ? .heavy : .light
        let blows = Self.deck(&dice).map { trouble in
            Blow(at: .milliseconds(Int.random(in: 0...13_000, using: &dice)), trouble: trouble)
        }
        self.blows = blows.sorted { $0.at < $1.at }
    }

    /// How often tokens want to be refreshed.
    enum Load: Sendable {
        /// More than a window has calls: it is spent to the last.
        case heavy
        /// Less: calls come one by one, and each could know what the answer before it said.
        case light
    }

    func blows(by hand: Trouble.Hand) -> [Blow] {
        blows.filter { $0.trouble.hand == hand }
    }

    private static func deck(_ dice: inout SeededDice) -> [Trouble] {
        func some(_ range: ClosedRange<Int>) -> Duration { .milliseconds(Int.random(in: range, using: &dice)) }
        var deck: [Trouble] = [
            .kill(downFor: some(0...800)), .kill(downFor: some(0...100)),
            .killAfterLastCall(.zero, downFor: some(0...100)), .killAfterLastCall(.zero, downFor: some(0...100)),
            .killAfterLastCall(some(800...1500), downFor: some(0...100)), .stop(downFor: some(0...300)),
            .fullDisk(some(1500...4000)), .foreignRefresh, .foreignRefresh, .logout, .registration,
        ]
        for answer in [Outage.Answer.hangUp, .page(status: 502), .silence] {
            let only = [nil, "jwts", "sessions"].randomElement(using: &dice) ?? nil
            deck.append(.outage(Outage(answer, only: only), some(300...2500)))
        }
        for _ in 0..<3 { deck.append(.spree(calls: Int.random(in: 1...8, using: &dice))) }
        return deck
    }
}

/// What goes wrong with a provider's answers, in the order in which it is asked.
enum BadDays {
    /// `survivesLoss`: whether its refresh token outlives an answer that Appwrite never stored. One that rotates does not,
    /// and no client could help it.
    static func faults(rounds: Int, survivesLoss: Bool, dice: inout SeededDice) -> [Fault] {
        // More than a provider is asked in the longest run.
        (0..<rounds * 6 + 60).flatMap { _ in deck(survivesLoss: survivesLoss, &dice).shuffled(using: &dice) }
    }

    private static func deck(survivesLoss: Bool, _ dice: inout SeededDice) -> [Fault] {
        var deck = [
            Fault(ending: .hangs, times: 1), Fault(ending: .droppedAfterCommit, times: 1),
            Fault(delay: 100, ending: .droppedAfterCommit, times: 1), Fault(times: 1),
        ]
        if survivesLoss { deck.append(Fault(ending: .droppedBeforeCommit, times: 1)) }
        while deck.count < 12 { deck.append(Fault(delay: Milliseconds.random(in: 0...400, using: &dice), times: 1)) }
        return deck
    }
}
