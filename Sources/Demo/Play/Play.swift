// The play itself: one minute in the life of refreshd, from an empty store to a stop in order.

import Foundation

struct Play: Sendable {
    let folder: RunFolder
    let simulator: Simulator
    let daemon: Daemon
    let records: Records
    let screen: Screen

    /// Long enough for any machine: refreshd looks for new logins every two seconds.
    private static let findLimit: Duration = .seconds(60)

    func run() async throws -> Testimony {
        try await simulator.setUpProjects()
        try DaemonSettings(folder: folder, simulator: simulator).write()
        for stage in Stage.allCases {
            for key in simulator.keys(of: stage).all {
                records.change { $0.search.add("a key of \(stage.rawValue)", key) }
            }
        }
        try await daemon.start()
        screen.tell("refreshd runs, with an empty store")
        for role in Cast.roles where role.part != .registers { _ = try await logIn(role) }
        screen.tell("\(records.now.players.count) sessions logged in")
        try await waitUntilFound()
        screen.tell("refreshd has found them")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for role in Cast.roles where role.part != .registers && role.part != .spare {
                group.addTask { try await reader.read(role) }
            }
            group.addTask { [folder, records] in
                try await Pulse(file: folder.path + "/pulse", records: records).run()
            }
            group.addTask { try await watcher.run() }
            group.addTask { try await act() }
            defer { group.cancelAll() }
            // Only the acts come to an end; whoever else ends does so by an error.
            try await group.next()
        }
        try await watcher.look()
        try await daemon.stop()
        screen.tell("refreshd stopped in order")
        screen.show(records.now)
        return try testimony()
    }

    /// What happens when, while the others read and watch.
    private func act() async throws {
        let start = ContinuousClock.now
        try await sleep(until: start + Script.registration)
        let late = try await register()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await reader.read(late) }
            group.addTask { try await goOn(from: start) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func goOn(from start: ContinuousClock.Instant) async throws {
        try await crash(by: start + Script.latestCrash)
        try await sleep(until: start + Script.logout)
        for player in records.now.players where player.role.part == .logsOut {
            try await simulator.logOut(player)
            screen.tell("\(player.role.user) has logged out")
        }
        try await sleep(until: start + Script.end)
        let deadline = ContinuousClock.now + Script.patience
        while ContinuousClock.now < deadline, !isEverythingDone {
            try daemon.check()
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Kills refreshd in the middle of a refresh, searches what it left, and starts it again.
    private func crash(by deadline: ContinuousClock.Instant) async throws {
        let victims = records.now.players.filter { $0.role.part == .crashes }
        var circumstance = ""
        while circumstance.isEmpty, ContinuousClock.now < deadline {
            try daemon.check()
            let ledger = try await simulator.ledger()
            let victim = victims.first { ledger.patches(of: $0).contains { $0.endedAt == nil } }
            if let victim { circumstance = ", while \(victim.role.user)'s refresh was under way" }
            try await Task.sleep(for: .milliseconds(50))
        }
        records.change { $0.restarts.append(Restart(killedAt: Records.moment)) }
        try await daemon.killHard()
        screen.tell("refreshd killed with -9\(circumstance)")
        try search()
        try await Task.sleep(for: Script.pauseBeforeRestart)
        try await daemon.start()
        let backAt = Records.moment
        records.change { $0.restarts[$0.restarts.count - 1].backAt = backAt }
        screen.tell("refreshd started again")
    }

    private func register() async throws -> Role {
        guard let role = Cast.roles.first(where: { $0.part == .registers }) else {
            throw DemoFailure("nobody is to be registered")
        }
        let login = try await logIn(role)
        try await daemon.register(secret: login.secret, of: role.stage)
        screen.tell("\(role.user) registered by her session's secret")
        return role
    }

    private func logIn(_ role: Role) async throws -> Simulator.Login {
        let login = try await simulator.logIn(role)
        let player = Player(role: role, sessionID: login.sessionId)
        try await simulator.prepare(player)
        try records.change {
            try $0.search.add(sessionSecret: login.secret, of: role)
            $0.search.add(tokensOf: role)
            $0.players.append(player)
        }
        return login
    }

    private func waitUntilFound() async throws {
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

    private func search() throws {
        let files = [folder.state, folder.daemonLog, folder.commandLog]
        let findings = try records.now.search.findings(inFiles: files)
        records.change { $0.findings.add(findings) }
    }

    private func testimony() throws -> Testimony {
        try search()
        let state = records.now
        return Testimony(
            players: state.players, ledger: state.ledger, reads: state.reads, restarts: state.restarts,
            stalls: state.stalls, knownEnds: state.knownEnds, findings: state.findings)
    }

    private func sleep(until instant: ContinuousClock.Instant) async throws {
        try await Task.sleep(until: instant, clock: .continuous)
    }

    private var reader: TokenReader { TokenReader(daemon: daemon, records: records) }

    private var watcher: Watcher {
        Watcher(daemon: daemon, simulator: simulator, records: records, screen: screen)
    }
}
