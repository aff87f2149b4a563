// The hands that make the trouble: each plays its own blows of a round, one after another, and writes down what became
// of them.

import AppwriteModel
import AppwriteSimulator
import Harness

struct Hands: Sendable {
    let world: World
    let records: Records
    let disk: SmallDisk?
    let strangers: Strangers
    /// Of the machine's own choices, such as who is logged out.
    let seed: UInt64

    private static let operatorsPatience: Duration = .seconds(30)

    /// Plays a round to its end; a slow machine plays it later.
    func play(_ round: Round, number: Int) async throws {
        let start = ContinuousClock.now
        world.setLifetimes(under: round.load)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for hand in Trouble.Hand.allCases {
                group.addTask {
                    var dice = SeededDice(seed: seed &+ UInt64(number))
                    for blow in round.blows(by: hand) {
                        try await Task.sleep(until: start + blow.at, clock: .continuous)
                        try await strike(blow.trouble, &dice)
                    }
                }
            }
            try await group.waitForAll()
        }
        try await Task.sleep(until: start + Round.length, clock: .continuous)
    }

    private func strike(_ trouble: Trouble, _ dice: inout SeededDice) async throws {
        switch trouble {
        case .kill(let pause):
            try await kill(downFor: pause)
        case .killAfterLastCall(let later, let pause):
            try await lastCall()
            try await Task.sleep(for: later)
            try await kill(downFor: pause)
        case .stop(let pause):
            endLife(.stopped)
            try await stop()
            try await Task.sleep(for: pause)
            try await bringUp()
        case .fullDisk(let length):
            guard let disk else { return }
            let told = try fullDisksTold
            try await during(.fullDisk, length, begin: disk.fill, end: disk.empty)
            let isMet = try fullDisksTold > told
            records.change { $0.fullDisksMet += isMet ? 1 : 0 }
        case .outage(let outage, let length):
            try await during(
                .outage(outage.answer), length, begin: { world.simulator.setOutage(outage) },
                end: { world.simulator.setOutage(nil) })
        case .spree(let calls):
            for _ in 0..<calls { try await strangers.spend(&dice) }
        case .foreignRefresh:
            await strangers.refresh(kept: { $0.part == .shared }, &dice)
        case .logout:
            try await logOut(&dice)
        case .registration:
            try await register(&dice)
        }
    }

    private func kill(downFor pause: Duration) async throws {
        endLife(.killed)
        try await world.daemon.kill()
        try await Task.sleep(for: pause)
        try await bringUp()
    }

    /// Returns when a call of the daemon has just taken the last of a window; or after a window's time, as none may.
    private func lastCall() async throws {
        let start = world.simulator.now()
        let end = start + Cast.window.inMilliseconds
        while world.simulator.now() < end {
            let hasCome = world.simulator.change { server, _ in
                let recent = server.ledger.patches.reversed().prefix { $0.at >= start }
                return recent.contains { $0.remaining == 0 && $0.charge == .counted && !$0.isForeign }
            }
            if hasCome { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Starts the daemon as a service manager does: again and again, as long as it says that its disk is full.
    func bringUp() async throws {
        while true {
            let child = try world.daemon.launch()
            try await eventually("both sockets of the daemon, or its end") {
                try child.ending != nil || (accepts(world.daemon.tokenSocket) && accepts(world.daemon.controlSocket))
            }
            let now = world.simulator.now()
            guard let ending = child.ending else {
                records.change { $0.lives.append(Life(from: now)) }
                return
            }
            let isExcused = records.change { testimony in
                testimony.startsInVain += 1
                return testimony.spells.contains { $0.kind == .fullDisk && now - 5000 <= $0.to }
            }
            guard isExcused, ending == .exited(69) else {
                throw HarnessTrouble("the daemon did not start: \(ending)")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// SIGTERM ends it in order, whatever it is doing.
    func stop() async throws {
        let ending = try await world.daemon.stop()
        if ending != .exited(0) { records.note(Misdeed(.badEnd, "SIGTERM was answered by \(ending)")) }
    }

    func endLife(_ end: Life.End) {
        let now = world.simulator.now()
        records.change { testimony in
            guard let last = testimony.lives.indices.last, testimony.lives[last].end == nil else { return }
            testimony.lives[last].to = now
            testimony.lives[last].end = end
        }
    }

    private func during(
        _ kind: Spell.Kind, _ length: Duration, begin: () throws -> Void, end: () throws -> Void
    ) async throws {
        let from = world.simulator.now()
        let index = records.change { testimony in
            testimony.spells.append(Spell(kind: kind, from: from))
            return testimony.spells.count - 1
        }
        try begin()
        try await Task.sleep(for: length)
        try end()
        let to = world.simulator.now()
        records.change { $0.spells[index].to = to }
    }

    private var fullDisksTold: Int {
        get throws { try world.daemon.logLines(with: "is full").count }
    }

    /// Somebody who was found leaves and logs in anew; where enough are registered, one of these leaves for good.
    private func logOut(_ dice: inout SeededDice) async throws {
        let living = world.living(records.tenants)
        let acknowledged = records.testimony.acknowledged
        let registered = living.filter { acknowledged[$0.id] != nil }
        let candidates = registered.count > 3 ? registered : living.filter { $0.part == .leaving }
        guard let tenant = candidates.randomElement(using: &dice) else { return }
        await strangers.logOut(tenant)
        guard tenant.part == .leaving, world.living([tenant]).isEmpty else { return }
        let again = try world.admit(tenant.login.providerUid, as: .leaving, at: tenant.login.provider)
        records.change { $0.tenants.append(again) }
    }

    /// Tried until it is acknowledged, as an operator does. Where it is not, nothing was promised.
    private func register(_ dice: inout SeededDice) async throws {
        let count = records.tenants.count
        let provider = [Cast.patient, Cast.strict].randomElement(using: &dice) ?? Cast.patient
        let tenant = try world.admit("registered-\(count)", as: .registered, at: provider)
        records.change { $0.tenants.append(tenant) }
        let end = ContinuousClock.now + Self.operatorsPatience
        while ContinuousClock.now < end {
            // A daemon that is killed meanwhile answers nobody.
            let reply = try? await world.daemon.register(tenant.login, in: tenant.part.alias)
            if reply?.status == 201 {
                let now = world.simulator.now()
                records.change { $0.acknowledged[tenant.id] = now }
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}

extension World {
    /// Those that have not been logged out.
    func living(_ tenants: [Tenant]) -> [Tenant] {
        simulator.change { server, _ in
            tenants.filter { server.project($0.part.project)?.session($0.id) != nil }
        }
    }
}
