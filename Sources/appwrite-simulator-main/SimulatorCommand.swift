// The simulator as a program: a make-believe Appwrite on a port, set up by a scenario file and the control routes.
import AppwriteSimulator
import ArgumentParser

@main
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "appwrite-simulator",
        abstract: "Answers as Appwrite does about OAuth sessions, and keeps a ledger of what it was asked.",
        discussion: """
            Prints "listening on URL" once it listens. A scenario file is JSON: {"projects": […], "logins": […], \
            "faults": […]}; the same forms go to the control routes under URL/_simulator/ while it runs.
            """)

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Port to listen on; 0 takes a free one.")
    var port = 0

    @Option(help: "Length of the rate limit's window, in seconds.")
    var window = 3600.0

    @Option(name: .customLong("appwrite"), help: "Version to answer as: 1.8.1 or 1.9.6.")
    var version = "1.9.6"

    @Option(help: "Seed of all ids, secrets and tokens.")
    var seed: UInt64 = 1

    @Option(help: "JSON file with the projects, logins and faults to start with.")
    var scenario: String?

    @Flag(help: "Count no calls, as a server with _APP_OPTIONS_ABUSE=disabled.")
    var unmetered = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535.") }
    }

    func run() async throws {
        try await runSimulator(
            SimulatorOptions(
                host: host, port: port, window: window, version: version, seed: seed, scenario: scenario,
                metering: unmetered ? .disabled : .enabled))
    }
}
