// `refreshd token`: a fresh token on standard output and nothing else, so that `$(refreshd token …)` is the token.

import ArgumentParser
import RefreshPolicy
import TokenAPI

struct TokenCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Print a fresh access token.",
        usage: """
            refreshd token --user <id> --provider <name> [--project <name>] [--provider-uid <uid>]
            refreshd token --session <project>/<id>
            """,
        discussion: """
            The token goes to standard output, everything else to standard error: \
            curl -H "Authorization: Bearer $(refreshd token --user U --provider google)" …
            """)

    @Option(help: "Appwrite's id of the user.", transform: Argument.identifier)
    var user: UserID?

    @Option(help: "The provider, such as google.", transform: Argument.identifier)
    var provider: ProviderName?

    @Option(help: "The settings' name of the project; not needed where there is one.", transform: Argument.identifier)
    var project: ProjectAlias?

    @Option(name: .customLong("provider-uid"), help: "The account, where the user has several at the provider.")
    var providerUID: String?

    @Option(
        help: ArgumentHelp("One session in place of a user's account.", valueName: "project/id"),
        transform: Argument.session)
    var session: SessionKey?

    @Option(help: "How long the token must live on. (default: 60s)", transform: DurationArgument.init(parsing:))
    var minValid = DurationArgument(.seconds(60))

    @Option(
        help: "How long to wait for a refresh; 0s for not at all. (default: 30s)",
        transform: DurationArgument.init(parsing:))
    var maxWait = DurationArgument(.seconds(30))

    @OptionGroup var output: JSONFlag
    @OptionGroup var socket: TokenSocketOption

    func validate() throws {
        let namesGrant = user != nil || provider != nil || project != nil || providerUID != nil
        guard session == nil || !namesGrant else {
            throw ValidationError("--session already says whose token: leave out user, provider and project.")
        }
        guard session != nil || (user != nil && provider != nil) else {
            throw ValidationError("Say whose token: --user and --provider, or --session.")
        }
    }

    func act(on console: Console) async throws(CommandFailure) {
        let (body, json) = try await socket.client.ask(request, for: TokenBody.self)
        if !body.minValidMet {
            let rest = body.expiresIn.map { "ends in \($0)s" } ?? "has no known end"
            console.note("refreshd: this token \(rest): sooner than asked for, and all there is")
        }
        try console.write((output.json ? json : body.accessToken.secret.reveal()) + "\n")
    }

    private var request: SocketRequest {
        var request = SocketRequest(
            .get, session.map { "/v1/tokens/\($0)" } ?? "/v1/tokens", patience: .seconds(15) + maxWait.duration)
        request.add("project", project?.rawValue)
        request.add("user", user?.rawValue)
        request.add("provider", provider?.rawValue)
        request.add("provider_uid", providerUID)
        request.add("min_valid", "\(minValid.wholeSeconds)")
        request.add("max_wait", "\(maxWait.wholeSeconds)")
        return request
    }
}
