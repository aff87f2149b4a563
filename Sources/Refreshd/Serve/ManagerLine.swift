// Keeps the service manager informed: READY when both sockets take connections, a status worth reading, the watchdog
// fed by the loop's progress, STOPPING.

import RefreshEngine
import RefreshPolicy
import ServiceLifecycle
import Synchronization
import Systemd

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

    func run() async throws {
        let timeout = try Supervisor.watchdogTimeout()
        // systemd's own advice: at half the time.
        let pause = timeout.map { min(Self.usualPause, $0 / 2) } ?? Self.usualPause
        guard await readiness.wait() else { return }
        let names = projects.map(\.rawValue).joined(separator: ", ")
        log.tell(Telling(.daemon(.started), "started; projects: \(names)").with(.project, names))
        tell(.ready(status: await status()))
        await withGracefulShutdownHandler {
            await cancelWhenGracefulShutdown {
                var loop = LoopWatch(isAwaited: timeout != nil)
                while !Task.isCancelled {
                    let (notice, telling) = loop.look(engine.lastProgress, at: clock.steady())
                    if let telling { log.tell(telling) }
                    if let notice { tell(notice) }
                    tell(.status(await status()))
                    do { try await clock.sleep(for: pause) } catch { return }
                }
            }
        } onGracefulShutdown: {
            log.tell(Telling(.daemon(.stopping), "stopping: answers under way have a second, who waits is answered"))
            tell(.stopping(status: "stopping: waiting a second for answers under way"))
        }
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

    /// Gives whether all are ready: a wait ends without it where its task is cancelled, as by a socket that fails.
    func wait() async -> Bool {
        for await _ in opened {}
        return missing.withLock { $0 <= 0 }
    }
}
