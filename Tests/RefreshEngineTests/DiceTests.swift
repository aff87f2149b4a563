// The asynchronous interpreter by dice, on an executor that runs when told: logins, readers, lost answers, stepped clocks,
// full disks, stops and crashes. What the scheduler decides is tried elsewhere; here it is whether it is carried out, and
// in order: intent and charge on disk before a PATCH leaves, one PATCH a session, every reader answered in time.

import Fakes
import RefreshEngine
import RefreshPolicy
import Synchronization
import Testing

@Suite("The engine, by dice")
struct DiceTests {
    @Test(
        "stores before it sends, sends once, and answers every reader in time", arguments: 1...12 as ClosedRange<UInt64>
    )
    func hold(_ seed: UInt64) {
        var run = DiceRun(seed: seed)
        run.go(steps: 250)
        #expect(run.spends > 5, "a run in which nothing happens proves nothing")
        #expect(run.replies > 20)
    }
}

private struct DiceRun {
    private let bench = EngineBench()
    private var dice: SeededGenerator
    private var keys: [SessionKey] = []
    private var readers: [(reply: Underway<TokenReply>, until: Duration)] = []
    private let watch: Watch
    private(set) var replies = 0

    var spends: Int { watch.spends }

    init(seed: UInt64) {
        dice = SeededGenerator(seed: seed)
        watch = Watch()
        for number in 1...6 { logIn(number) }
        let (watch, memory) = (watch, bench.memory)
        bench.appwrite.onCall { call in
            if case .spend(let key) = call { watch.note(key, stored: memory.rows.first { $0.key == key }) }
        }
        bench.begin()
    }

    mutating func go(steps: Int) {
        for _ in 0..<steps { step() }
        heal()
        bench.pass(.seconds(1200))
        check()
        #expect(readers.isEmpty)
        bench.crash()
    }

    private mutating func step() {
        switch Int.random(in: 0..<100, using: &dice) {
        case 0..<40: read()
        case 40..<48: loseAnswer()
        case 48..<54: toggleDisk()
        case 54..<60: hang()
        case 60..<64: bench.clock.step(by: .seconds(Int.random(in: -9000...9000, using: &dice)))
        case 64..<70: restart()
        default: break
        }
        bench.pass(.milliseconds(Int64.random(in: 10...180_000, using: &dice)))
        check()
    }

    private mutating func logIn(_ number: Int) {
        let left = Duration.seconds(Int.random(in: 60...3600, using: &dice))
        keys.append(bench.know(.google("s\(number)", of: "user\(number)", left: left, uid: "g-\(number)")))
    }

    private mutating func read() {
        guard let key = keys.randomElement(using: &dice) else { return }
        let wait = Duration.seconds(Int.random(in: 0...40, using: &dice))
        let minValid = Duration.seconds([60, 600, 86_400].randomElement(using: &dice) ?? 60)
        readers.append((bench.read(key, minValid: minValid, maxWait: wait), bench.clock.steady() + wait))
    }

    /// The script does not carry it out: so no look shows anything new.
    private mutating func loseAnswer() {
        guard let key = keys.randomElement(using: &dice) else { return }
        bench.appwrite.answer(.lost(.timedOut), toSpendOn: key)
    }

    private mutating func toggleDisk() {
        bench.memory.outage = bench.memory.outage == .none ? .writes(.unavailable("disk full")) : .none
    }

    private mutating func hang() {
        if Bool.random(using: &dice) { bench.appwrite.spends.shut() } else { bench.appwrite.spends.open() }
    }

    private mutating func restart() {
        heal()
        if Bool.random(using: &dice) { bench.stop() }
        if !bench.hasEnded { bench.crash() }
        readers = []
        bench.begin()
    }

    private func heal() {
        bench.memory.outage = .none
        bench.appwrite.spends.open()
        bench.appwrite.looks.open()
    }

    private mutating func check() {
        for reader in readers where reader.reply.value != nil { replies += 1 }
        readers.removeAll { $0.reply.value != nil }
        for reader in readers {
            #expect(bench.clock.steady() <= reader.until, "a reader waits past its time")
        }
        #expect(watch.breaches == [])
    }
}

/// What is seen of PATCHes as they leave.
private final class Watch: Sendable {
    private struct State {
        var spends = 0
        var breaches: [String] = []
        var attempts: Set<AttemptID> = []
    }

    private let state = Mutex(State())

    var spends: Int { state.withLock { $0.spends } }
    var breaches: [String] { state.withLock { $0.breaches } }

    func note(_ key: SessionKey, stored: SessionRow?) {
        state.withLock { state in
            state.spends += 1
            guard let attempt = stored?.attempt, stored?.standing == .refreshing else {
                return state.breaches.append("\(key) was sent before it was stored")
            }
            if !state.attempts.insert(attempt.id).inserted { state.breaches.append("\(key) was sent twice") }
        }
    }
}
