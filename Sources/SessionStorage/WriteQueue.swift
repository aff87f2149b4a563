// The queue that the store is written in. A task that runs in it too, as the loop does, waits for its writes, and for what
// it reads in line with them, without a change of threads.

import Dispatch

/// What runs in it must not wait for a write without giving its place up, as GRDB's synchronous calls do: it would wait
/// for itself.
package final class WriteQueue: TaskExecutor {
    let queue = DispatchQueue(label: "refreshd.store")

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
