// What there is too little of: files that may be opened, and a disk that can be written.

import AppwriteSimulator
import Foundation
import Glibc
import Harness
import Testing
import UnixSockets

@Suite("Scarcity", .serialized)
struct ScarcityTests {
    @Test("an app that leaks connections comes to a limit of refreshd's own: nothing dies, and it is told once")
    func connections() async throws {
        try await withWorld { world in
            let anna = try world.logIn()
            try await world.daemon.start(files: 100)
            try await world.untilServed(anna)
            let first = try Connection(world.daemon.tokenSocket)

            // When an app opens connections and leaks them, for longer than libdispatch goes without opening a file
            var leaked = try (0..<600).map { _ in try Connection(world.daemon.tokenSocket) }
            try await eventually("a word on it") { try world.daemon.log.contains("too many connections") }
            try await Task.sleep(for: .seconds(3))

            // Then
            #expect(first.answer(to: "GET /v1/tokens/main/\(anna.sessionId)").hasPrefix("HTTP/1.1 200 "))
            // One that was about to end when the flood came has left a place.
            try await eventually("the next to be refused") {
                leaked.append(try Connection(world.daemon.tokenSocket))
                return try await world.daemon.token(of: anna)["type"] == "urn:refreshd:problem:too-many-connections"
            }
            for connection in leaked { connection.end() }
            try await world.untilServed(anna)
            #expect(try world.daemon.logLines(with: "too many connections").count == 1)
            #expect(try await world.daemon.stop() == .exited(0))
        }
    }

    @Test("too few files that may be opened are told at the start: 78")
    func files() async throws {
        try await withDaemon(DaemonSettings(), port: 9) { daemon in
            let start = try await daemon.command(
                [
                    "-c", "ulimit -n 100; exec \"$0\" serve --config \"$1\"", try BuiltProgram.path("refreshd"),
                    daemon.folder + "/settings.yaml",
                ],
                of: "/bin/sh")
            #expect(start.ending == .exited(78))
            #expect(start.errors.contains("no more than 100 files may be open at once"))
        }
    }

    @Test(
        "a store that takes no writes any more: readers are served, operators are told, and it heals by itself",
        .enabled("only root may do this, and only on file systems that can") { canFreeze() })
    func readOnly() async throws {
        try await withWorld { world in
            let anna = try world.logIn("anna")
            try await world.daemon.start()
            try await world.untilServed(anna)
            let files = try world.daemon.stateFiles().keys.map { "\(world.daemon.folder)/state/\($0)" }
            defer { for file in files { freeze(file, false) } }
            for file in files { #expect(freeze(file, true)) }
            let bert = try world.logIn("bert")
            try await eventually("a word on it") { try world.daemon.log.contains("the store fails") }

            #expect(try await world.daemon.token(of: anna).status == 200)
            let refused = try await world.daemon.register(bert)
            #expect(refused.status == 503 && refused["type"] == "urn:refreshd:problem:store-unavailable")
            let status = try await world.daemon.command(["status", "--socket", world.daemon.controlSocket])
            #expect(status.ending == .exited(0) && status.output.contains("The store fails: tokens are served on"))

            for file in files { freeze(file, false) }
            try await world.untilServed(bert)
            #expect(try await world.daemon.register(bert).status == 201)
            #expect(try world.daemon.log.contains("the store works again"))
        }
    }
}

/// Makes a file take no writes, also by who has it open (FS_IOC_SETFLAGS, FS_IMMUTABLE_FL), or lets it again; false
/// where that cannot be done.
@discardableResult
private func freeze(_ path: String, _ isFrozen: Bool) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    var flags: CInt = 0
    guard ioctl(descriptor, 0x8008_6601, &flags) == 0 else { return false }
    flags = isFrozen ? flags | 0x10 : flags & ~0x10
    return ioctl(descriptor, 0x4008_6602, &flags) == 0
}

private func canFreeze() -> Bool {
    let path = NSTemporaryDirectory() + "refreshd-freeze-\(UUID())"
    defer { unlink(path) }
    guard FileManager.default.createFile(atPath: path, contents: nil) else { return false }
    defer { freeze(path, false) }
    return freeze(path, true)
}

/// A connection that is held open.
private final class Connection {
    private var descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard withSocketAddress(path, { connect(descriptor, $0, $1) }) == 0 else {
            throw HarnessTrouble("cannot connect to \(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit { end() }

    func end() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// The beginning of what is answered.
    func answer(to line: String) -> String {
        let request = Array("\(line) HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { return "" }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
}
