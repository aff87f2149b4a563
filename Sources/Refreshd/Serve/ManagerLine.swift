// Keeps the service manager informed: READY when all sockets take connections, a status worth reading, the watchdog fed
// by progress, RELOADING, STOPPING.

import Dispatch
import RefreshEngine
import RefreshPolicy
import ServiceLifecycle
import Synchronization
import Systemd

/// Runs until graceful shutdown.
struct ManagerLine: Service {
    let engine: Engine
    /// Nil where the API cannot be asked.
    let api: APIPulse?
    let clock: any WallClock
    let log: Log
    let readiness: Readiness
    let patience: WatchdogPatience
    let remark = Remark()
    private let wire = ManagerWire()

    /// The status is for people: often enough for them.
    private static let usualPause: Duration = .seconds(10)

    func run() async throws {
        let timeout = try Supervisor.watchdogTimeout()
        // systemd's own advice: at half the time.
        let pause = timeout.map { min(Self.usualPause, $0 / 2) } ?? Self.usualPause
        await readiness.wait()
        await ready()
        await withGracefulShutdownHandler {
            await cancelWhenGracefulShutdown {
                await withDiscardingTaskGroup { group in
                    group.addTask { await keepStatus() }
                    guard timeout != nil else { return }
                    if let api { group.addTask { await api.run(every: pause) } }
                    group.addTask { await feed(every: pause) }
                }
            }
        } onGracefulShutdown: {
            tell(.stopping(status: "stopping: waiting a second for answers under way"))
        }
    }

    /// Waits for nobody whom it watches.
    private func feed(every pause: Duration) async {
        var loop = Pulse(patience: patience.loop, lookedAtEvery: pause)
        var doors = Pulse(patience: patience.api, lookedAtEvery: pause)
        while !Task.isCancelled {
            let areAlive = [loop.isAlive(engine.lastProgress), api.map { doors.isAlive($0.last) } ?? true]
            if areAlive.allSatisfy({ $0 }) { tell(.watchdog) }
            do { try await clock.sleep(for: pause) } catch { return }
        }
    }

    private func keepStatus() async {
        while !Task.isCancelled {
            tell(.status(await status()))
            do { try await clock.sleep(for: Self.usualPause) } catch { return }
        }
    }

    /// The start, or a reload, is over.
    func ready() async { tell(.ready(status: await status())) }

    /// The settings are being read anew; `ready` must follow.
    func reloading() { tell(.reloading()) }

    private func status() async -> String {
        let line: String
        do {
            line = try await engine.control.status().line
        } catch {
            line = "the store cannot be read"
        }
        return remark.words.map { "\($0); \(line)" } ?? line
    }

    private func tell(_ notice: Systemd.Notice) {
        wire.send(notice) { [log] error in log.tell(Telling(nil, .warning, "\(error)")) }
    }
}

/// Sends on a thread of its own, in order: a manager that does not read makes the sender wait, and must not make the
/// daemon wait. What does not fit is dropped; the manager has enough to read then.
private final class ManagerWire: Sendable {
    private let queue = DispatchQueue(label: "service manager")
    private let waiting = Mutex(0)
    private static let most = 64

    func send(_ notice: Systemd.Notice, orElse tell: @escaping @Sendable (SystemdError) -> Void) {
        let fits = waiting.withLock { waiting in
            guard waiting < Self.most else { return false }
            waiting += 1
            return true
        }
        guard fits else { return }
        queue.async { [self] in
            defer { waiting.withLock { $0 -= 1 } }
            do throws(SystemdError) {
                try Supervisor.tell(notice)
            } catch {
                tell(error)
            }
        }
    }
}

/// What the status says before all else, while there is something to be done.
final class Remark: Sendable {
    private let text = Mutex<String?>(nil)

    var words: String? { text.withLock { $0 } }

    func set(_ words: String?) {
        text.withLock { $0 = words }
    }
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
