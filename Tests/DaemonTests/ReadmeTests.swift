// What README tells apps to do, done as it stands there, but for the socket's path and the user's id.

import AppwriteSimulator
import Foundation
import Testing

@Suite("README's example in")
struct ReadmeTests {
    struct Example: Sendable, CustomTestStringConvertible {
        /// As README heads it.
        let heading: String
        let command: [String]
        /// What the example itself calls.
        var calls: String?
        var testDescription: String { heading }

        /// The program by its path; nil where this machine lacks it, or what it calls.
        var program: String? {
            if let calls, Self.path(of: calls) == nil { return nil }
            return Self.path(of: command[0])
        }

        private static func path(of name: String) -> String? {
            let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
            return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        }
    }

    private static let examples = [
        Example(heading: "Shell", command: ["sh", "-c"], calls: "curl"),
        Example(heading: "Python", command: ["python3", "-c"]),
        Example(heading: "Node", command: ["node", "-e"]),
    ].filter { $0.program != nil }

    @Test("a script prints the token", arguments: examples)
    func script(_ example: Example) async throws {
        try await withWorld { world in
            let login = try world.logIn()
            try await world.daemon.start()
            try await world.untilServed(login)
            let code = try Self.code(under: example.heading)
                .replacing("/run/refreshd/token.sock", with: world.daemon.tokenSocket)
                .replacing("6b04b0429598", with: login.userId)
            let program = try #require(example.program)
            let result = try await world.daemon.run(program, Array(example.command.dropFirst()) + [code])
            #expect(result.ending == .exited(0), "\(result.errors)")
            #expect(result.output.contains(login.accessToken))
        }
    }

    @Test("a shell registers a session", .enabled(if: examples.contains { $0.calls == "curl" }))
    func register() async throws {
        var plan = Plan()
        plan.settings.access = ["{ uid: root, allow: register }", "{ allow: read }"]
        try await withWorld(plan) { world in
            let login = try world.logIn()
            try await world.daemon.start()
            let file = world.daemon.folder + "/login.json"
            try Data(#"{"project": "main", "secret": "\#(login.secret)"}"#.utf8).write(to: URL(filePath: file))
            let code = try Readme.block("sh") { $0.hasPrefix("Or by HTTP, where a rule lets the user register") }
                .replacing("/run/refreshd/token.sock", with: world.daemon.tokenSocket)
                .replacing("login.json", with: file)
            let result = try await world.daemon.run("/bin/sh", ["-c", code])
            #expect(result.ending == .exited(0) && result.output.contains(login.sessionId), "\(result)")
        }
    }

    @Test("Swift is the code that is compiled and run here")
    func swift() async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "ReadmeExample.swift")
        #expect(try String(contentsOf: file, encoding: .utf8).hasSuffix("\n" + Self.code(under: "Swift") + "\n"))
        try await withWorld { world in
            let login = try world.logIn()
            try await world.daemon.start()
            try await world.untilServed(login)
            #expect(try await accessToken(of: login.userId, socket: world.daemon.tokenSocket) == login.accessToken)
        }
    }

    private static func code(under heading: String) throws -> String {
        try Readme.block { $0 == "\(heading):" || $0.hasPrefix("\(heading), ") }
    }
}
