// `refreshd token` as the help, the completions and the manual tell of it. `TokenProgram` reads and runs it.

import ArgumentParser
import TokenClient

struct TokenCommand: ParsableCommand {
    static let name = "token"

    static let configuration = CommandConfiguration(
        commandName: name, abstract: "Print a fresh access token.",
        usage: TokenProgram.refreshd.forms.joined(separator: "\n"),
        discussion: """
            The token goes to standard output, everything else to standard error:

              token=$(refreshd token --user U --provider google) &&
                printf 'Authorization: Bearer %s\\n' "$token" | curl -H @- …

            The program refreshd-token does the same by the same options, and starts sooner: for scripts that read \
            tokens often.
            """)

    @Option(help: Self.help(.user))
    var user: String?

    @Option(help: Self.help(.provider))
    var provider: String?

    @Option(help: Self.help(.project))
    var project: String?

    @Option(name: .customLong("provider-uid"), help: Self.help(.providerUID))
    var providerUID: String?

    @Option(help: Self.help(.session))
    var session: String?

    @Option(help: Self.help(.minValid))
    var minValid: String?

    @Option(help: Self.help(.maxWait))
    var maxWait: String?

    @OptionGroup var output: JSONFlag

    @Option(help: Self.help(.socket), completion: .file())
    var socket = SocketSettings().token.path

    private static func help(_ option: TokenOption) -> ArgumentHelp {
        ArgumentHelp(option.help, valueName: option.valueName)
    }
}
