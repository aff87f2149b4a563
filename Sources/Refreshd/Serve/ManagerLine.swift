// Keeps the service manager informed: READY when both sockets take connections, a status worth reading, the watchdog
// fed by the loop's progress, STOPPING.

import RefreshEngine
import RefreshPolicy
import ServiceLifecycle
import Synchronization
import Systemd
import Vocabulary

/// Runs until graceful shutdown.
struct ManagerLine: Service {
    let engine: Engine
    let projects: [ProjectAlias]
    let clock: any WallClock
    let log: Log
    let readiness: Readiness
    private let deafness = Deafness()

    /// The status is for people: often enough for them.
    private static let usualPause: Duration = .seconds(10)
    /// The loop naps 30 s at most, and takes a step at least then; one that has taken none for three times as long is
    /// stuck (law 10). A slow provider or disk does not stop its steps.
    static let stuckAfter: Duration = .seconds(90)

    func run() async throws {
        let timeout = try Supervisor.watchdogTimeout()
        // systemd's own advice: at half the time.
        let pause = timeout.map { min(Self.usualPause, $0 / 2) } ?? Self.usualPause
        await readiness.wait()
        let names = projects.map(\.rawValue).joined(separator: ", ")
        log.tell(Telling(.daemon(.started), "started; projects: \(names)").with(.project, names))
        tell(.ready(status: await status()))
        await withGracefulShutdownHandler {
            await cancelWhenGracefulShutdown {
                var wasAlive = true
                while !Task.isCancelled {
                    let isAlive = Self.isAlive(engine.lastProgress, at: clock.steady())
                    if wasAlive && !isAlive { log.tell(.stuck) }
                    wasAlive = isAlive
                    if timeout != nil && isAlive { tell(.watchdog) }
                    tell(.status(await status()))
                    do { try await clock.sleep(for: pause) } catch { return }
                }
            }
        } onGracefulShutdown: {
            log.tell(Telling(.daemon(.stopping), "stopping: answers under way have a second, who waits is answered"))
            tell(.stopping(status: "stopping: waiting a second for answers under way"))
        }
    }

    /// Whether a loop that took its last step then is alive; both in steady time.
    static func isAlive(_ lastProgress: Duration, at now: Duration) -> Bool {
        now - lastProgress < stuckAfter
    }

    private func status() async -> String {
        do {
            return try await engine.control.status().line
        } catch {
            return "the store cannot be read"
        }
    }

    private func tell(_ notice: Systemd.Notice) {
        do throws(SystemdError) {
            try Supervisor.tell(notice)
            deafness.over()
        } catch {
            if deafness.isNews() { log.tell(Telling(.daemon(.managerDeaf), error.description)) }
        }
    }
}

extension Telling {
    fileprivate static var stuck: Telling {
        Telling(
            .daemon(.loopStuck),
            """
            the loop has taken no step for \(DurationText.text(ManagerLine.stuckAfter)): nothing is refreshed, tokens are \
            served on; the watchdog is not fed until it goes on
            """)
    }
}

/// Whether the manager took what it was told last: that it did not is told once, not every ten seconds.
private final class Deafness: Sendable {
    private let isTold = Mutex(false)

    func isNews() -> Bool {
        isTold.withLock { isTold in
            defer { isTold = true }
            return !isTold
        }
    }

    func over() { isTold.withLock { $0 = false } }
}

/// Opens when as many things are ready as were announced.
final class Readiness: Sendable {
    private let missing: Mutex<Int>
    private let (opened, open) = AsyncStream<Never>.makeStream()

    init(of count: Int) {
        missing = Mutex(count)
    }

    func one() {
        let isLast = missing.withLock { missing in
            missing -= 1
            return missing == 0
        }
        if isLast { open.finish() }
    }

    func wait() async {
        for await _ in opened {}
    }
}
