// What walks the table goes one at a time.

import Synchronization
import Testing

@testable import SessionStorage

@Suite("A turnstile", .timeLimit(.minutes(10)))
struct TurnstileTests {
    @Test("lets one through at a time, and everybody in the end, whatever becomes of those before")
    func oneAtATime() async {
        struct Stumbled: Error {}
        let turnstile = Turnstile()
        let inside = Mutex(0)
        let most = Mutex(0)
        let passed = await withTaskGroup(of: Int.self) { group in
            for number in 0..<200 {
                group.addTask {
                    do {
                        try await turnstile.pass {
                            let now = inside.withLock { inside in
                                inside += 1
                                return inside
                            }
                            most.withLock { $0 = max($0, now) }
                            await Task.yield()
                            inside.withLock { $0 -= 1 }
                            if number.isMultiple(of: 3) { throw Stumbled() }
                        }
                    } catch {}
                    return 1
                }
            }
            return await group.reduce(0, +)
        }
        #expect(passed == 200)
        #expect(most.withLock { $0 } == 1)
    }
}
