// `refreshd plan`: what the daemon will do in the next hours, by its own scheduler on simulated time. It is simulated in
// this process, from what the daemon tells of its sessions: the daemon goes on undisturbed.

import ArgumentParser
import RefreshPolicy
import RefreshSimulation
import TokenAPI
import Vocabulary

struct PlanCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Forecast the calls of the next hours, and who goes without a token.",
        discussion: """
            The scheduler that the daemon runs is run ahead, over the sessions as they stand, against a simulated \
            Appwrite where nothing unforeseen happens: no login, no read, no failure. It calls nobody.
            """)

    @Option(help: ArgumentHelp("How many hours ahead, up to a week.", valueName: "number"))
    var hours = 24

    @OptionGroup var settings: SettingsOption

    @OptionGroup var output: JSONFlag
    @OptionGroup var socket: ControlSocketOption

    /// Sessions beyond this are left out: a forecast of so many has nothing to tell of each.
    private static let most = 20_000
    private static let page = 1000

    func validate() throws {
        guard (1...168).contains(hours) else { throw ValidationError("--hours takes 1 to 168.") }
    }

    func act(on console: Console) async throws(CommandFailure) {
        let settings = try settings.load().settings
        let sessions = try await sessions(console)
        let (status, _) = try await socket.client.ask(SocketRequest(.get, "/v1/status"), for: StatusBody.self)
        let present = Forecast.Present(
            rules: settings.rules(at: status.now.time), status: status, sessions: sessions)
        let forecast = Forecast(present, hours: hours)
        try console.write(
            output.json
                ? try SocketClient.json(PlanBody(forecast)) + "\n"
                : PlanText(forecast: forecast, screen: console.screen()).text)
    }

    private func sessions(_ console: Console) async throws(CommandFailure) -> [SessionBody] {
        var sessions: [SessionBody] = []
        var after: String?
        repeat {
            var request = SocketRequest(.get, "/v1/sessions")
            request.add("after", after)
            request.add("limit", "\(Self.page)")
            let (page, _) = try await socket.client.ask(request, for: SessionPageBody.self)
            sessions += page.sessions
            after = page.next
        } while after != nil && sessions.count < Self.most
        if after != nil { console.note("refreshd: only the first \(sessions.count) sessions are in this forecast") }
        return sessions
    }
}
