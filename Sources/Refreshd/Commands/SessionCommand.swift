// `refreshd session …`: what operators do with single sessions, on the control socket.

import ArgumentParser
import RefreshPolicy
import TokenAPI
import Vocabulary

struct SessionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Register, list, show, refresh and remove sessions.",
        subcommands: [
            SessionAddCommand.self, SessionListCommand.self, SessionShowCommand.self, SessionRefreshCommand.self,
            SessionRemoveCommand.self,
        ])
}

/// The session that a command is about.
struct SessionArgument: ParsableArguments {
    @ArgumentParser.Argument(
        help: ArgumentHelp("The session, as `session list` shows it.", valueName: "project/id"),
        transform: Argument.session)
    var key: SessionKey
}

struct SessionShowCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show all that is known of a session, what became of it, and what comes next.",
        discussion: "Tokens and secrets are never shown.")

    @OptionGroup var session: SessionArgument
    @OptionGroup var output: JSONFlag
    @OptionGroup var socket: ControlSocketOption

    func act(on console: Console) async throws(CommandFailure) {
        let request = SocketRequest(.get, "/v1/sessions/\(session.key)")
        let (body, json) = try await socket.client.ask(request, for: SessionBody.self)
        guard !output.json else { return try console.write(json + "\n") }
        try console.write(SessionStoryText(session: body, screen: console.screen()).text)
    }
}

struct SessionRefreshCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh", abstract: "Refresh a session now, if its state and the budget allow.",
        discussion: """
            Ends with 0 when a new token came; with 75 when none came now, 67 when the user must log in again, and 65 \
            when there is nothing to refresh it by. The reason is printed.
            """)

    @OptionGroup var session: SessionArgument

    @Option(help: "How long to wait for the outcome. (default: 30s)", transform: DurationArgument.init(parsing:))
    var maxWait = DurationArgument(.seconds(30))

    @OptionGroup var output: JSONFlag
    @OptionGroup var socket: ControlSocketOption

    func act(on console: Console) async throws(CommandFailure) {
        var request = SocketRequest(
            .post, "/v1/sessions/\(session.key)/refresh", patience: .seconds(15) + maxWait.duration)
        request.add("max_wait", "\(maxWait.wholeSeconds)")
        let (body, json) = try await socket.client.ask(request, for: RefreshBody.self)
        let outcome = "\(session.key): \(body.ending.shown()). It stands so: \(SessionWords.line(of: body.session))"
        if output.json { try console.write(json + "\n") }
        guard body.ending == "renewed" else { throw CommandFailure(Self.status(of: body.session), outcome) }
        if !output.json { try console.write(outcome + "\n") }
    }
}

extension SessionRefreshCommand {
    /// What to ask again helps with, and what it does not.
    private static func status(of session: SessionBody) -> ExitStatus {
        switch Standing(rawValue: session.standing) {
        case .unrefreshable, .unexpiring: .data
        case .needsLogin, .ended: .noUser
        case .fresh, .due, .refreshing, .inDoubt, .backingOff, .idle, .spare, nil: .tryAgain
        }
    }
}

struct SessionRemoveCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Forget a session and its tokens. The user stays logged in at Appwrite.",
        discussion: "A session that the project's API key finds comes back with the next walk over all users.")

    @OptionGroup var session: SessionArgument
    @OptionGroup var socket: ControlSocketOption

    func act(on console: Console) async throws(CommandFailure) {
        _ = try await socket.client.answer(to: SocketRequest(.delete, "/v1/sessions/\(session.key)"))
        try console.write("\(session.key) is forgotten.\n")
    }
}
