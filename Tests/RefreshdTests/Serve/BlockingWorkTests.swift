// Work that blocks its thread, and nobody else.

import Dispatch
import Foundation
import Testing

@testable import Refreshd

@Suite("Work that blocks", .timeLimit(.minutes(5)))
struct BlockingWorkTests {
    private struct Refusal: Error, Equatable {}

    @Test("gives what it gives, and throws what it throws")
    func results() async throws {
        let work = BlockingWork("test")
        #expect(await work.run { 7 } == 7)
        await #expect(throws: Refusal()) {
            _ = try await work.run { () throws(Refusal) -> Int in throw Refusal() }
        }
    }

    @Test("lets all others go on, however few processors there are")
    func others() async {
        let gate = DispatchSemaphore(value: 0)
        let pieces = ProcessInfo.processInfo.activeProcessorCount + 1
        let done = await withTaskGroup(of: Bool.self) { group in
            for number in 1...pieces {
                group.addTask { await BlockingWork("test \(number)").run { gate.wait() } != nil }
            }
            // None of them ends before this one has run, and it needs a thread of Swift's.
            group.addTask {
                for _ in 1...pieces { gate.signal() }
                return true
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(done == pieces + 1)
    }

    @Test("keeps nobody waiting who is cancelled")
    func cancelled() async {
        let gate = DispatchSemaphore(value: 0)
        let waiting = Task { await BlockingWork("test").run { gate.wait() } == nil }
        waiting.cancel()
        #expect(await waiting.value)
        gate.signal()
    }
}
