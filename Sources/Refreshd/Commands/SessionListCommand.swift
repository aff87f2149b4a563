// `refreshd session list`: all sessions that match, a page at a time, so that a million of them need no more memory
// than a page.

import ArgumentParser
import Foundation
import RefreshPolicy
import TokenAPI
import Vocabulary

struct SessionListCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List sessions and how they stand.",
        discussion: """
            Options narrow the list, all together. It is in the order of projects and sessions. To narrow it by \
            --expires-within, --failing or --provider alone takes a look at every session: seconds where there are a \
            million, during which tokens are read and refreshed as always.
            """)

    @Option(help: "Only those of this project.", transform: Argument.identifier)
    var project: ProjectAlias?

    @Option(help: "Only those of this user.", transform: Argument.identifier)
    var user: UserID?

    @Option(help: "Only those of this provider.", transform: Argument.identifier)
    var provider: ProviderName?

    @Option(help: "Only those that stand so, such as needs-login.", transform: Argument.standing)
    var standing: Standing?

    @Option(
        help: "Only those whose token ends within so long, such as 10m; the earliest first.",
        transform: DurationArgument.init(parsing:))
    var expiresWithin: DurationArgument?

    @Flag(help: "Only those whose last refresh failed, or that need a login.")
    var failing = false

    @OptionGroup var output: JSONFlag
    @OptionGroup var socket: ControlSocketOption

    /// As many as a page of the API may have.
    private static let page = 1000

    func act(on console: Console) async throws(CommandFailure) {
        var after: String?
        repeat {
            let (page, _) = try await socket.client.ask(request(after: after), for: SessionPageBody.self)
            try show(page.sessions, isFirst: after == nil, on: console)
            guard page.next != after || after == nil else {
                throw CommandFailure(.software, "refreshd gave the same page twice; the list ends here")
            }
            after = page.next
        } while after != nil
    }

    private func request(after: String?) -> SocketRequest {
        var request = SocketRequest(.get, "/v1/sessions")
        request.add("project", project?.rawValue)
        request.add("user", user?.rawValue)
        request.add("provider", provider?.rawValue)
        request.add("standing", standing?.rawValue)
        request.add("expires_within", (expiresWithin?.wholeSeconds).map { "\($0)" })
        request.add("failing", failing ? "true" : nil)
        request.add("after", after)
        request.add("limit", "\(Self.page)")
        return request
    }

    private func show(_ sessions: [SessionBody], isFirst: Bool, on console: Console) throws(CommandFailure) {
        if output.json {
            for session in sessions { try console.write(try SocketClient.json(session) + "\n") }
        } else if sessions.isEmpty && isFirst {
            console.note("refreshd: no session matches")
        } else {
            let table = Table(SessionWords.columns, rows: sessions.map(SessionWords.cells))
            try console.write(table.text(on: console.screen(), heading: isFirst ? .shown : .left))
        }
    }
}
