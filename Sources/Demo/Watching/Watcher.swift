// Looks twice a second at what refreshd lists and what the simulator saw, and has it shown.

struct Watcher: Sendable {
    let daemon: Daemon
    let simulator: Simulator
    let records: Records
    let screen: Screen

    private static let pause: Duration = .milliseconds(500)

    func run() async throws {
        while true {
            try await look()
            screen.show(records.now)
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Brings the records up to now. An end that refreshd lists is written down after it was heard, never before.
    func look() async throws {
        let ledger = try await simulator.ledger()
        let listing = try await daemon.listing()
        let heardAt = Records.moment
        records.change { state in
            state.ledger = ledger
            guard case .list(let sessions, let text) = listing else {
                state.isDaemonUp = false
                return
            }
            state.isDaemonUp = true
            state.search(text, of: "the listing of sessions")
            for player in state.players {
                guard let session = sessions.first(where: { $0.isOf(player) }) else { continue }
                state.listing[player] = session
                if session.standing == "ended" && state.knownEnds[player] == nil {
                    state.knownEnds[player] = heardAt
                }
            }
        }
    }
}

extension ListedSession {
    func isOf(_ player: Player) -> Bool {
        sessionID == player.sessionID && project == player.role.stage.rawValue
    }
}
