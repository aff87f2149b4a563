// The engine, put together: one loop that decides and writes, a search per project, and the desks that readers and
// operators come to. Everything runs within `run()`; nothing outlives it.

package import RefreshPolicy

package struct Engine: Sendable {
    /// What apps ask.
    package let tokens: TokenDesk
    /// What operators ask.
    package let control: ControlDesk

    private let loop: RefreshLoop
    private let searches: Searches
    private let inbox: Inbox
    private let progress: Progress
    private let state: StoredState
    private let seed: UInt64
    private let executor: (any TaskExecutor)?

    /// - Parameters:
    ///   - searches: the projects with an API key.
    ///   - state: what the last run left.
    ///   - seed: of the dice that spread retries.
    ///   - executor: what the loop runs on, but not its calls; nil for what the caller of `run()` runs on.
    package init(
        rules: Rules, searches: [SearchRules], store: any SessionStore, calls: any AppwriteCalls,
        journal: any Journal, clock: SteadyWallClock, state: StoredState, seed: UInt64,
        executor: (any TaskExecutor)? = nil
    ) {
        // The loop alone changes them, as it tells the scheduler: nobody answers by other rules than are decided by.
        let inForce = InForce(rules)
        let inbox = Inbox(clock: clock)
        let health = StoreHealth()
        let room = WaitingRoom(inbox: inbox, clock: clock, health: health)
        let demand = Demand()
        let board = CallBoard()
        let recent = RecentRows(store)
        progress = Progress(by: clock)
        loop = RefreshLoop(
            rules: inForce, store: store, calls: calls, journal: journal, clock: clock, inbox: inbox, room: room,
            demand: demand, board: board, recent: recent, progress: progress, health: health,
            callExecutor: executor.map { _ in globalConcurrentExecutor })
        tokens = TokenDesk(
            rules: inForce, rows: recent, clock: clock, inbox: inbox, room: room, demand: demand, board: board)
        control = ControlDesk(
            rules: inForce, store: store, calls: calls, journal: journal, clock: clock, loop: loop, inbox: inbox,
            room: room, health: health)
        self.searches = Searches(searches, calls: calls, inbox: inbox, store: store, clock: clock)
        self.inbox = inbox
        self.state = state
        self.seed = seed
        self.executor = executor
    }

    /// Runs until `stop()` or cancellation.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: executor) { await loop.run(from: state, seed: seed) }
            group.addTask { await searches.run(from: state.marks) }
            // The loop is the one that ends by itself.
            await group.next()
            group.cancelAll()
        }
    }

    /// Goes on by other rules and searches: what is under way comes to its end, and who waits, waits on. Returns when they
    /// hold; false where the engine stops.
    package func reload(_ rules: Rules, searches: [SearchRules]) async -> Bool {
        guard await inbox.deliver(.reloaded(rules)) else { return false }
        self.searches.change(to: searches)
        return true
    }

    /// Begins a graceful stop: no new call; answers that come within a second are stored; the rest are in doubt.
    package func stop() { inbox.push(.stopping) }

    /// Steady time of the loop's last step: what the watchdog is fed by.
    package var lastProgress: Duration { progress.last }
}
