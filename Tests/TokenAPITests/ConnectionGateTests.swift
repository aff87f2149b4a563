// How many connections are let in, who waits for a place, and how often refusing more is told.

import NIOCore
import NIOPosix
import Testing

@testable import TokenAPI

@Suite("The gate for connections", .timeLimit(.minutes(10)))
struct ConnectionGateTests {
    private let start = NIODeadline.now()
    private let loop = MultiThreadedEventLoopGroup.singleton.any()

    private func limits(waiting: Int, patience: Duration = .seconds(300)) -> Limits {
        var limits = Limits()
        limits.connections = 2
        limits.connectionsPerUser = 1
        limits.waiting = waiting
        limits.patience = patience
        return limits
    }

    private func enter(
        _ gate: ConnectionGate, _ user: UInt32, after time: TimeAmount = .zero
    ) async throws -> ConnectionGate.Decision {
        try await gate.enter(user: user, on: loop, at: start + time).get()
    }

    @Test("refuses above the limit, and tells a flood once, however often one leaves and another comes")
    func flood() async throws {
        let gate = ConnectionGate(limits(waiting: 0))
        #expect(try await enter(gate, 7) == .admitted)
        #expect(try await enter(gate, 7) == .refused(isNews: true))
        gate.leave(user: 7)
        #expect(try await enter(gate, 7) == .admitted)
        #expect(try await enter(gate, 8) == .admitted)
        #expect(try await enter(gate, 9, after: .minutes(4)) == .refused(isNews: false))
        #expect(try await enter(gate, 7, after: .minutes(8)) == .refused(isNews: false))
    }

    @Test("tells the next flood when the last has been over for minutes")
    func next() async throws {
        let gate = ConnectionGate(limits(waiting: 0))
        #expect(try await enter(gate, 7) == .admitted)
        #expect(try await enter(gate, 7) == .refused(isNews: true))
        #expect(try await enter(gate, 7, after: .minutes(6)) == .refused(isNews: true))
    }

    @Test("lets those who wait in as others leave, in their order, as far as their own limit allows")
    func waiting() async throws {
        let gate = ConnectionGate(limits(waiting: 3))
        for user: UInt32 in [7, 8] { #expect(try await enter(gate, user) == .admitted) }
        let (seven, nine, ten) = (
            gate.enter(user: 7, on: loop), gate.enter(user: 9, on: loop), gate.enter(user: 10, on: loop)
        )
        #expect(try await enter(gate, 11) == .refused(isNews: true), "no more than three wait")
        // The first that waits has one already.
        gate.leave(user: 8)
        #expect(try await nine.get() == .admitted)
        gate.leave(user: 7)
        #expect(try await seven.get() == .admitted)
        gate.leave(user: 9)
        #expect(try await ten.get() == .admitted)
    }

    @Test("refuses those who have waited in vain, and counts none of them")
    func inVain() async throws {
        let gate = ConnectionGate(limits(waiting: 1, patience: .milliseconds(1)))
        for user: UInt32 in [7, 8] { #expect(try await enter(gate, user) == .admitted) }
        for isNews in [true, false] { #expect(try await enter(gate, 9) == .refused(isNews: isNews)) }
        gate.leave(user: 8)
        #expect(try await enter(gate, 9) == .admitted)
    }
}
