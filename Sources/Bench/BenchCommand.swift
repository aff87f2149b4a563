// `refreshd-bench`: the scheduler against the best possible, and what the daemon costs beside the least that does the
// same. `make bench` calls it.

package import ArgumentParser
import Foundation

package struct BenchCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "refreshd-bench", abstract: "Measure refreshd.",
        subcommands: [
            AllCommand.self, LoadsCommand.self, PickingCommand.self, ReadsCommand.self,
            TokenAgentCommand.self, RefreshesCommand.self, StartsCommand.self, TokenCommandCommand.self,
            BootedCommand.self, ResponderCommand.self, BareLoopCommand.self, EntriesCommand.self,
        ])

    package init() {}

    /// Runs the command line of this process.
    package static func start() async {
        await main()
    }
}

/// A command that measures. What it finds it prints as it goes, and gives back.
protocol MeasuringCommand: AsyncParsableCommand {
    func measure() async throws -> [Figure]
}

extension MeasuringCommand {
    func run() async throws {
        for figure in try await measure() { print(figure.line) }
    }
}

/// `refreshd-bench all`: every benchmark, one after another, as one table and one file.
struct AllCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all", abstract: "Measure everything, and write the figures as JSON.")

    @Option(help: "Where to write the figures.")
    var json: String?

    @Option(help: "The package that is measured under a booted systemd; without it, none is.")
    var package: String?

    func run() async throws {
        var figures: [Figure] = []
        let commands: [any MeasuringCommand.Type] = [
            LoadsCommand.self, PickingCommand.self, RefreshesCommand.self, ReadsCommand.self, TokenAgentCommand.self,
            StartsCommand.self, TokenCommandCommand.self,
        ]
        for command in commands {
            figures += try await command.parse([]).measure()
        }
        if let package { figures += try await BootedCommand.parse(["--package", package]).measure() }
        print("")
        for figure in figures { print(figure.line) }
        if let json { try Figure.write(figures, to: json) }
    }
}

/// Why nothing could be measured.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
