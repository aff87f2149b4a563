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
    let projects: [ProjectAlias]
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
        guard await readiness.wait() else { return }
        let names = projects.map(\.rawValue).joined(separator: ", ")
        log.tell(Telling(.daemon(.started), "started; projects: \(names)").with(.project, names))
        await ready()
        await withGracefulShutdownHandler {
            await cancelWhenGracefulShutdown {
                await withDiscardingTaskGroup { group in
                    group.addTask { await keepStatus() }
                    if timeout != nil, let api { group.addTask { await api.run(every: pause) } }
                    group.addTask { await watch(every: pause, isAwaited: timeout != nil) }
                }
            }
        } onGracefulShutdown: {
            log.tell(Telling(.daemon(.stopping), "stopping: answers under way have a second, who waits is answered"))
            tell(.stopping(status: "stopping: waiting a second for answers under way"))
        }
    }

    /// Waits for nobody whom it watches.
    private func watch(every pause: Duration, isAwaited: Bool) async {
        var watch = PulseWatch(patience, lookingEvery: pause, isAwaited: isAwaited)
        while !Task.isCancelled {
            let (notice, tellings) = watch.look(step: engine.lastProgress, answer: isAwaited ? api?.last : nil)
            for telling in tellings { log.tell(telling) }
            if let notice { tell(notice) }
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
        wire.send(notice) { [log] error in log.tell(Telling(.daemon(.managerDeaf), error.description)) }
    }
}

/// Sends on a thread of its own, in order: a manager that does not read makes the sender wait, and must not make the
/// daemon wait. What does not fit is dropped; the manager has enough to read then.
private final class ManagerWire: Sendable {
    private struct State {
        var waiting = 0
        /// Whether it took what it was told last: that it did not is told once, not every ten seconds.
        var isDeaf = false
    }

    private let queue = DispatchQueue(label: "refreshd.manager")
    private let state = Mutex(State())
    private static let most = 64

    func send(_ notice: Systemd.Notice, orElse tell: @escaping @Sendable (SystemdError) -> Void) {
        let fits = state.withLock { state in
            guard state.waiting < Self.most else { return false }
            state.waiting += 1
            return true
        }
        guard fits else { return }
        queue.async { [self] in
            do throws(SystemdError) {
                try Supervisor.tell(notice)
                done(isDeaf: false)
            } catch {
                if done(isDeaf: true) { tell(error) }
            }
        }
    }

    /// Gives whether the manager's deafness is news.
    @discardableResult
    private func done(isDeaf: Bool) -> Bool {
        state.withLock { state in
            defer { state.isDeaf = isDeaf }
            state.waiting -= 1
            return isDeaf && !state.isDeaf
        }
    }
}

/// What the status says before all else, while there is something to be done.
final class Remark: Sendable {
    /// What is to be mended, the gravest first.
    enum Subject: Hashable, CaseIterable {
        case sockets
        case settings
    }

    private let texts = Mutex<[Subject: String]>([:])

    var words: String? {
        let all = texts.withLock { texts in Subject.allCases.compactMap { texts[$0] } }
        return all.isEmpty ? nil : all.joined(separator: "; ")
    }

    func set(_ words: String?, of subject: Subject) {
        texts.withLock { $0[subject] = words }
    }
}

/// Opens when as many things are ready as were announced.
final class Readiness: Sendable {
    private struct State {
        var missing: Int
        var waiting: [AsyncStream<Never>.Continuation] = []
    }

    private let state: Mutex<State>

    init(of count: Int) {
        state = Mutex(State(missing: count))
    }

    func one() {
        let waiting = state.withLock { state in
            state.missing -= 1
            return state.missing == 0 ? state.waiting : []
        }
        for open in waiting { open.finish() }
    }

    /// Gives whether all are ready: a wait ends without it where its task is cancelled, as by a socket that fails. Each
    /// wait has a stream of its own, as the end of one must not end the others.
    func wait() async -> Bool {
        let (opened, open) = AsyncStream<Never>.makeStream()
        state.withLock { state in
            if state.missing > 0 { state.waiting.append(open) } else { open.finish() }
        }
        for await _ in opened {}
        return state.withLock { $0.missing <= 0 }
    }
}
