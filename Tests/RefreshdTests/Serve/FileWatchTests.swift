// Files that go while the daemon runs: noticed, told once, and made anew where that can be.

import Fakes
import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import Testing
import TokenAPI
import Vocabulary

@testable import Refreshd

@Suite("Files that are deleted under a running refreshd", .timeLimit(.minutes(10)))
struct FileWatchTests {
    /// What is watched, and what was told of it.
    private final class Watch: Sendable {
        let folder: String
        let clock = ManualClock(at: Sample.now)
        let remark = Remark()
        private let told = Mutex<[Telling]>([])

        init(folder: String) {
            self.folder = folder
        }

        var path: String { folder + "/s" }
        var tellings: [Telling] { told.withLock { $0 } }

        @Sendable func tell(_ telling: Telling) {
            told.withLock { $0.append(telling) }
        }

        /// Lets the watch look once, and waits until it has.
        func halfAMinute() async throws {
            try await untilAsleep()
            clock.advance(by: .seconds(30))
            try await untilAsleep()
        }

        private func untilAsleep() async throws {
            while clock.count == 0 {
                try Task.checkCancellation()
                await Task.yield()
            }
        }

        func until(_ isSo: ([Telling]) -> Bool) async {
            while !isSo(tellings) && !Task.isCancelled { await Task.yield() }
        }

        /// Whether anybody listens at the socket.
        func answers() async -> Bool {
            do throws(CommandFailure) {
                _ = try await SocketClient(path: path).answer(to: SocketRequest(.get, "/v1/tokens"))
                return true
            } catch {
                return error.isAnswer
            }
        }
    }

    @Test("The store's file is told when it goes, once, and when it is back")
    func store() async throws {
        try await watching(store: ["db", "db-wal"]) { watch in
            try await watch.halfAMinute()
            #expect(watch.tellings == [])

            try FileManager.default.moveItem(atPath: watch.folder + "/db", toPath: watch.folder + "/elsewhere")
            for _ in 1...3 { try await watch.halfAMinute() }
            #expect(watch.tellings.map(\.kind) == [.store(.fileGone)])
            #expect(watch.tellings.map(\.priority) == [.error])
            #expect(watch.tellings.first?.message.contains("\(watch.folder)/db was deleted, moved or replaced") == true)
            #expect(watch.tellings.first?.message.contains("move it back") == true)

            try FileManager.default.moveItem(atPath: watch.folder + "/elsewhere", toPath: watch.folder + "/db")
            for _ in 1...2 { try await watch.halfAMinute() }
            #expect(watch.tellings.map(\.kind) == [.store(.fileGone), .store(.fileBack)])
        }
    }

    @Test("A store that another file takes the place of is told too; and of the files beside it, which they are")
    func beside() async throws {
        try await watching(store: ["db", "db-wal", "db.lock"]) { watch in
            try FileManager.default.removeItem(atPath: watch.folder + "/db-wal")
            for _ in 1...2 { try await watch.halfAMinute() }
            #expect(watch.tellings.count == 1)
            #expect(watch.tellings.last?.message.hasPrefix("of the store, \(watch.folder)/db-wal was deleted") == true)
            #expect(watch.tellings.last?.message.contains("Restart refreshd: a clean stop writes all") == true)

            try Data("another".utf8).write(to: URL(filePath: watch.folder + "/new"))
            #expect(rename(watch.folder + "/new", watch.folder + "/db") == 0)
            for _ in 1...2 { try await watch.halfAMinute() }
            #expect(watch.tellings.map(\.kind) == [.store(.fileGone), .store(.fileGone)])
            #expect(watch.tellings.last?.message.hasPrefix("the store's file \(watch.folder)/db was") == true)
        }
    }

    @Test("A socket whose file is deleted is made anew, each time, and told each time")
    func socket() async throws {
        try await watching { watch in
            #expect(await watch.answers())
            for times in 1...2 {
                try FileManager.default.removeItem(atPath: watch.path)
                #expect(await !watch.answers())
                try await watch.halfAMinute()
                await watch.until { $0.count == times }
                #expect(watch.tellings.last?.message.contains("it is made anew") == true)
                #expect(await watch.answers())
                try await watch.halfAMinute()
                #expect(watch.tellings.map(\.kind) == Array(repeating: .access(.socketMadeAnew), count: times))
            }
        }
    }

