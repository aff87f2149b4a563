// How many connections are let in, and how often refusing more is told.

import NIOCore
import Testing

@testable import TokenAPI

@Suite("The gate for connections")
struct ConnectionGateTests {
    private let start = NIODeadline.now()
    private let oneOnly: Limits = {
        var limits = Limits()
        limits.connections = 1
        return limits
    }()

    @Test("refuses above the limit, and tells a flood once, however often one leaves and another comes")
    func flood() {
        let gate = ConnectionGate(oneOnly)
        #expect(gate.enter(user: 7, at: start) == .admitted)
        #expect(gate.enter(user: 8, at: start) == .refused(isNews: true))
        gate.leave(user: 7)
        #expect(gate.enter(user: 8, at: start) == .admitted)
        #expect(gate.enter(user: 7, at: start + .minutes(4)) == .refused(isNews: false))
        #expect(gate.enter(user: 7, at: start + .minutes(8)) == .refused(isNews: false))
    }

    @Test("tells the next flood when the last has been over for minutes")
    func next() {
        let gate = ConnectionGate(oneOnly)
        #expect(gate.enter(user: 7, at: start) == .admitted)
        #expect(gate.enter(user: 7, at: start) == .refused(isNews: true))
        #expect(gate.enter(user: 7, at: start + .minutes(6)) == .refused(isNews: true))
    }
}
