// Work that blocks its thread. Swift has a thread for each processor and no more, and all of refreshd shares them: on a
// machine with one processor nobody would be answered meanwhile. So it is done on a thread of its own.

import Dispatch

struct BlockingWork: Sendable {
    private let queue: DispatchQueue

    /// One piece of work at a time.
    init(_ label: String) {
        queue = DispatchQueue(label: label)
    }

    /// Nil where the task is cancelled before it is done: the work itself goes on.
    func run<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value? {
        let (results, result) = AsyncStream.makeStream(of: Result<Value, Failure>.self)
        queue.async {
            result.yield(Result(catching: body))
            result.finish()
        }
        for await result in results { return try result.get() }
        return nil
    }
}
