// Runs a search for each project that has an API key, and other searches when the settings change: one that is to go on
// as it was is not disturbed.

import RefreshPolicy

final class Searches: Sendable {
    private let calls: any AppwriteCalls
    private let inbox: Inbox
    private let store: any SessionStore
    private let clock: any WallClock
    private let (wishes, wish) = AsyncStream.makeStream(of: [SearchRules].self)

    private static let pause: Duration = .seconds(1)

    init(
        _ first: [SearchRules], calls: any AppwriteCalls, inbox: Inbox, store: any SessionStore, clock: any WallClock
    ) {
        self.calls = calls
        self.inbox = inbox
        self.store = store
        self.clock = clock
        wish.yield(first)
    }

    /// From now on these are run.
    func change(to wanted: [SearchRules]) {
        wish.yield(wanted)
    }

    /// Runs until cancelled. `known` is how far the last run came.
    func run(from known: [ProjectAlias: DiscoveryMark]) async {
        await withDiscardingTaskGroup { group in
            var marks: [ProjectAlias: DiscoveryMark]? = known
            var running: [SearchRules: AsyncStream<Never>.Continuation] = [:]
            for await wanted in wishes {
                for (rules, stop) in running where !wanted.contains(rules) {
                    stop.finish()
                    running[rules] = nil
                }
                let new = wanted.filter { running[$0] == nil }
                guard !new.isEmpty else { continue }
                let from: [ProjectAlias: DiscoveryMark]
                if let marks {
                    from = marks
                } else {
                    guard let stored = await storedMarks() else { return }
                    from = stored
                }
                marks = nil
                for rules in new {
                    let (untilStopped, stop) = AsyncStream<Never>.makeStream()
                    running[rules] = stop
                    group.addTask { await self.run(rules, from: from[rules.project], until: untilStopped) }
                }
            }
            for stop in running.values { stop.finish() }
        }
    }

    private func run(_ rules: SearchRules, from mark: DiscoveryMark?, until stopped: AsyncStream<Never>) async {
        let search = SessionSearch(rules: rules, calls: calls, inbox: inbox, clock: clock)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await search.run(from: mark) }
            group.addTask { for await _ in stopped {} }
            await group.next()
            group.cancelAll()
        }
    }

    /// Asked until it is answered; nil when cancelled.
    private func storedMarks() async -> [ProjectAlias: DiscoveryMark]? {
        while !Task.isCancelled {
            do throws(StoreError) {
                return try await store.recall().marks
            } catch {
                // The loop tells of it, which meets the same trouble.
            }
            do { try await clock.sleep(for: Self.pause) } catch { return nil }
        }
        return nil
    }
}
