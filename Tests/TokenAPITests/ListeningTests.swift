// Socket files: their modes, what was there before, and what is left behind.

import Fakes
import Foundation
import Glibc
import RefreshPolicy
import Testing
import UnixSockets

@testable import TokenAPI

@Suite("Listening", .timeLimit(.minutes(10)))
struct ListeningTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    private func open(_ path: String, mode: UInt32 = 0o600, group: String? = nil) throws -> BoundSocket {
        try BoundSocket(.path(SocketPath(path, mode: mode, group: group)))
    }

    @Test("The file has the mode that was asked for", arguments: [SocketPath.tokenMode, SocketPath.controlMode, 0o666])
    func modes(mode: UInt32) async throws {
        try await withFolder { folder in
            let socket = try open(folder + "/s", mode: mode)
            defer { socket.close() }
            #expect(try self.mode(folder + "/s") == Int(mode))
        }
    }

    @Test("The file of a dead daemon is replaced")
    func stale() async throws {
        try await withFolder { folder in
            try open(folder + "/s").close()
            #expect(FileManager.default.fileExists(atPath: folder + "/s"))
            try open(folder + "/s", mode: 0o660).close()
            #expect(try mode(folder + "/s") == 0o660)
        }
    }

    @Test("Where somebody listens, nothing is taken from him")
    func live() async throws {
        try await withTokens(ScriptedTokens(.unknownSession)) { server in
            #expect(throws: ListenerError.inUse(path: server.path)) { try self.open(server.path) }
            let reply = try await server.get("/v1/tokens/shop/s1")
            #expect(reply.status == 404)
        }
    }

    @Test("A file that is no socket is left alone")
    func notASocket() async throws {
        try await withFolder { folder in
            try Data("precious".utf8).write(to: URL(filePath: folder + "/s"))
            #expect(throws: ListenerError.notASocket(path: folder + "/s")) { try self.open(folder + "/s") }
            #expect(FileManager.default.contents(atPath: folder + "/s") == Data("precious".utf8))
        }
    }

    @Test("A path of 107 bytes is taken, one of 108 is refused with a word on its length")
    func length() async throws {
        try await withFolder { folder in
            let longest = folder + "/" + String(repeating: "s", count: UsualSockets.longestPath - folder.utf8.count - 1)
            try open(longest).close()
            #expect(throws: ListenerError.pathTooLong(path: longest + "s", bytes: 108)) { try self.open(longest + "s") }
        }
    }

    @Test("A missing directory and an unknown group are named")
    func wrongPlaces() async throws {
        try await withFolder { folder in
            let path = folder + "/none/s"
            #expect(throws: ListenerError.directoryMissing(path: path)) { try self.open(path) }
            #expect(throws: ListenerError.groupUnknown("no-such-group", path: folder + "/s")) {
                try self.open(folder + "/s", group: "no-such-group")
            }
        }
    }

    @Test("A directory where nobody may write is told of")
    func notPermitted() {
        // Not even root can make a file in /sys.
        #expect(throws: ListenerError.notPermitted(path: "/sys/s")) { try self.open("/sys/s") }
    }

    @Test("The file can be given to a group of the daemon's", .enabled(if: getgrgid(getegid()) != nil))
    func group() async throws {
        let name = try #require(getgrgid(getegid()).map { String(cString: $0.pointee.gr_name) })
        try await withFolder { folder in
            try open(folder + "/s", mode: 0o660, group: name).close()
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/s")
            #expect(attributes[.groupOwnerAccountID] as? Int == Int(getegid()))
        }
    }

    @Test("The file is removed at the end, unless another's has taken its place")
    func removal() async throws {
        try await withFolder { folder in
            let path = folder + "/s"
            let first = try open(path)
            first.close()
            first.removeFile()
            #expect(!FileManager.default.fileExists(atPath: path))

            let second = try open(path)
            second.close()
            let third = try open(path)
            defer { third.close() }
            second.removeFile()
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("A stopped server leaves no file")
    func stopped() async throws {
        let tokens = ScriptedTokens(.unknownSession)
        try await withTokens(tokens) { server in
            #expect(FileManager.default.fileExists(atPath: server.path))
            await server.stop()
            while FileManager.default.fileExists(atPath: server.path) {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
    }

    @Test("An inherited socket is served by the same way, and its file left to its owner")
    func inherited() async throws {
        try await withFolder { folder in
            let path = folder + "/inherited"
            let descriptor = try open(path).descriptor
            try await withServer(
                { _, logger, listening in
                    .tokens(
                        on: .inherited(descriptor: descriptor), reading: ScriptedTokens(.unknownSession),
                        registering: control(), door: Doorkeeper(), clock: FixedClock(), logger: logger,
                        onListening: listening)
                },
                { server in
                    let connection = try await RawConnection(path: path)
                    try await connection.send("GET /v1/tokens/shop/s1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    #expect(try await connection.readToEnd().hasPrefix("HTTP/1.1 404 "))
                })
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("A socket that is handed in keeps the queue that its owner gave it")
    func queue() async throws {
        try await withFolder { folder in
            let path = folder + "/s"
            let owner = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
            defer { close(owner) }
            try #require(withSocketAddress(path) { bind(owner, $0, $1) } == 0 && listen(owner, 200) == 0)
            try await withServer(
                { _, logger, listening in
                    .tokens(
                        on: .inherited(descriptor: dup(owner)), reading: ScriptedTokens(.unknownSession),
                        registering: control(), door: Doorkeeper(), clock: FixedClock(), logger: logger,
                        onListening: listening)
                }, { _ in })

            // Nobody accepts any more: as many get in as the queue holds, and Linux lets one more in.
            var waiting: [CInt] = []
            defer { for client in waiting { close(client) } }
            while waiting.count < 500 {
                let client = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
                waiting.append(client)
                guard withSocketAddress(path, { connect(client, $0, $1) }) == 0 else { break }
            }
            #expect(errno == EAGAIN && waiting.count == 202)
        }
    }

    @Test("A descriptor that does not listen is refused")
    func notListening() throws {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        #expect(throws: ListenerError.notListening(descriptor: descriptor)) {
            try BoundSocket(.inherited(descriptor: descriptor))
        }
    }

    @Test("A server that cannot listen says so by failing")
    func failing() async {
        let server = SocketServer.tokens(
            on: .path(SocketPath("/none/s", mode: 0o600)), reading: ScriptedTokens(.unknownSession),
            registering: control(), door: Doorkeeper(), clock: FixedClock(),
            logger: .init(label: "test") { _ in CapturedLog() })
        await #expect(throws: ListenerError.directoryMissing(path: "/none/s")) { try await server.run() }
    }
}
