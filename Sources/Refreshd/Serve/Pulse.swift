// Whether the daemon gets on: what the watchdog is fed by (law 10). Both the loop and the API must; a provider or a disk
// that is slow stops neither.

import RefreshEngine
import RefreshPolicy
import Synchronization
import TokenAPI

/// Counts looks in which something did not get on. Looks, and no clock: a machine that sleeps, or a process that is
/// stopped, looks as little as it gets on.
struct Pulse: Sendable {
    private let patience: Int
    private var last: Duration?
    private var looksInVain = 0

    /// - Parameters:
    ///   - patience: how long something may not get on before it is stuck.
    ///   - pause: between two looks.
    init(patience: Duration, lookedAtEvery pause: Duration) {
        self.patience = max(1, Int((patience / pause).rounded(.up)))
    }

    /// Whether it is alive, given a value that is another one whenever it has got on.
    mutating func isAlive(_ value: Duration) -> Bool {
        looksInVain = value == last ? looksInVain + 1 : 0
        last = value
        return looksInVain < patience
    }
}

/// How long something may not get on before it is stuck.
struct WatchdogPatience: Hashable, Sendable {
    /// The loop naps 30 s at most, and takes a step at least then (law 9).
    var loop: Duration = .seconds(90)
    /// The API answers at once; on a machine that is busy, it takes seconds.
    var api: Duration = .seconds(60)
}

/// Asks the token socket as an app does: through the door, the event loops and the routes.
final class APIPulse: Sendable {
    private let door: String
    /// Whether the file that leads there is refreshd's own: if it is not, it may be gone or shut without refreshd's fault.
    private let isOwn: Bool
    private let clock: any WallClock
    private let lastAnswerAt: Mutex<Duration>

    /// - Parameter door: nil where it leads nowhere.
    init?(_ door: Door?, clock: any WallClock) {
        guard let door, let path = door.listener.address else { return nil }
        self.door = path
        isOwn = if case .path = door.listener { true } else { false }
        self.clock = clock
        lastAnswerAt = Mutex(clock.steady())
    }

    /// Steady time.
    var last: Duration { lastAnswerAt.withLock { $0 } }

    /// Asks until cancelled, with that pause between.
    func run(every pause: Duration) async {
        while !Task.isCancelled {
            if await isAnswered() { lastAnswerAt.withLock { $0 = max($0 + .nanoseconds(1), clock.steady()) } }
            do { try await clock.sleep(for: pause) } catch { return }
        }
    }

    private func isAnswered() async -> Bool {
        do throws(CommandFailure) {
            // Says nothing of whom: it is answered with what is missing, and no session is asked for.
            _ = try await SocketClient(path: door).answer(to: SocketRequest(.get, "/v1/tokens"))
            return true
        } catch {
            return error.isAnswer || !isOwn && [.noPermission, .unavailable].contains(error.status)
        }
    }
}
