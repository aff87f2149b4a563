// The program `refreshd`: its subcommands, and the one place where a command line becomes an exit status.

package import ArgumentParser
import Hardening
import TokenClient
import Vocabulary

package struct RefreshdCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "refreshd",
        abstract: "Keeps the OAuth 2 tokens of Appwrite sessions fresh, and hands them out.",
        discussion: """
            `refreshd serve` is the daemon, which systemd runs; apps and people ask it by the other commands. What apps \
            need is one line: refreshd token --user ID --provider google

            \(ExitStatus.list)
            """,
        version: Version.text,
        subcommands: [
            ServeCommand.self, TokenCommand.self, SessionCommand.self, ForgetCommand.self, StatusCommand.self,
            PlanCommand.self, SimulateCommand.self, CheckSettingsCommand.self, SettingsCommand.self, CheckCommand.self,
            KeyCommand.self, BackupCommand.self,
        ])

    package init() {}

    /// Where a token is asked for, prints it and ends this process. Done before anything else: it is asked for most often,
    /// and needs next to nothing of all the rest, no threads and no parsing of other commands.
    package static func printTokenIfAsked() {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == TokenCommand.name { TokenProgram.refreshd.start(arguments.dropFirst()) }
    }

    /// Runs any other command line of this process and ends it. Any command may come to hold a secret (law 7).
    package static func start() async -> Never {
        do throws(HardeningError) {
            try hardenProcess()
        } catch {
            exit(withError: ExitCode(tell(CommandFailure(.software, error.description), on: .standard)))
        }
        let status = await run(Array(CommandLine.arguments.dropFirst()), on: .standard)
        exit(withError: ExitCode(status))
    }

    /// Runs one command line; gives its exit status.
    package static func run(_ arguments: [String], on console: Console) async -> Int32 {
        if let word = arguments.first, let failure = unknownCommand(word) { return tell(failure, on: console) }
        do {
            let command = try await asyncParseAsRoot(arguments)
            switch command {
            case let command as any ClientCommand: try await command.act(on: console)
            case var command as any AsyncParsableCommand: try await command.run()
            case var command: try command.run()
            }
            return 0
        } catch let failure as CommandFailure {
            return tell(failure, on: console)
        } catch {
            let status = exitCode(for: error).rawValue
            let message = fullMessage(for: error)
            guard status == 0 else {
                if !message.isEmpty { console.note(message) }
                return status
            }
            return print(help: message, on: console)
        }
    }

    /// Nil for one that there is, and for an option.
    private static func unknownCommand(_ word: String) -> CommandFailure? {
        let known = configuration.subcommands.compactMap { $0.configuration.commandName }
        guard !word.hasPrefix("-"), !known.contains(word), word != "help" else { return nil }
        let nearest = NearestWord.to(word, among: known).map { " Did you mean \($0)?" } ?? ""
        return CommandFailure(
            .usage,
            """
            there is no command \(word.shown(limit: 60)).\(nearest) The commands are: \(known.joined(separator: ", ")). See: \
            refreshd --help
            """)
    }

    private static func tell(_ failure: CommandFailure, on console: Console) -> Int32 {
        console.note("refreshd: \(failure.message)")
        return failure.status.rawValue
    }

    private static func print(help: String, on console: Console) -> Int32 {
        do throws(CommandFailure) {
            try console.write(help.hasSuffix("\n") ? help : help + "\n")
            return 0
        } catch {
            return error.status.rawValue
        }
    }
}

/// A command that works on a console and is done when it returns.
protocol ClientCommand: AsyncParsableCommand {
    func act(on console: Console) async throws(CommandFailure)
}
