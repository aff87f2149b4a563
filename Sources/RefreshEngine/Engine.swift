// The engine, put together: one loop that decides and writes, a search per project, and the desks that readers and
// operators come to. Everything runs within `run()`; nothing outlives it.

package import RefreshPolicy

package struct Engine: Sendable {
    /// What apps ask.
    package let tokens: TokenDesk
    /// What operators ask.
    package let control: ControlDesk

    private let loop: RefreshLoop
    private let searches: [SessionSearch]
    private let inbox: Inbox
    private let progress: Progress
    private let state: StoredState
    private let seed: UInt64

    /// - Parameters:
    ///   - searches: the projects with an API key.
    ///   - state: what the last run left.
    ///   - seed: of the dice that spread retries.
    package init(
        rules: Rules, searches: [SearchRules], store: any SessionStore, calls: any AppwriteCalls,
        journal: any Journal, clock: SteadyWallClock, state: StoredState, seed: UInt64
    ) {
        let inbox = Inbox(clock: clock)
        let room = WaitingRoom(inbox: inbox, clock: clock)
        let demand = Demand()
        let board = CallBoard()
        let health = StoreHealth()
        let recent = RecentRows(store)
        progress = Progress(by: clock)
        loop = RefreshLoop(
            rules: rules, store: store, calls: calls, journal: journal, clock: clock, inbox: inbox, room: room,
            demand: demand, board: board, recent: recent, progress: progress, health: health)
        tokens = TokenDesk(
            rules: rules, rows: recent, clock: clock, inbox: inbox, room: room, demand: demand, board: board)
        control = ControlDesk(
            rules: rules, store: store, calls: calls, journal: journal, clock: clock, loop: loop, inbox: inbox,
            room: room, health: health)
        self.searches = searches.map {
            SessionSearch(rules: $0, calls: calls, inbox: inbox, clock: clock)
        }
        self.inbox = inbox
        self.state = state
        self.seed = seed
    }

    /// Runs until `stop()` or cancellation.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await loop.run(from: state, seed: seed) }
            for search in searches {
                group.addTask { await search.run(from: state.marks[search.rules.project]) }
            }
            // The loop is the one that ends by itself.
            await group.next()
            group.cancelAll()
        }
    }

    /// Begins a graceful stop: no new call; answers that come within a second are stored; the rest are in doubt.
    package func stop() { inbox.push(.stopping) }

    /// Steady time of the loop's last step: what the watchdog is fed by.
    package var lastProgress: Duration { progress.last }
}
