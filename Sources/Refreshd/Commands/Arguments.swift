// What several commands take: settings, sockets, durations and names, each refused with the reason.

import ArgumentParser
import Foundation
import RefreshPolicy
import TokenClient
import Vocabulary

struct SettingsOption: ParsableArguments {
    @Option(help: "The settings file.", completion: .file(extensions: ["yaml"]))
    var config = Settings.usualFile

    func load() throws(CommandFailure) -> (settings: Settings, folders: ServiceFolders) {
        let (settings, _, folders) = try read()
        return (settings, folders)
    }

    /// With what holds of each setting.
    func read() throws(CommandFailure) -> (Settings, [EffectiveSetting], ServiceFolders) {
        let folders = ServiceFolders(environment: ProcessInfo.processInfo.environment)
        do throws(SettingsError) {
            let (settings, effective) = try Settings.read(config, folders: folders)
            return (settings, effective, folders)
        } catch {
            throw CommandFailure(ExitStatus(error), error.description)
        }
    }
}

struct ControlSocketOption: ParsableArguments {
    @Option(help: "The socket that operators act on.", completion: .file())
    var socket = SocketSettings().control.path

    var client: SocketClient { SocketClient(path: socket) }
}

struct JSONFlag: ParsableArguments {
    @Flag(help: "Write JSON for programs: one object a line.")
    var json = false
}

/// A duration on the command line, in whole seconds on the wire.
struct DurationArgument: CustomStringConvertible {
    let duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init(parsing text: String) throws {
        duration = try Argument.refusing { () throws(ArgumentFlaw) in try ArgumentText.duration(text) }
    }

    var description: String { DurationText.text(duration) }

    var wholeSeconds: Int64 { DurationText.wholeSeconds(duration) }
}

enum Argument {
    /// Refuses what is flawed as ArgumentParser wants it.
    static func refusing<Value>(_ body: () throws(ArgumentFlaw) -> Value) throws -> Value {
        do throws(ArgumentFlaw) {
            return try body()
        } catch {
            throw ValidationError(error.words)
        }
    }

    static func identifier<Kind: IdentifierKind>(_ text: String) throws -> Identifier<Kind> {
        try refusing { () throws(ArgumentFlaw) in try ArgumentText.identifier(text) }
    }

    static func session(_ text: String) throws -> SessionKey {
        try refusing { () throws(ArgumentFlaw) in try ArgumentText.session(text) }
    }

    /// The words of a standing, with hyphens for spaces.
    static func standing(_ text: String) throws -> Standing {
        guard let standing = Standing(rawValue: text.replacing("-", with: " ")) else {
            let known = Standing.allCases.map { $0.rawValue.replacing(" ", with: "-") }.joined(separator: ", ")
            throw ValidationError("The standings are: \(known).")
        }
        return standing
    }
}
