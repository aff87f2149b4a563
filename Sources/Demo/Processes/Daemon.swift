// refreshd as its users meet it: started, killed and stopped as a process, registered with by its own command, and asked
// on its two sockets.

import Foundation
import Harness
import Synchronization

final class Daemon: Sendable {
    private let folder: RunFolder
    private let child = Mutex<ChildProcess?>(nil)

    /// Only a start that hangs takes longer.
    private static let startLimit: Duration = .seconds(60)
    private static let stopLimit: Duration = .seconds(30)

    init(in folder: RunFolder) {
        self.folder = folder
    }

    /// Starts it, and returns when it answers.
    func start() async throws {
        let started = try ChildProcess(
            try BuiltProgram.path("refreshd"), ["serve", "--config", folder.settings], output: folder.daemonLog)
        child.withLock { $0 = started }
        let deadline = ContinuousClock.now + Self.startLimit
        while ContinuousClock.now < deadline {
            try check()
            if case .list = try await listing() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw DemoFailure("refreshd did not answer on its socket within \(Self.startLimit)")
    }

    /// As the kernel would, for want of memory.
    func killHard() async throws {
        guard let running = child.withLock({ $0 }) else { return }
        running.send(SIGKILL)
        guard try await running.ending(within: Self.stopLimit) != nil else {
            throw DemoFailure("refreshd could not be killed")
        }
        child.withLock { $0 = nil }
    }

    /// As systemd stops it; it must end by itself and in order.
    func stop() async throws {
        guard let running = child.withLock({ $0 }) else { return }
        running.send(SIGTERM)
        switch try await running.ending(within: Self.stopLimit) {
        case .exited(0): child.withLock { $0 = nil }
        case let ending?: throw DemoFailure("refreshd was asked to stop and ended otherwise: \(ending)")
        case nil: throw DemoFailure("refreshd was asked to stop and did not within \(Self.stopLimit)")
        }
    }

    /// In every case, at the end.
    func end() { child.withLock { $0 }?.end() }

    /// Throws if it has ended by itself.
    func check() throws {
        if let ending = child.withLock({ $0 })?.ending {
            throw DemoFailure("refreshd ended by itself: \(ending)")
        }
    }

    /// Registers a session by its secret, as an operator does.
    func register(secret: String, of stage: Stage) async throws {
        let file = "\(folder.keys)/secret"
        try folder.write(secret + "\n", to: file)
        let command = try ChildProcess(
            try BuiltProgram.path("refreshd"),
            [
                "session", "add", "--project", stage.rawValue, "--secret-file", file, "--socket",
                folder.controlSocket,
            ], output: folder.commandLog)
        defer { command.end() }
        guard try await command.ending(within: Self.startLimit) == .exited(0) else {
            throw DemoFailure("`refreshd session add` failed; its output is in \(folder.commandLog)")
        }
    }

    enum Listing: Sendable {
        case list([ListedSession], text: Data)
        /// Nobody answers.
        case silence
    }

    /// All sessions as refreshd lists them to operators.
    func listing() async throws -> Listing {
        let answer: HTTPCaller.Answer
        do {
            answer = try await HTTPCaller.send(
                "GET", HTTPCaller.address(socket: folder.controlSocket, "/v1/sessions?limit=100"))
        } catch {
            try Task.checkCancellation()
            return .silence
        }
        guard answer.status == 200 else { return .silence }
        return .list(try JSONDecoder().decode(Page.self, from: answer.body).sessions, text: answer.body)
    }

    /// What an app gets that asks for a token of the role's grant.
    func read(_ role: Role) async throws -> HTTPCaller.Answer {
        let query =
            "project=\(role.stage.rawValue)&user=\(role.user)&provider=\(role.provider)&min_valid=1&max_wait=1"
        return try await HTTPCaller.send(
            "GET", HTTPCaller.address(socket: folder.tokenSocket, "/v1/tokens?\(query)"))
    }

    private struct Page: Decodable {
        let sessions: [ListedSession]
    }
}

/// A session as refreshd lists it.
struct ListedSession: Decodable, Hashable, Sendable {
    let project: String
    let sessionID: String
    let standing: String
    let reason: String
    /// Seconds until its token ends; nil where no end is known.
    let expiresIn: Int?

    private enum CodingKeys: String, CodingKey {
        case project
        case sessionID = "session_id"
        case standing
        case reason
        case expiresIn = "expires_in"
    }
}
