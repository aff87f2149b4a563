// Socket activation: who connects while the daemon is down is answered when it is up, and a restart fails nobody.

import AppwriteSimulator
import AsyncHTTPClient
import Foundation
import Harness
import Synchronization
import Testing

@Suite("Sockets that systemd passes")
struct ActivationTests {
    @Test("a reader that connects before the start is answered after it; files stay as systemd made them")
    func waits() async throws {
        try await withWorld { world in
            let anna = try world.logIn()
            let sockets = try world.daemon.activate("token", "control")
            let before = sockets.map(\.file)
            async let early = world.daemon.token(of: anna, maxWait: 60)
            try await Task.sleep(for: .milliseconds(200))  // It is early, however late it is.
            try world.daemon.launch()
            // The session is found after the start.
            _ = try await early
            try await world.untilServed(anna)
            #expect(try await world.daemon.control("GET", "/v1/status").status == 200)
            #expect(try await world.daemon.stop() == .exited(0))
            #expect(sockets.map(\.file) == before)

            async let late = world.daemon.token(of: anna)
            try await Task.sleep(for: .milliseconds(200))
            try world.daemon.launch()
            #expect(try await late.status == 200)
        }
    }

    @Test("token-NAME is a token socket too; of a kind that is passed, none is made, of the other one is")
    func names() async throws {
        try await withWorld { world in
            let anna = try world.logIn()
            _ = try world.daemon.activate("token-web")
            try world.daemon.launch()
            try await eventually("the control socket") { try accepts(world.daemon.controlSocket) }
            let web = world.daemon.folder + "/token-web.sock"
            try await eventually("the token at the socket that was passed") {
                try await world.daemon.token(of: anna, at: web).status == 200
            }
            #expect(try !accepts(world.daemon.tokenSocket))
        }
    }

    @Test("one whose file is deleted is told, with the unit that makes it anew: refreshd cannot")
    func lost() async throws {
        try await withDaemon(DaemonSettings(), port: 9) { daemon in
            let socket = try daemon.activate("token", "control")[0]
            try daemon.launch()
            try await eventually("an answer at the control socket") {
                try await daemon.control("GET", "/v1/status").status == 200
            }
            try FileManager.default.removeItem(atPath: socket.path)
            try await eventually("the loss to be told") {
                try daemon.logLines(with: "the socket \(socket.path) was deleted").contains {
                    $0.contains("systemctl start refreshd-token.socket refreshd-control.socket refreshd.")
                }
            }
            #expect(!FileManager.default.fileExists(atPath: socket.path))
        }
    }

    @Test(
        "a socket of another name is refused: 78, with the names that are known",
        arguments: ["web", "token-", "tokens"])
    func unknownName(_ name: String) async throws {
        try await withDaemon(DaemonSettings(), port: 9) { daemon in
            _ = try daemon.activate(name)
            #expect(try await daemon.launch().untilEnd() == .exited(78))
            let log = try daemon.log
            #expect(log.contains("“\(name)”") && log.contains("control, token or token-NAME"), "said: \(log)")
            #expect(try daemon.stateFiles().isEmpty)
        }
    }

    @Test("several token sockets of the settings are all served, each at its path")
    func several() async throws {
        var plan = Plan()
        plan.settings.tokenSockets = ["token-web"]
        try await withWorld(plan) { world in
            let anna = try world.logIn()
            try await world.daemon.start()
            try await world.untilServed(anna)
            #expect(try await world.daemon.token(of: anna, at: world.daemon.folder + "/token-web.sock").status == 200)
        }
    }

    @Test("of several token sockets each has its own rules; a log says at which somebody was refused")
    func rules() async throws {
        var plan = Plan()
        plan.settings.tokenSockets = ["token-web"]
        plan.settings.access = ["{ socket: token-web, refuse: read }", "{ allow: read }"]
        try await withWorld(plan) { world in
            let anna = try world.logIn()
            let web = try world.daemon.activate("token-web", "token")[0].path
            try world.daemon.launch()
            try await world.untilServed(anna)
            #expect(try await world.daemon.token(of: anna, at: web).status == 403)
            try await eventually("the refusal to be told") {
                try world.daemon.logLines(with: #""refreshd_socket":"token-web""#).count == 1
            }
            let told = try await world.daemon.command(
                ["check", "--config", world.daemon.folder + "/settings.yaml", "--as", "nobody"])
            #expect(told.output.contains("Socket token-web, \(web)"), "\(told.output)\(told.errors)")
            #expect(told.output.contains(/read +no +everything +rule 1/))
        }
    }

    @Test("restarts under 200 readers, a connection each request: no read fails")
    func restarts() async throws {
        try await withWorld { world in
            let anna = try world.logIn()
            let sockets = try world.daemon.activate("token", "control")
            try world.daemon.launch()
            try await world.untilServed(anna)
            let readers = Readers(of: anna, at: sockets[0].path)
            try await readers.whileReading(200) {
                for _ in 0..<3 {
                    try await readers.untilRead(400)
                    let ending = try await world.daemon.stop()
                    let log = try world.daemon.log
                    #expect(ending == .exited(0), "\(log)")
                    try world.daemon.launch()
                }
                try await readers.untilRead(400)
            }
            #expect(readers.failures == [])
        }
    }
}

extension Daemon {
    /// Opens sockets that each start from now on is passed; they lie in the daemon's folder.
    fileprivate func activate(_ names: String...) throws -> [ActivationSocket] {
        let sockets = try names.map { try ActivationSocket($0, at: "\(folder)/\($0).sock") }
        activation.withLock { $0 = sockets }
        return sockets
    }
}

/// Apps that read one token again and again, each time by a new connection.
private final class Readers: Sendable {
    private struct State {
        var reads = 0
        var failures: [String] = []
        var isOver = false
    }

    private let url: String
    private let state = Mutex(State())

    init(of login: LoggedIn, at socket: String) {
        url =
            "http+unix://\(socket.replacing("/", with: "%2F"))/v1/tokens?project=main&user=\(login.userId)"
            + "&provider=\(login.provider)"
    }

    var failures: [String] { state.withLock { $0.failures } }

    /// Waits for so many reads more, all of them good.
    func untilRead(_ count: Int) async throws {
        let target = state.withLock { $0.reads } + count
        try await eventually("\(count) reads more") { state.withLock { $0.reads >= target || !$0.failures.isEmpty } }
        try #require(failures == [])
    }

    /// Reads as so many apps at once until `body` is done.
    func whileReading(_ apps: Int, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Void)
        async throws
    {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = apps
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let reading = Task {
            await withTaskGroup { group in
                for _ in 0..<apps {
                    group.addTask { while !self.state.withLock({ $0.isOver }) { await self.read(by: client) } }
                }
            }
        }
        let ending: Result<Void, any Error>
        do {
            ending = .success(try await body())
        } catch {
            ending = .failure(error)
        }
        state.withLock { $0.isOver = true }
        await reading.value
        try await client.shutdown()
        try ending.get()
    }

    private func read(by client: HTTPClient) async {
        var failure: String?
        do {
            var request = HTTPClientRequest(url: url)
            request.headers.add(name: "Connection", value: "close")
            let response = try await client.execute(request, timeout: .minutes(5))
            let body = try await response.body.collect(upTo: 1 << 20)
            if response.status != .ok { failure = "\(response.status.code): \(String(buffer: body))" }
        } catch {
            failure = "\(error)"
        }
        state.withLock { state in
            state.reads += 1
            if let failure { state.failures.append(failure) }
        }
    }
}
