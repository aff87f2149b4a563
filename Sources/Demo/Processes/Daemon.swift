// refreshd as its users meet it: started, killed and stopped as a process, registered with by its own command, and asked
// on its two sockets.

import Foundation
import Synchronization

final class Daemon: Sendable {
    private let http: HTTP
    private let folder: RunFolder
    private let child = Mutex<ChildProcess?>(nil)

    /// Only a start that hangs takes longer.
    private static let startLimit: Duration = .seconds(60)
    private static let stopLimit: Duration = .seconds(30)

    init(_ http: HTTP, in folder: RunFolder) {
        self.http = http
        self.folder = folder
    }

    /// Starts it, and returns when it answers.
    func start() async throws {
        let started = try ChildProcess("refreshd", ["serve", "--config", folder.settings], log: folder.daemonLog)
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
        running.kill(SIGKILL)
        guard try await running.ended(within: Self.stopLimit) != nil else {
            throw DemoFailure("refreshd could not be killed")
        }
        child.withLock { $0 = nil }
    }

    /// As systemd stops it; it must end by itself and in order.
    func stop() async throws {
        guard let running = child.withLock({ $0 }) else { return }
        running.kill(SIGTERM)
        switch try await running.ended(within: Self.stopLimit) {
        case 0: child.withLock { $0 = nil }
        case let status?: throw DemoFailure("refreshd was asked to stop and ended with status \(status)")
        case nil: throw DemoFailure("refreshd was asked to stop and did not within \(Self.stopLimit)")
        }
    }

    /// In every case, at the end.
    func end() { child.withLock { $0 }?.end() }

    /// Throws if it has ended by itself.
    func check() throws {
        if let status = child.withLock({ $0 })?.exitStatus {
            throw DemoFailure("refreshd ended by itself with status \(status)")
        }
    }

    /// Registers a session by its secret, as an operator does.
    func register(secret: String, of stage: Stage) async throws {
        let file = "\(folder.keys)/secret"
        try folder.write(secret + "\n", to: file)
        let command = try ChildProcess(
            "refreshd",
            [
                "session", "add", "--project", stage.rawValue, "--secret-file", file, "--socket",
                folder.controlSocket,
            ], log: folder.commandLog)
        defer { command.end() }
        guard try await command.ended(within: Self.startLimit) == 0 else {
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
        let answer: HTTP.Answer
        do {
            answer = try await http.get(try HTTP.address(socket: folder.controlSocket, "/v1/sessions?limit=100"))
        } catch {
            try Task.checkCancellation()
            return .silence
        }
        guard answer.status == 200 else { return .silence }
        return .list(try JSONDecoder().decode(Page.self, from: answer.body).sessions, text: answer.body)
    }

    /// What an app gets that asks for a token of the role's grant.
    func read(_ role: Role) async throws -> HTTP.Answer {
        let query =
            "project=\(role.stage.rawValue)&user=\(role.user)&provider=\(role.provider)&min_valid=1&max_wait=1"
        return try await http.get(try HTTP.address(socket: folder.tokenSocket, "/v1/tokens?\(query)"))
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
