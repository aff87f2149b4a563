// The daemon under test: its folder, its process, its log. It is started, killed and started again at will.

import Foundation
import Harness
import Synchronization

final class Daemon: Sendable {
    /// Its whole world: `settings.yaml`, `state/`, two sockets, `log`. Its path is short, as sockets' must be.
    let folder: String
    private let program: String
    /// Of the Appwrite that it calls.
    private let port: Int
    private let environment: [String: String]
    private let process = Mutex<ChildProcess?>(nil)
    /// What every start passes, as systemd does.
    let activation = Mutex<[ActivationSocket]>([])

    init(folder: String, _ settings: DaemonSettings, port: Int, environment: [String: String]) throws {
        self.folder = folder
        self.environment = environment
        self.port = port
        program = try BuiltProgram.path("refreshd")
        try FileManager.default.createDirectory(
            atPath: folder + "/state", withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        try configure(settings)
        for (path, secret) in settings.secrets(folder: folder) {
            try secret.write(toFile: path, atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
    }

    var tokenSocket: String { folder + "/token.sock" }
    var controlSocket: String { folder + "/control.sock" }
    var store: String { folder + "/state/sessions.db" }

    /// Everything it wrote to standard error, over all its lives.
    var log: String {
        get throws { try text(of: "log") }
    }

    func logLines(with words: String) throws -> [Substring] {
        try log.split(separator: "\n").filter { $0.contains(words) }
    }

    /// The living process.
    var child: ChildProcess {
        get throws {
            guard let child = process.withLock({ $0 }) else { throw HarnessTrouble("the daemon was not started") }
            return child
        }
    }

    /// Starts it, and returns when both sockets take connections. It begins with the right to open no more than `files` at once.
    func start(files: Int? = nil) async throws {
        let child = try launch(files: files)
        try await eventually("both sockets of the daemon, or its end") {
            try child.ending != nil || (accepts(tokenSocket) && accepts(controlSocket))
        }
        if let ending = child.ending { throw HarnessTrouble("the daemon did not start (\(ending)):\n\(try log)") }
    }

    /// Starts it and waits for nothing.
    @discardableResult
    func launch(files: Int? = nil) throws -> ChildProcess {
        let words = [program, "serve", "--config", folder + "/settings.yaml"]
        let sockets = activation.withLock { $0 }
        var preparation = files.map { ["ulimit -Sn \($0)"] } ?? []
        var environment = environment
        if !sockets.isEmpty {
            preparation.append("export LISTEN_PID=$$")
            environment["LISTEN_FDS"] = String(sockets.count)
            environment["LISTEN_FDNAMES"] = sockets.map(\.name).joined(separator: ":")
        }
        let shell = ["/bin/sh", "-c", (preparation + ["exec \"$0\" \"$@\""]).joined(separator: "; ")]
        let line = preparation.isEmpty ? words : shell + words
        let child = try ChildProcess(
            line[0], Array(line.dropFirst()), environment: environment, output: folder + "/output",
            errors: folder + "/log", descriptors: sockets.map(\.descriptor))
        process.withLock { $0 = child }
        return child
    }

    /// kill -9.
    func kill() async throws {
        try await child.endAtOnce()
    }

    /// SIGTERM.
    func stop() async throws -> ChildProcess.Ending {
        let child = try child
        child.send(SIGTERM)
        return try await child.untilEnd()
    }

    /// Another process of the same program, such as a command of the command line, until it ends.
    func command(
        _ arguments: [String], of program: String? = nil, input: String = ""
    ) async throws -> CommandResult {
        try await run(program ?? self.program, arguments, environment: environment, input: input)
    }

    /// Any program, until it ends.
    func run(
        _ program: String, _ arguments: [String],
        environment: [String: String] = ProcessInfo.processInfo.environment, input: String = ""
    ) async throws -> CommandResult {
        let name = UUID().uuidString
        try write(input, to: name + ".in")
        let child = try ChildProcess(
            program, arguments, environment: environment, input: "\(folder)/\(name).in",
            output: "\(folder)/\(name).out", errors: "\(folder)/\(name).err")
        let ending = try await child.untilEnd()
        return CommandResult(ending: ending, output: try text(of: name + ".out"), errors: try text(of: name + ".err"))
    }

    func write(_ text: String, to file: String) throws {
        try text.write(toFile: "\(folder)/\(file)", atomically: false, encoding: .utf8)
    }

    /// Writes the settings; a daemon that runs hears of it by `reload`.
    func configure(_ settings: DaemonSettings) throws {
        try write(settings.yaml(folder: folder, port: port), to: "settings.yaml")
    }

    /// SIGHUP.
    func reload() throws {
        try child.send(SIGHUP)
    }

    func text(of file: String) throws -> String {
        String(decoding: try bytes(of: file), as: UTF8.self)
    }

    func bytes(of file: String) throws -> Data {
        try Data(contentsOf: URL(filePath: "\(folder)/\(file)"))
    }

    /// The files of its state, by name.
    func stateFiles() throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/state")
        return try Dictionary(uniqueKeysWithValues: names.map { ($0, try bytes(of: "state/\($0)")) })
    }
}

/// Gives `body` a daemon, not started yet, that calls Appwrite at a port of this machine. However `body` ends, its
/// process and its folder are gone afterwards.
func withDaemon<Value>(
    _ settings: DaemonSettings, port: Int, environment: [String: String] = [:],
    isolation: isolated (any Actor)? = #isolation, _ body: (Daemon) async throws -> Value
) async throws -> Value {
    let folder = "/tmp/rd-" + String(UInt64.random(in: 0 ... .max), radix: 36)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    // A folder left behind in /tmp is no reason to fail.
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let daemon = try Daemon(folder: folder, settings, port: port, environment: environment)
    do {
        let value = try await body(daemon)
        try await daemon.end()
        return value
    } catch {
        try await daemon.end()
        // It has no log where it never started.
        throw HarnessTrouble("\(error)\nThe daemon's log:\n\((try? daemon.log) ?? "none")")
    }
}

extension Daemon {
    /// Ends it if it still runs, whatever it is doing.
    func end() async throws {
        try await process.withLock { $0 }?.endAtOnce()
    }
}
