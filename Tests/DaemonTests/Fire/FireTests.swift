// The daemon under fire: killed, stopped, cut off, hung upon, its disk full and its window spent by others, all at once
// and by the dice, while apps read. The simulated Appwrite's own record is the judge. `make test` plays a short fire;
// `make fire SEED=… MINUTES=…` one of any length, by two variables of the environment.

import AppwriteModel
import AppwriteSimulator
import Foundation
import Harness
import Testing

@Suite("Under fire")
struct FireTests {
    /// Enough to keep the daemon busy; fewer than the 8 connections that the HTTP client makes, or they would wait there.
    private static let apps = 6
    /// Rounds that a slow machine may add until everything has happened that should.
    private static let patience = 8

    @Test("one seed gives one schedule")
    func schedule() {
        for number in 0..<5 {
            #expect(Round(number, seed: 7) == Round(number, seed: 7))
            #expect(Round(number, seed: 7) != Round(number, seed: 8))
            #expect(Round(number, seed: 7) != Round(number + 1, seed: 7))
            #expect(Trouble.Hand.allCases.allSatisfy { !Round(number, seed: 7).blows(by: $0).isEmpty })
        }
    }

    @Test("laws 1, 3 to 8, 11 and 13 hold whatever happens, and all comes right when it is over")
    func fire() async throws {
        let order = try Order()
        try await withWorld(Cast.plan) { world in
            try await SmallDisk.with(world.daemon) { disk in
                let report = try await burn(world, disk, order)
                if order.isExplicit { print(report) }
                #expect(report.missing.isEmpty, "trouble that did not happen:\n\(report)")
                for misdeed in report.judge.misdeeds { Issue.record("\(misdeed)") }
            }
        }
    }

    private func burn(_ world: World, _ disk: SmallDisk?, _ order: Order) async throws -> FireReport {
        let records = Records()
        var dice = SeededDice(seed: order.seed)
        world.setLifetimes(under: .heavy)
        world.spoilProviders(rounds: order.rounds, dice: &dice)
        let tenants = try Cast.enter(world)
        records.change { $0.tenants = tenants }
        let strangers = try Strangers(world, records)
        let hands = Hands(world: world, records: records, disk: disk, strangers: strangers, seed: order.seed)
        try await hands.bringUp()

        var rounds = 0
        func report() -> FireReport {
            let judge = Judge.judge(records.testimony, world.simulator.ledger)
            return FireReport(seed: order.seed, rounds: rounds, judge: judge, hasDisk: disk != nil)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.apps {
                let seed = dice.next()
                group.addTask { try await App(world: world, records: records).run(seed: seed) }
            }
            group.addTask { await Pulse(world: world, records: records).run() }
            while rounds < order.rounds || (rounds < order.rounds + Self.patience && !report().missing.isEmpty) {
                try await hands.play(Round(rounds, seed: order.seed), number: rounds)
                rounds += 1
            }
            // The apps read on: who waits for a session in doubt now waits in peace.
            try await Ashes(world: world, records: records, hands: hands).inspect()
            group.cancelAll()
            try await group.waitForAll()
        }
        return report()
    }

    /// Which fire is wanted.
    private struct Order {
        let seed: UInt64
        let rounds: Int
        let isExplicit: Bool

        init() throws {
            let environment = ProcessInfo.processInfo.environment
            let (seed, minutes) = (environment["FIRE_SEED"], environment["FIRE_MINUTES"])
            isExplicit = seed != nil || minutes != nil
            self.seed = try seed.map { try Self.number($0, "FIRE_SEED") } ?? 20_262
            let seconds = try minutes.map { try Self.number($0, "FIRE_MINUTES") * 60 } ?? 28
            rounds = max(1, Int((Double(seconds) / Double(Round.length.components.seconds)).rounded(.up)))
        }

        private static func number(_ text: String, _ name: String) throws -> UInt64 {
            guard let number = UInt64(text), number < 1 << 32 else {
                throw HarnessTrouble("\(name) is a whole number, not \"\(text)\"")
            }
            return number
        }
    }
}
