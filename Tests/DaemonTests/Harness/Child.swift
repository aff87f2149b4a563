// A process of a test's own: known by its id, ended by its id, and never left behind.

import Glibc
import Synchronization

final class Child: Sendable {
    let pid: pid_t
    private let ending = Mutex<Ending?>(nil)

    enum Ending: Equatable {
        case exited(Int32)
        case killed(by: Int32)
    }

    /// Starts `program`, with files for its three streams and with no other environment than what is said here; it gets
    /// `descriptors` as 3 and what follows.
    init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], input: String = "/dev/null",
        output: String, errors: String, descriptors: [Int32] = []
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
        for (descriptor, path) in [(STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
            posix_spawn_file_actions_addopen(&actions, descriptor, path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        // Copies out of the way, so that none is overwritten before it is passed.
        let copies = descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, 100) }
        defer { for copy in copies { close(copy) } }
        for (index, copy) in copies.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, copy, Int32(3 + index))
        }

        // Threads of a test runner may block signals; a daemon must get its SIGTERM.
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
        guard result == 0 else { throw Mishap("cannot start \(program): \(String(cString: strerror(result)))") }
        self.pid = pid
    }

    deinit {
        guard ended == nil else { return }
        Glibc.kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    /// How it ended; nil while it runs.
    var ended: Ending? {
        ending.withLock { ending in
            var status: Int32 = 0
            if ending == nil, waitpid(pid, &status, WNOHANG) == pid {
                let signal = status & 0x7F
                ending = signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(by: signal)
            }
            return ending
        }
    }

    func end() async throws -> Ending {
        try await eventually("the end of process \(pid)") { ended }
    }

    /// Sends a signal, unless it has ended: then its id may be another's.
    func send(_ signal: Int32) {
        if ended == nil { Glibc.kill(pid, signal) }
    }

    func kill() async throws {
        send(SIGKILL)
        _ = try await end()
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
