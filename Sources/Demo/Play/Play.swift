// The play itself: one minute in the life of refreshd, from an empty store to a stop in order.

import Foundation

struct Play: Sendable {
    let folder: RunFolder
    let simulator: Simulator
    let daemon: Daemon
    let records: Records
    let screen: Screen

    struct Ending: Sendable {
        let testimony: Testimony
        let searched: (needles: Int, bytes: Int)
    }

    /// Long enough for any machine: refreshd looks for new logins every two seconds.
    private static let findLimit: Duration = .seconds(60)

    func run() async throws -> Ending {
        try await simulator.setUpProjects()
        try DaemonSettings(folder: folder, simulator: simulator).write()
        try await daemon.start()
        screen.tell("refreshd runs, with an empty store")

        var secrets = SecretSearch()
        for stage in Stage.allCases {
            for key in simulator.keys(of: stage).all { secrets.add("a key of \(stage.rawValue)", key) }
        }
        for role in Cast.roles where role.part != .registers { _ = try await logIn(role, &secrets) }
        screen.tell("\(records.now.players.count) sessions logged in")
        try await waitUntilFound()
        screen.tell("refreshd has found them")

        let watcher = Watcher(daemon: daemon, simulator: simulator, records: records, screen: screen)
        secrets = try await withThrowingTaskGroup(of: SecretSearch?.self) { group in
            let reader = TokenReader(daemon: daemon, records: records)
            for role in Cast.roles where role.part != .registers && role.part != .spare {
                group.addTask { try await forNothing { try await reader.read(role) } }
            }
            group.addTask { [folder, records] in
                try await forNothing { try await Pulse(file: folder.path + "/pulse", records: records).run() }
            }
            group.addTask { try await forNothing { try await watcher.run() } }
            group.addTask { [secrets] in try await act(reader, secrets) }
            defer { group.cancelAll() }
            // Only the acts come to an end; whoever else ends does so by an error.
            for try await ended in group {
                if let ended { return ended }
            }
            throw DemoFailure("the play ended without its last act")
        }
        try await watcher.look()
        screen.show(records.now)
        try await daemon.stop()
        screen.tell("refreshd stopped in order")
        return try ending(secrets)
    }

    /// What happens when, while the others read and watch.
    private func act(_ reader: TokenReader, _ given: SecretSearch) async throws -> SecretSearch {
        var secrets = given
        let start = ContinuousClock.now
        try await Task.sleep(until: start + Script.registration)
        let late = try await register(&secrets)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await reader.read(late.role) }
            group.addTask { try await goOn(from: start) }
            defer { group.cancelAll() }
            try await group.next()
            return secrets
        }
    }

    private func goOn(from start: ContinuousClock.Instant) async throws {
        try await crash(by: start + Script.latestCrash)
        try await Task.sleep(until: max(.now, start + Script.logout))
        for player in records.now.players where player.role.part == .logsOut {
            try await simulator.logOut(player)
            screen.tell("\(player.role.user) has logged out")
        }
        try await Task.sleep(until: max(.now, start + Script.end))
        let deadline = ContinuousClock.now + Script.patience
        while ContinuousClock.now < deadline, !isEverythingDone {
            try daemon.check()
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Kills refreshd in the middle of a refresh, and starts it again.
    private func crash(by deadline: ContinuousClock.Instant) async throws {
        let victims = records.now.players.filter { $0.role.part == .crashes }
        while ContinuousClock.now < deadline {
            try daemon.check()
            let ledger = try await simulator.ledger()
            if victims.contains(where: { ledger.patches(of: $0).contains { $0.endedAt == nil } }) { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        let names = victims.map(\.role.user).joined(separator: ", ")
        records.change { $0.restarts.append(Restart(killedAt: Records.moment)) }
        try await daemon.killHard()
        screen.tell("refreshd killed with -9, while \(names)'s refresh was under way")
        try await Task.sleep(for: Script.pauseBeforeRestart)
        try await daemon.start()
        let backAt = Records.moment
        records.change { $0.restarts[$0.restarts.count - 1].backAt = backAt }
        screen.tell("refreshd started again")
    }

    private func register(_ secrets: inout SecretSearch) async throws -> Player {
        guard let role = Cast.roles.first(where: { $0.part == .registers }) else {
            throw DemoFailure("nobody is to be registered")
        }
        let (player, login) = try await logIn(role, &secrets)
        try await daemon.register(secret: login.secret, of: role.stage)
        screen.tell("\(role.user) registered by her session's secret")
        return player
    }

    private func logIn(_ role: Role, _ secrets: inout SecretSearch) async throws -> (Player, Simulator.Login) {
        let login = try await simulator.logIn(role)
        let player = Player(role: role, sessionID: login.sessionId)
        try await simulator.prepare(player)
        secrets.add("the session secret of \(role.user)", login.secret)
        secrets.add(tokensOf: role)
        records.change { $0.players.append(player) }
        return (player, login)
    }

    private func waitUntilFound() async throws {
        let watcher = Watcher(daemon: daemon, simulator: simulator, records: records, screen: screen)
        let deadline = ContinuousClock.now + Self.findLimit
        while ContinuousClock.now < deadline {
            try daemon.check()
            try await watcher.look()
            let state = records.now
            if state.players.allSatisfy({ state.listing[$0] != nil }) { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw DemoFailure("refreshd did not find all sessions within \(Self.findLimit)")
    }

    private var isEverythingDone: Bool {
        let state = records.now
        return state.players.allSatisfy { player in
            if player.role.part == .logsOut && state.knownEnds[player] == nil { return false }
            return !player.role.part.needsRefresh || state.ledger.refreshes(of: player) > 0
        }
    }

    private func ending(_ secrets: SecretSearch) throws -> Ending {
        let (leaks, bytes) = try secrets.leaks(in: [folder.state, folder.daemonLog, folder.commandLog])
        let state = records.now
        let testimony = Testimony(
            players: state.players, ledger: state.ledger, reads: state.reads, restarts: state.restarts,
            stalls: state.stalls, knownEnds: state.knownEnds, leaks: leaks)
        return Ending(testimony: testimony, searched: (secrets.needles.count, bytes))
    }
}

/// For tasks that never come to an end by themselves.
private func forNothing(_ body: () async throws -> Void) async throws -> SecretSearch? {
    try await body()
    return nil
}
