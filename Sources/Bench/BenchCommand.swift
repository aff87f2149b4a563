// `refreshd-bench`: the laws by dice, the scheduler against the best possible, and what picking work costs. `make
// simulate` and `make bench` call it.

package import ArgumentParser

package struct BenchCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "refreshd-bench", abstract: "Try refreshd's laws by dice, and measure its scheduler.",
        subcommands: [LawsCommand.self, LoadsCommand.self])

    package init() {}
}
