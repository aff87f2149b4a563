// Runs a real server on a real UNIX socket in a folder of its own, and speaks to it by a real client.

import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOPosix
import RefreshEngine
import ServiceLifecycle
import Synchronization

@testable import TokenAPI

/// A running server and a client of it.
struct Harness: Sendable {
    let path: String
    let log: CapturedLog
    /// Begins the graceful shutdown, as SIGTERM does.
    let stop: @Sendable () async -> Void

    func get(_ target: String) async throws -> Reply {
        try await send("GET", target)
    }

    func send(_ method: String, _ target: String, body: String? = nil, type: String? = "application/json") async throws
        -> Reply
    {
        let socket = path.replacing("/", with: "%2F")
        var request = HTTPClientRequest(url: "http+unix://\(socket)\(target)")
        request.method = .init(rawValue: method)
        if let body {
            request.body = .bytes(ByteBuffer(string: body))
            if let type { request.headers.add(name: "Content-Type", value: type) }
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .minutes(5))
        let bytes = try await response.body.collect(upTo: 4 << 20)
        return Reply(
            status: Int(response.status.code),
            headers: Dictionary(
                response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $0 + ", " + $1 }),
            body: String(buffer: bytes))
    }

    /// A connection that says what it likes, HTTP or not.
    func connect() async throws -> RawConnection {
        try await RawConnection(path: path)
    }
}

struct Reply: Sendable {
    let status: Int
    let headers: [String: String]
    let body: String

    func decode<Body: Decodable>(_ type: Body.Type = Body.self) throws -> Body {
        try WireCoding.decode(from: Data(body.utf8))
    }

    /// Everything that came, for a search for what must not be in it.
    var everything: String { headers.map { "\($0): \($1)" }.joined(separator: "\n") + body }
}

/// Collects what a server logs, at every level.
final class CapturedLog: LogHandler, Sendable {
    private let text = Mutex("")
    var all: String { text.withLock { $0 } }

    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        text.withLock { $0 += "\(event.level) \(event.message) \(event.metadata ?? [:])\n" }
    }
}

/// A folder that is gone afterwards. Its path is short, as a socket's must be.
func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = "/tmp/refreshd-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }  // The test's outcome does not hang on it.
    return try await body(folder)
}

/// Serves until `body` is done, then stops gracefully.
func withServer(
    _ make: @escaping @Sendable (Listener, Logger, @escaping @Sendable () async -> Void) -> SocketServer,
    _ body: @escaping @Sendable (Harness) async throws -> Void
) async throws {
    try await withFolder { folder in
        let path = folder + "/s"
        let (listening, isListening) = AsyncStream.makeStream(of: Void.self)
        let log = CapturedLog()
        let logger = Logger(label: "test") { _ in log }
        let server = make(.path(SocketPath(path, mode: 0o600)), logger, { isListening.finish() })
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
                try await body(
                    Harness(path: path, log: log) { await services.triggerGracefulShutdown() })
                ending = .success(())
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
    _ tokens: any TokenReading, registering port: any Controlling = control(), door: Doorkeeper = Doorkeeper(),
    limits: Limits = Limits(), _ body: @escaping @Sendable (Harness) async throws -> Void
) async throws {
    try await withServer(
        {
            .tokens(
                on: $0, reading: tokens, registering: port, door: door, clock: FixedClock(), limits: limits,
                logger: $1, onListening: $2)
        }, body)
}

func withControl(
    _ control: any Controlling, keys: (any KeyChanging)? = nil, door: Doorkeeper = Doorkeeper(),
    limits: Limits = Limits(), _ body: @escaping @Sendable (Harness) async throws -> Void
) async throws {
    try await withServer(
        {
            .control(
                on: $0, controlling: control, keys: keys, door: door, clock: FixedClock(), limits: limits,
                logger: $1, onListening: $2)
        }, body)
}
