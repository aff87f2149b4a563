// Runs a command line as a shell would, against a real server on a real socket in a folder of its own.

import Foundation
import Logging
import RefreshEngine
import RefreshPolicy
import Refreshd
import ServiceLifecycle
import Synchronization
import TokenAPI
import TokenClient
import Vocabulary

/// What a command line left behind.
struct CommandRun: Sendable {
    let status: Int32
    /// Standard output.
    let output: String
    /// Standard error.
    let notes: String

    var everything: String { output + notes }
}

/// Runs `refreshd` with these arguments, as its program does; `input` is what standard input holds. Who watches leaves
/// after so many pictures.
func refreshd(_ arguments: [String], input: String = "", screen: Screen? = nil, pictures: Int = 0) async -> CommandRun {
    if arguments.first == "token" { return await TokenPrinter.refreshd.run(Array(arguments.dropFirst())) }
    let transcript = Mutex(("", ""))
    let seen = Atomic(0)
    let console = Console(
        screen: { screen }, write: { text in transcript.withLock { $0.0 += text } },
        note: { line in transcript.withLock { $0.1 += line + "\n" } }, readSecret: { _, _ in Array(input.utf8) },
        pause: { duration in
            guard duration < .seconds(60) else {
                // Beside a request, until it is answered.
                do { try await Task.sleep(for: .seconds(600)) } catch {}
                return true
            }
            return seen.add(1, ordering: .relaxed).newValue < pictures
        })
    let status = await RefreshdCommand.run(arguments, on: console)
    return transcript.withLock { CommandRun(status: status, output: $0.0, notes: $0.1) }
}

/// The two programs that print a token: the same words for all that each is asked.
enum TokenPrinter: String, CaseIterable, Sendable {
    case refreshd
    case refreshdToken = "refreshd-token"

    private var program: TokenProgram {
        switch self {
        case .refreshd: .refreshd
        case .refreshdToken: .refreshdToken
        }
    }

    /// Asks for a token by these options. It waits for answers where it stands, as a process may.
    func run(_ options: [String]) async -> CommandRun {
        await withCheckedContinuation { run in
            Thread.detachNewThread {
                var (output, notes) = ("", "")
                let failure = program.run(
                    options, write: { text throws(CommandFailure) in output += text }, note: { notes += $0 + "\n" })
                run.resume(returning: CommandRun(status: failure?.rawValue ?? 0, output: output, notes: notes))
            }
        }
    }
}

/// A folder that is gone afterwards. Its path is short, as a socket's must be.
func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = "/tmp/refreshd-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }  // The test's outcome does not hang on it.
    return try await body(folder)
}

/// Serves on a socket until `body` is done; `body` gets the options that lead there.
func withServer(
    _ make: @Sendable (Listener, Logger, @escaping @Sendable () async -> Void) -> SocketServer,
    _ body: @Sendable ([String]) async throws -> Void
) async throws {
    try await withFolder { folder in
        let (listening, isListening) = AsyncStream.makeStream(of: Void.self)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = make(.path(SocketPath(folder + "/s", mode: 0o600)), logger, { isListening.finish() })
        let services = ServiceGroup(
            services: [server], gracefulShutdownSignals: [], cancellationSignals: [], logger: logger)
        try await withThrowingTaskGroup { group in
            group.addTask {
                defer { isListening.finish() }
                try await services.run()
            }
            for await _ in listening {}
            let ending: Result<Void, any Error>
            do {
                ending = .success(try await body(["--socket", folder + "/s"]))
            } catch {
                ending = .failure(error)
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            try ending.get()
        }
    }
}

func withTokens(
    _ tokens: any TokenReading, door: Doorkeeper = Doorkeeper(), _ body: @Sendable ([String]) async throws -> Void
) async throws {
    try await withServer(
        {
            .tokens(
                on: $0, reading: tokens, registering: Sample.control(), door: door, clock: StoppedClock(), logger: $1,
                onListening: $2)
        }, body)
}

func withControl(_ control: any Controlling, _ body: @Sendable ([String]) async throws -> Void) async throws {
    try await withServer(
        {
            .control(
                on: $0, controlling: control, door: Doorkeeper(), clock: StoppedClock(), logger: $1, onListening: $2)
        }, body)
}

struct StoppedClock: WallClock {
    func now() -> WallTime { Sample.now }
    func steady() -> Duration { .zero }
    func sleep(for duration: Duration) async throws(CancellationError) {}
}
