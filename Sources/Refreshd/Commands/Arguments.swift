// What several commands take: settings, sockets, durations and names, each refused with the reason.

import ArgumentParser
import Foundation
import RefreshPolicy

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

struct TokenSocketOption: ParsableArguments {
    @Option(help: "The socket that apps read tokens on.", completion: .file())
    var socket = SocketSettings().token.path

    var client: SocketClient { SocketClient(path: socket) }
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
        do throws(DurationText.Flaw) {
            duration = try DurationText.parse(text)
        } catch {
            let hint = error.words.map { " " + $0 } ?? ""
            throw ValidationError("A duration is a number and a unit, such as 30s, 5m or 1h.\(hint)")
        }
    }

    var description: String { DurationText.text(duration) }

    /// Rounded up: nobody gets less than was asked for.
    var wholeSeconds: Int64 { (duration.wholeMilliseconds + 999) / 1000 }
}

enum Argument {
    static func identifier<Kind: IdentifierKind>(_ text: String) throws -> Identifier<Kind> {
        guard let identifier = Identifier<Kind>(text) else {
            throw ValidationError(
                "A \(Kind.noun) has 1 to \(Kind.longest) letters, digits and . _ - and starts with a letter or digit.")
        }
        return identifier
    }

    static func session(_ text: String) throws -> SessionKey {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let project = ProjectAlias(parts[0]), let session = SessionID(parts[1]) else {
            throw ValidationError(
                "A session is named PROJECT/ID, by the settings' name of its project and Appwrite's id of the session.")
        }
        return SessionKey(project: project, session: session)
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
