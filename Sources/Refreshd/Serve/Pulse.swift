// Whether the daemon gets on: what the watchdog is fed by (law 10). Both the loop and the API must; a provider or a disk
// that is slow stops neither.

import RefreshEngine
import Synchronization
import Systemd
import TokenAPI
import Vocabulary

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

    /// What a look shows. That something is stuck is news once for each time that it got stuck.
    enum Sight: Hashable, Sendable {
        case alive
        case stuck(isNews: Bool)
    }

    /// Looks at a value that is another one whenever something has got on.
    mutating func look(at value: Duration) -> Sight {
        looksInVain = value == last ? min(looksInVain + 1, patience + 1) : 0
        last = value
        return looksInVain < patience ? .alive : .stuck(isNews: looksInVain == patience)
    }
}

/// Looks at loop and API, and says what there is to say of it.
struct PulseWatch: Sendable {
    private let patience: WatchdogPatience
    /// Whether the service manager waits for the watchdog.
    private let isAwaited: Bool
    private var loop: Pulse
    private var api: Pulse

    init(_ patience: WatchdogPatience, lookingEvery pause: Duration, isAwaited: Bool) {
        self.patience = patience
        self.isAwaited = isAwaited
        loop = Pulse(patience: patience.loop, lookedAtEvery: pause)
        api = Pulse(patience: patience.api, lookedAtEvery: pause)
    }

    /// - Parameters:
    ///   - step: when the loop took its last step.
    ///   - answer: when the API gave its last answer; nil where it is not asked.
    /// - Returns: a word for the manager, and some for the log.
    mutating func look(step: Duration, answer: Duration?) -> (notice: Systemd.Notice?, tellings: [Telling]) {
        let sights = [loop.look(at: step), answer.map { api.look(at: $0) } ?? .alive]
        let tellings = zip(sights, [Telling.stuckLoop(patience.loop), .stuckSocket(patience.api)])
            .filter { $0.0 == .stuck(isNews: true) }.map(\.1)
        return (isAwaited && sights.allSatisfy { $0 == .alive } ? .watchdog : nil, tellings)
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
    private let path: String
    /// Whether the file that leads there is refreshd's own: if it is not, it may be gone or shut without refreshd's fault.
    private let isOwn: Bool
    private let clock: any WallClock
    private let lastAnswerAt: Mutex<Duration>

    /// Nil where no path leads to the socket.
    init?(_ socket: ServedSocket?, clock: any WallClock) {
        guard let socket, let path = socket.listener.address else { return nil }
        self.path = path
        isOwn = socket.ownPath != nil
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
            _ = try await SocketClient(path: path).answer(to: SocketRequest(.get, "/v1/tokens"))
            return true
        } catch {
            return error.isAnswer || !isOwn && [.noPermission, .unavailable].contains(error.status)
        }
    }
}

extension Telling {
    fileprivate static func stuckLoop(_ patience: Duration) -> Telling {
        Telling(
            .daemon(.loopStuck),
            """
            the loop has taken no step for \(DurationText.text(patience)): nothing is refreshed, tokens are served on; the \
            watchdog is not fed until it goes on
            """)
    }

    fileprivate static func stuckSocket(_ patience: Duration) -> Telling {
        Telling(
            .daemon(.socketStuck),
            """
            the first token socket has answered nothing for \(DurationText.text(patience)); the watchdog is not fed until it \
            does
            """)
    }
}
