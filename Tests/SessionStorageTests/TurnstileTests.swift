// What walks the table goes one at a time.

import Synchronization
import Testing

@testable import SessionStorage

@Suite("A turnstile", .timeLimit(.minutes(10)))
struct TurnstileTests {
    /// How many are inside, and how many were at most.
    private final class Crowd: Sendable {
        private let counts = Mutex((inside: 0, most: 0))
        var most: Int { counts.withLock { $0.most } }

        func enter() {
            counts.withLock { counts in
                counts.inside += 1
                counts.most = max(counts.most, counts.inside)
            }
        }

        func leave() {
            counts.withLock { $0.inside -= 1 }
        }
    }

    private struct Stumbled: Error {}

    @Test("lets one through at a time, and everybody in the end, whatever becomes of those before")
    func oneAtATime() async {
        let turnstile = Turnstile()
        let crowd = Crowd()
        let passed = await withTaskGroup(of: Int.self) { group in
            for number in 0..<200 {
                group.addTask {
                    do throws(Stumbled) {
                        try await turnstile.pass { () async throws(Stumbled) in
                            crowd.enter()
                            await Task.yield()
                            crowd.leave()
                            if number.isMultiple(of: 3) { throw Stumbled() }
                        }
                    } catch {}
                    return 1
                }
            }
            return await group.reduce(0, +)
        }
        #expect(passed == 200)
        #expect(crowd.most == 1)
    }

    @Test("is left by who is cancelled before the turn comes, and does nothing for them")
    func givingUp() async {
        let turnstile = Turnstile()
        let (inside, enter) = AsyncStream.makeStream(of: Void.self)
        let (leaving, leave) = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            await turnstile.pass { () async throws(Never) in
                enter.finish()
                for await _ in leaving {}
            }
        }
        for await _ in inside {}
        let others = (1...3).map { number in Task { await turnstile.pass { () async throws(Never) in number } } }
        while turnstile.count < 3 { await Task.yield() }
        others[1].cancel()
        #expect(await others[1].value == nil)
        #expect(turnstile.count == 2)
        leave.finish()
        #expect(await first.value != nil)
        #expect(await others[0].value == 1)
        #expect(await others[2].value == 3)
        let late = Task { () async -> Int? in
            while !Task.isCancelled { await Task.yield() }
            return await turnstile.pass { () async throws(Never) in 4 }
        }
        late.cancel()
        #expect(await late.value == nil, "who is cancelled before does not even enter")
    }
}
