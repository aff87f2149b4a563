// The queue that the store is written in. A task that runs in it too, as the loop does, waits for its reads and writes
// without a change of threads, and behind nobody else's work.

import Dispatch

package final class WriteQueue: TaskExecutor {
    let queue = DispatchQueue(label: "refreshd.store")

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
