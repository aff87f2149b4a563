// A store of an earlier version is changed into the present form as it is opened, which takes minutes for a large one:
// the service manager is asked for the time, as often as it must be.

import Dispatch
import Synchronization
import Systemd

/// Asks from `begin` to `end`.
final class StartPatience: Sendable {
    private struct State {
        var times = 0
        var isOver = false
    }

    /// Each asking is good for so long, and comes so often.
    private static let extent: Duration = .seconds(60)
    private static let interval = 15
    /// The work shows no progress: after half an hour it is taken for stuck.
    private static let most = 30 * 60 / interval

    private let log: Log
    private let state = Mutex(State())
    /// The work blocks the thread that it is done on.
    private let queue = DispatchQueue(label: "start")

    init(_ log: Log) {
        self.log = log
    }

    func begin() {
        log.tell(
            Telling(
                .store(.migrating), "the store is changed into the form of this version; a large one takes minutes"))
        ask()
    }

    func end() {
        state.withLock { $0.isOver = true }
    }

    private func ask() {
        let isOver = state.withLock { state in
            state.times += 1
            return state.isOver || state.times > Self.most
        }
        guard !isOver else { return }
        do throws(SystemdError) {
            try Supervisor.tell(.status("changing the store into the form of this version"))
            try Supervisor.tell(.extendTimeout(by: Self.extent))
        } catch {
            log.tell(Telling(.daemon(.managerDeaf), error.description))
        }
        queue.asyncAfter(deadline: .now() + .seconds(Self.interval)) { [self] in ask() }
    }
}
