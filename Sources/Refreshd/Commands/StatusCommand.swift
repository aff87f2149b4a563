// `refreshd status`: the daemon in a glance.

import ArgumentParser
import TokenAPI
import Vocabulary

struct StatusCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how refreshd, its budgets and its sessions stand, and what is wrong.",
        discussion: """
            A condition is what is wrong with more than one session. What to do about it stands in the journal: \
            journalctl -u refreshd -p warning
            """)

    @Flag(help: "Show it anew every two seconds, until Ctrl-C; without a terminal, a line for each change.")
    var watch = false

    @OptionGroup var output: JSONFlag
    @OptionGroup var socket: ControlSocketOption

    func act(on console: Console) async throws(CommandFailure) {
        if watch { return try await StatusWatch(client: socket.client, console: console, json: output.json).run() }
        let (status, json) = try await socket.client.ask(SocketRequest(.get, "/v1/status"), for: StatusBody.self)
        try console.write(output.json ? json + "\n" : StatusText.text(of: status, screen: console.screen()))
    }
}