    @Test("A file that took a socket's place is left alone and told; when it is gone, the socket is made anew")
    func replaced() async throws {
        try await watching { watch in
            try Data("precious".utf8).write(to: URL(filePath: watch.folder + "/new"))
            #expect(rename(watch.folder + "/new", watch.path) == 0)
            for _ in 1...2 { try await watch.halfAMinute() }
            #expect(watch.tellings.count == 1)
            #expect(watch.tellings.first?.message.contains("another file than the socket") == true)
            #expect(watch.remark.words == "nobody reaches \(watch.path), see journalctl -u refreshd")
            #expect(FileManager.default.contents(atPath: watch.path) == Data("precious".utf8))

            try FileManager.default.removeItem(atPath: watch.path)
            try await watch.halfAMinute()
            await watch.until { $0.count == 2 }
            #expect(await watch.answers())
            try await watch.halfAMinute()
            #expect(watch.remark.words == nil)
        }
    }

    @Test("A socket of systemd's that goes is told, once, with what makes it anew; the status says so until it is back")
    func passed() async throws {
        try await watching(passed: "token-web") { watch in
            let (path, elsewhere) = (watch.folder + "/token-web", watch.folder + "/elsewhere")
            try await watch.halfAMinute()
            #expect(watch.remark.words == nil)

            #expect(rename(path, elsewhere) == 0)
            for _ in 1...3 { try await watch.halfAMinute() }
            #expect(watch.tellings.map(\.kind) == [.access(.socketLost)])
            let message = try #require(watch.tellings.first?.message)
            #expect(message.hasPrefix("the socket \(path) was deleted, moved or replaced"))
            #expect(message.contains("systemctl start refreshd-token-web.socket refreshd."))
            #expect(watch.remark.words == "nobody reaches \(path), see journalctl -u refreshd")

            #expect(rename(elsewhere, path) == 0)
            try await watch.halfAMinute()
            #expect(watch.remark.words == nil)
            #expect(watch.tellings.count == 1)
        }
    }

    @Test("A socket of systemd's whose file is gone before the start is told too, where it would be seen")
    func passedAndGone() async throws {
        try await watching(passed: "token", isThere: false) { watch in
            for _ in 1...2 { try await watch.halfAMinute() }
            #expect(watch.tellings.map(\.kind) == [.access(.socketLost)])
        }
    }

    @Test("Where a socket cannot be made anew, it is told why, once")
    func folderGone() async throws {
        try await watching { watch in
            try FileManager.default.removeItem(atPath: watch.folder)
            try await watch.halfAMinute()
            await watch.until { $0.count == 1 }
            for _ in 1...2 { try await watch.halfAMinute() }
            #expect(watch.tellings.map(\.kind) == [.access(.socketLost)])
            #expect(watch.tellings.first?.message.contains("not made anew") == true)
            #expect(watch.tellings.first?.message.contains("its directory does not exist") == true)
        }
    }

    /// Runs a token socket and the watch over it and over files of these names, until `body` is done.
    private func watching(
        store names: [String] = [], passed: String? = nil, isThere: Bool = true,
        _ body: @escaping @Sendable (Watch) async throws -> Void
    ) async throws {
        let folder = "/tmp/refreshd-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // One test removes it itself.
        for name in names { try Data(name.utf8).write(to: URL(filePath: "\(folder)/\(name)")) }
        let watch = Watch(folder: folder)
        let file = WatchedFile(watch.path)
        let (listening, isListening) = AsyncStream.makeStream(of: Void.self)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let serve = { @Sendable (onListening: @escaping @Sendable () -> Void) in
            SocketServer.tokens(
                on: .path(SocketPath(watch.path, mode: 0o600)), reading: ScriptedTokens(.unknownSession),
                registering: Sample.control(), door: Doorkeeper(), clock: watch.clock, logger: logger,
                onListening: {
                    file.learn()
                    onListening()
                })
        }
        var sockets = [
            FileWatch.Socket(file: file, maker: .refreshd { serve { watch.tell(.socketMadeAnew(watch.path)) } })
        ]
        if let passed {
            let file = WatchedFile("\(folder)/\(passed)")
            if isThere { try Data().write(to: URL(filePath: file.path)) }
            file.learn(mustBe: true)
            sockets.append(FileWatch.Socket(file: file, maker: .systemd(try #require(SocketName(passed)))))
        }
        let fileWatch = FileWatch(
            store: names.map { WatchedFile("\(folder)/\($0)") }, sockets: sockets, clock: watch.clock,
            remark: watch.remark, tell: watch.tell)
        let services = ServiceGroup(
            services: [serve { isListening.finish() }, fileWatch], gracefulShutdownSignals: [],
            cancellationSignals: [], logger: logger)
        try await withThrowingTaskGroup { group in
            group.addTask { try await services.run() }
            for await _ in listening {}
            let ending: Result<Void, any Error>
            do {
                try await body(watch)
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
