// How many threads serve sockets and connections. NIO would start one for each processor, all at once, and end the process
// where the system allows no more of them, as `TasksMax=` of the unit does on a machine with many.

import NIOCore

enum EventLoops {
    /// Bytes pass through them, and no more: what is worked at is worked at by Swift's own threads.
    private static let most = 4

    /// Once in a process, and before anything of NIO's is used.
    static func limit() {
        NIOSingletons.groupLoopCountSuggestion = min(System.coreCount, most)
    }
}
