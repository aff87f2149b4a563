// An oidc-agent in a folder of its own, with an account at each of the issuer's providers.

import Foundation
import Harness

final class TokenAgent: Sendable {
    private let process: ChildProcess
    private let socket: String

    private static let agent = "/usr/bin/oidc-agent"
    private static let generator = "/usr/bin/oidc-gen"

    static var isInstalled: Bool {
        [agent, generator].allSatisfy(FileManager.default.isExecutableFile(atPath:))
    }

    init(in folder: BenchFolder, issuer: Issuer) throws {
        socket = folder.path + "/agent.sock"
        for name in [".oidc-agent", ".config"] {
            try FileManager.default.createDirectory(atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
        }
        let environment = ["HOME": folder.path, "OIDC_SOCK": socket, "PATH": "/usr/bin:/bin"]
        process = try ChildProcess(
            Self.agent, ["--console", "--socket-path", socket, "--quiet"], environment: environment, output: "/dev/null"
        )
        for _ in 0..<500 where !FileManager.default.fileExists(atPath: socket) { usleep(10_000) }
        for name in Issuer.Name.allCases {
            let generation = try ChildProcess(
                Self.generator,
                [
                    "--manual", "--issuer", issuer.address(of: name), "--client-id", "c", "--client-secret", "s",
                    "--scope", "openid", "--rt", "r", "--redirect-uri", "http://localhost:8080", "--flow", "refresh",
                    "--pw-cmd", "echo bench", "--prompt", "none", "--confirm-default", name.rawValue,
                ], environment: environment, output: "/dev/null")
            guard generation.waitUntilEnded() == .exited(0) else { throw BenchFailure("oidc-gen made no account") }
        }
    }

    deinit { end() }

    func end() { process.end() }

    /// Reads that are answered from what the agent has.
    func read(_ account: Issuer.Name, connections: Int, for time: Duration) throws -> ReadFigures {
        try Readers.read(
            socket, .objectOnce, connections: connections, requests: [Self.request(account, minValid: 0)], for: time)
    }

    /// Asks for a token that lives longer than any, and waits for no answer.
    func askForNew(of account: Issuer.Name) throws -> Readers.Unread {
        try Readers.Unread(Self.request(account, minValid: 1_000_000), to: socket)
    }

    private static func request(_ account: Issuer.Name, minValid: Int) -> [UInt8] {
        Array(
            #"{"request":"access_token","account":"\#(account.rawValue)","min_valid_period":\#(minValid)}"#.utf8)
    }
}
