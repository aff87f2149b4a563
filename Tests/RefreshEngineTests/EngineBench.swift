// An engine on a bench: its clock stands still, its tasks run when told, and everything around it is a fake. Nothing
// in a test on it depends on how fast the machine is.

import Fakes
import RefreshEngine
import RefreshPolicy
import Synchronization
import Testing

final class EngineBench {
    let clock: ManualClock
    private(set) var memory: MemoryStore
    private(set) var store: HangingStore
    let appwrite: ScriptedAppwrite
    let journal = CollectingJournal()
    var rules: Rules
    var searches: [SearchRules] = []
    private let executor = ManualExecutor()
    private(set) var engine: Engine
    private var run: Underway<Bool>?

    /// A Sunday, 20 minutes past ten, UTC: the window of calls ends at eleven.
    static let start = WallTime(milliseconds: 1_773_570_000_000)

    init(rules: Rules = Rules(projects: [.app]), seenAt: WallTime = EngineBench.start) {
        clock = ManualClock(at: seenAt)
        memory = MemoryStore()
        store = HangingStore(memory)
        appwrite = ScriptedAppwrite(clock: clock)
        self.rules = rules
        let time = SteadyWallClock(clock)
        engine = Engine(
            rules: rules, searches: [], store: store, calls: appwrite, journal: journal, clock: time,
            state: StoredState(), seed: 1)
    }

    var now: WallTime { clock.now() }

    /// Starts an engine over what the store holds, and lets it come to rest.
    func begin() {
        let state = stored
        let time = SteadyWallClock(clock)
        appwrite.stamp(by: time)
        engine = Engine(
            rules: rules, searches: searches, store: store, calls: appwrite, journal: journal, clock: time,
            state: state, seed: 1)
        run = launch { [engine] in
            await engine.run()
            return true
        }
    }

    /// Ends the engine without any grace, as `kill -9` would but for what hangs: that is interrupted where it hangs.
    func crash() {
        run?.cancel()
        settle()
        #expect(hasEnded)
        store.beforeWriting.open()
        store.afterWriting.open()
        appwrite.spends.open()
        appwrite.looks.open()
        appwrite.searches.open()
        settle()
    }

    /// The store's file is deleted while no engine runs.
    func loseStore() {
        memory = MemoryStore()
        store = HangingStore(memory)
    }

    func stop() {
        engine.stop()
        settle()
    }

    var hasEnded: Bool { run.map { $0.value != nil } ?? true }

    /// Starts something that goes on beside the test, up to where it waits.
    func launch<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Underway<Value> {
        let underway = Underway(on: executor, body)
        settle()
        return underway
    }

    /// Starts something that does not run before the test goes on.
    func launchUnsettled<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Underway<Value> {
        Underway(on: executor, body)
    }

    /// What needs no time to be done.
    func result<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value? { launch(body).value }

    /// Lets everybody do what is to be done now.
    func settle() {
        #expect(executor.run(), "the engine spins")
    }

    /// Lets time pass, from one sleeper's waking to the next.
    func pass(_ duration: Duration) {
        settle()
        var left = duration
        while let next = clock.untilNextWaking, next <= left {
            clock.advance(by: next)
            left -= next
            settle()
        }
        clock.advance(by: left)
        settle()
    }

    /// Puts a session into Appwrite and, as it was seen a minute ago, into the store.
    @discardableResult
    func know(_ facts: SessionFacts, secret: Secret? = nil, keep: Keep = .used) -> SessionKey {
        appwrite.put(facts, in: .app, secret: secret)
        let seen = Evidence(clock: HostClock(), sentAt: now - .seconds(60), receivedAt: now - .seconds(60))
        let row = seen.row(
            for: facts, in: .app, source: secret == nil ? .apiKey : .secret, keep: keep, reason: Reason(.found))
        var assessed = row
        assessed.secret = secret
        if let project = rules.project(.app) { assessed = assessed.assessed(at: now, by: project, waits: rules.waits) }
        put(assessed)
        return row.key
    }

    func put(_ row: SessionRow) { commit([.put(row)]) }

    /// Writes the row of a session anew, with some of it otherwise.
    func change(_ key: SessionKey, _ change: (inout SessionRow) -> Void) {
        guard var row = row(key) else { return }
        change(&row)
        put(row)
    }

    func commit(_ changes: [Change]) {
        let isDone = result { [memory] in
            do { try await memory.commit(changes) } catch { return false }
            return true
        }
        #expect(isDone == true)
    }

    func row(_ key: SessionKey) -> SessionRow? { memory.rows.first { $0.key == key } }

    func read(_ key: SessionKey, minValid: Duration = .seconds(60), maxWait: Duration = .zero) -> Underway<TokenReply> {
        let request = TokenRequest(subject: .session(key), minValid: minValid, maxWait: maxWait)
        return launch { [engine] in await engine.tokens.token(for: request) }
    }

    /// How many spends were sent.
    var spendCount: Int {
        appwrite.calls.count { if case .spend = $0 { true } else { false } }
    }

    var lookCount: Int {
        appwrite.calls.count { if case .look = $0 { true } else { false } }
    }

    /// Calls of the window that are charged in the store.
    var charged: Int? { stored.budgets.first?.spent }

    /// What the next start is told.
    var stored: StoredState {
        let state = result { [memory] in
            // The memory cannot fail unless an outage was asked for.
            do { return try await memory.recall() } catch { return StoredState() }
        }
        return state ?? StoredState()
    }
}

/// Something under way beside a test, which can be looked at and hung up on.
final class Underway<Value: Sendable>: Sendable {
    private let done = Mutex<Value?>(nil)
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(on executor: ManualExecutor, _ body: @escaping @Sendable () async -> Value) {
        let started = Task(executorPreference: executor) { [self] in
            let value = await body()
            done.withLock { $0 = value }
        }
        task.withLock { $0 = started }
    }

    /// Nil while it is under way.
    var value: Value? { done.withLock { $0 } }

    func cancel() { task.withLock { $0 }?.cancel() }
}
