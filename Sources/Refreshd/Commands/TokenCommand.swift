// `refreshd token`: a fresh token on standard output and nothing else, so that `$(refreshd token …)` is the token.

import ArgumentParser
import RefreshPolicy
import TokenClient
import Vocabulary

struct TokenCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Print a fresh access token.",
        usage: """
            refreshd token --user <id> --provider <name> [--project <name>] [--provider-uid <uid>]
            refreshd token --session <project>/<id>
            """,
        discussion: """
            The token goes to standard output, everything else to standard error:

              token=$(refreshd token --user U --provider google) &&
                printf 'Authorization: Bearer %s\\n' "$token" | curl -H @- …

            The program refreshd-token does the same by the same options, and starts in a tenth of the time: for \
            scripts that read tokens often.
            """)

    @Option(help: Self.help(.user), transform: Argument.identifier)
    var user: UserID?

    @Option(help: Self.help(.provider), transform: Argument.identifier)
    var provider: ProviderName?

    @Option(help: Self.help(.project), transform: Argument.identifier)
    var project: ProjectAlias?

    @Option(name: .customLong("provider-uid"), help: Self.help(.providerUID))
    var providerUID: String?

    @Option(help: Self.help(.session), transform: Argument.session)
    var session: SessionKey?

    @Option(help: Self.help(.minValid), transform: DurationArgument.init(parsing:))
    var minValid = DurationArgument(TokenQuestion.usualMinValid)

    @Option(help: Self.help(.maxWait), transform: DurationArgument.init(parsing:))
    var maxWait = DurationArgument(TokenQuestion.usualMaxWait)

    @OptionGroup var output: JSONFlag
    @OptionGroup var socket: TokenSocketOption

    func act(on console: Console) async throws(CommandFailure) {
        let question: TokenQuestion
        do throws(ArgumentFlaw) {
            question = try self.question()
        } catch {
            throw CommandFailure(.usage, error.words)
        }
        let body = try await socket.client.answer(
            to: SocketRequest(.get, question.path, patience: question.patience))
        let answer: TokenAnswer
        do throws(SocketTrouble) {
            answer = try TokenAnswer(body: body)
        } catch {
            throw error.failure(at: socket.socket)
        }
        if let shortfall = answer.shortfall { console.note("refreshd: \(shortfall)") }
        try console.write((output.json ? answer.json : answer.token).reveal() + "\n")
    }

    private func question() throws(ArgumentFlaw) -> TokenQuestion {
        try TokenQuestion(
            user: user, provider: provider, project: project, providerUID: providerUID, session: session,
            minValid: minValid.duration, maxWait: maxWait.duration)
    }

    /// In the words of `refreshd-token`.
    private static func help(_ option: TokenOption) -> ArgumentHelp {
        ArgumentHelp(option.help, valueName: option.valueName)
    }
}
