// Runs tasks when a test says so, one job after another on the test's own thread. When `run()` returns, everybody who
// was given this executor waits for something that only the test can bring: so a test may say that nothing happens.

import Synchronization

package final class ManualExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    /// Runs until nobody has anything to do. False when that did not come about within a million jobs.
    package func run() -> Bool {
        var ran = 0
        while let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            job.runSynchronously(on: asUnownedTaskExecutor())
            ran += 1
            if ran == 1_000_000 { return false }
        }
        return true
    }
}
