// The simulated Appwrite: started, given its two projects, and told by its control routes what is to happen.

import Foundation
import Harness

struct Simulator: Sendable {
    private let child: ChildProcess
    private let port: Int
    private let keys: [Stage: Keys]

    struct Keys: Sendable {
        let api: String
        var dev: String?

        var all: [String] { [api] + (dev.map { [$0] } ?? []) }
    }

    /// What a login gave.
    struct Login: Decodable, Sendable {
        let sessionId: String
        let secret: String
        let refreshToken: String
    }

    init(in folder: RunFolder) async throws {
        let window = "\(Script.window.components.seconds)"
        let seed = "\(UInt32.random(in: .min ... .max))"
        child = try ChildProcess(
            try BuiltProgram.path("appwrite-simulator"), ["--port", "0", "--window", window, "--seed", seed],
            output: folder.simulatorLog)
        keys = [
            .metered: Keys(api: Self.key("standard")),
            .devKey: Keys(api: Self.key("standard"), dev: Self.key("dev")),
        ]
        do {
            port = try await Self.port(of: child, folder.simulatorLog)
        } catch {
            child.end()
            throw error
        }
    }

    func end() { child.end() }

    /// Where refreshd finds a project: under a host name of its own, which is what Appwrite counts by.
    func endpoint(of stage: Stage) -> String { "http://\(Self.host(of: stage)):\(port)/v1" }

    func keys(of stage: Stage) -> Keys { keys[stage] ?? Keys(api: "") }

    /// Appwrite's name of the project.
    static func project(_ stage: Stage) -> String {
        switch stage {
        case .metered: "shop"
        case .devKey: "lab"
        }
    }

    static func host(of stage: Stage) -> String {
        switch stage {
        case .metered: "127.0.0.1"
        case .devKey: "localhost"
        }
    }

    func setUpProjects() async throws {
        for stage in Stage.allCases {
            let keys = keys(of: stage)
            try await post(
                "projects",
                ProjectForm(
                    id: Self.project(stage), apiKeys: [KeyForm(key: keys.api)],
                    devKeys: keys.dev.map { [KeyForm(key: $0)] } ?? [], providers: Cast.providers))
        }
    }

    func logIn(_ role: Role) async throws -> Login {
        let life: LoginForm.Life = role.life.map { .seconds(Int($0.components.seconds)) } ?? .forever
        let kind = role.part == .tokenFlow ? "tokenFlow" : "oauth"
        let answer = try await post(
            "logins",
            LoginForm(
                project: Self.project(role.stage), kind: kind, provider: role.provider, providerUid: role.user,
                userId: role.user, lifetime: life))
        return try JSONDecoder().decode(Login.self, from: answer.body)
    }

    /// What is wrong with a session's provider from now on, as its part wants it.
    func prepare(_ player: Player) async throws {
        let fault: FaultForm.Fault
        switch player.role.part {
        case .crashes:
            fault = .init(answer: "asUsual", delay: Int(Script.slowRefresh.components.seconds), times: 1)
        case .emptyOnce:
            fault = .init(answer: "emptySuccess", times: 1)
        case .refused:
            fault = .init(
                answer: "refuses", status: 400, error: "invalid_grant", description: "no such token: {refresh_token}")
        case .kept, .spare, .logsOut, .registers, .unexpiring, .noRefreshToken, .tokenFlow:
            return
        }
        let form = FaultForm(
            project: Self.project(player.role.stage), session: player.sessionID, faults: [fault])
        try await post("faults", form)
    }

    func logOut(_ player: Player) async throws {
        let project = Self.project(player.role.stage)
        let url = "\(control)/projects/\(project)/sessions/\(player.sessionID)"
        try check(try await HTTPCaller.send("DELETE", url), "the logout")
    }

    func ledger() async throws -> Ledger {
        guard child.ending == nil else { throw DemoFailure("the simulator has died; its output is in simulator.log") }
        let answer = try await HTTPCaller.send("GET", "\(control)/ledger")
        try check(answer, "the ledger")
        return try JSONDecoder().decode(Ledger.self, from: answer.body)
    }

    private var control: String { "http://127.0.0.1:\(port)/_simulator" }

    @discardableResult
    private func post(_ route: String, _ form: some Encodable) async throws -> HTTPCaller.Answer {
        let answer = try await HTTPCaller.send(
            "POST", "\(control)/\(route)", json: try JSONEncoder().encode(form))
        try check(answer, route)
        return answer
    }

    private func check(_ answer: HTTPCaller.Answer, _ what: String) throws {
        guard (200...299).contains(answer.status) else {
            throw DemoFailure("the simulator refused \(what): \(String(decoding: answer.body, as: UTF8.self))")
        }
    }

    private static func key(_ kind: String) -> String {
        kind + "_" + (0..<4).map { _ in String(UInt32.random(in: .min ... .max), radix: 16) }.joined()
    }

    /// It says where it listens in its first line.
    private static func port(of child: ChildProcess, _ log: String) async throws -> Int {
        for _ in 0..<600 {
            let line = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").first ?? ""
            if line.hasPrefix("listening on "), let port = line.split(separator: ":").last.flatMap({ Int($0) }) {
                return port
            }
            guard child.ending == nil else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw DemoFailure("the simulator does not listen; its output is in \(log)")
    }
}

private struct ProjectForm: Encodable {
    let id: String
    let apiKeys: [KeyForm]
    let devKeys: [KeyForm]
    let providers: [ProviderSetup]
}

private struct KeyForm: Encodable {
    let key: String
}

private struct LoginForm: Encodable {
    let project: String
    let kind: String
    let provider: String
    let providerUid: String
    let userId: String
    let lifetime: Life

    enum Life: Encodable {
        case seconds(Int)
        case forever

        func encode(to encoder: any Encoder) throws {
            var value = encoder.singleValueContainer()
            switch self {
            case .seconds(let seconds): try value.encode(seconds)
            case .forever: try value.encode("forever")
            }
        }
    }
}

private struct FaultForm: Encodable {
    let project: String
    let session: String
    let faults: [Fault]

    struct Fault: Encodable {
        let answer: String
        var status: Int?
        var error: String?
        var description: String?
        var delay: Int?
        var times: Int?
    }
}
