// A process of our own: known by its id, ended by its id, and never left behind.

package import Glibc
import Synchronization

package final class ChildProcess: Sendable {
    package let pid: pid_t
    private let known = Mutex<Ending?>(nil)

    package enum Ending: Hashable, Sendable {
        case exited(Int32)
        case killed(by: Int32)
    }

    /// Starts `program` with files for its three streams, to which it appends, and with no other environment than what is
    /// said here; it gets `descriptors` as 3 and what follows. Without `errors` both go to `output`.
    package init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], input: String = "/dev/null",
        output: String, errors: String? = nil, descriptors: [Int32] = []
    ) throws(HarnessTrouble) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
        for (descriptor, path) in [(STDOUT_FILENO, output), (STDERR_FILENO, errors ?? output)] {
            posix_spawn_file_actions_addopen(&actions, descriptor, path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        // Copies out of the way, so that none is overwritten before it is passed.
        let copies = descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, 100) }
        defer { for copy in copies { close(copy) } }
        for (index, copy) in copies.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, copy, Int32(3 + index))
        }

        // Threads of this process may block signals; a daemon must get its SIGTERM.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        let words = CStrings([program] + arguments)
        let variables = CStrings(environment.map { "\($0.key)=\($0.value)" })
        var pid: pid_t = 0
        let result = posix_spawn(&pid, program, &actions, &attributes, words.pointers, variables.pointers)
        guard result == 0 else { throw HarnessTrouble("cannot start \(program)", errno: result) }
        self.pid = pid
    }

    deinit {
        guard ending == nil else { return }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    /// How it ended; nil while it runs.
    package var ending: Ending? {
        known.withLock { known in
            var status: Int32 = 0
            if known == nil, waitpid(pid, &status, WNOHANG) == pid {
                let signal = status & 0x7F
                known = signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(by: signal)
            }
            return known
        }
    }

    /// Sends a signal, unless it has ended: then its id may be another's.
    package func send(_ signal: Int32) {
        if ending == nil { kill(pid, signal) }
    }

    /// How it ended; nil where it still runs after `limit`.
    package func ending(within limit: Duration) async throws -> Ending? {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if let ending { return ending }
            try await Task.sleep(for: .milliseconds(20))
        }
        return ending
    }

    /// Blocks until it has ended.
    package func waitUntilEnded() -> Ending {
        while true {
            // Whoever else looks for the end at the same time must not take it away.
            var facts = siginfo_t()
            waitid(P_PID, id_t(pid), &facts, WEXITED | WNOWAIT)
            if let ending { return ending }
        }
    }

    /// Ends it for certain, in order if it can. Blocks, so that it holds in a task that is cancelled too.
    package func end() {
        send(SIGTERM)
        for _ in 0..<250 where ending == nil { usleep(20_000) }
        send(SIGKILL)
        _ = waitUntilEnded()
    }
}

/// A list of words as `posix_spawn` takes it.
private final class CStrings {
    let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ words: [String]) {
        pointers = words.map { strdup($0) } + [nil]
    }

    deinit {
        for pointer in pointers { free(pointer) }
    }
}
