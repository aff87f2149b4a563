// What `refreshd-token --help` prints.

import UnixSockets
import Vocabulary

enum TokenHelp {
    static var text: String {
        """
        Print a fresh access token.

        The token goes to standard output, everything else to standard error:

          token=$(refreshd-token --user U --provider google) &&
            printf 'Authorization: Bearer %s\\n' "$token" | curl -H @- …

        refreshd-token is `refreshd token` as a program of its own, which starts in a tenth of the time.

        \(usage)

        Options:
        \(options)

        \(ExitStatus.list)

        """
    }

    static let usage = """
        Usage: refreshd-token --user <id> --provider <name> [--project <name>] [--provider-uid <uid>]
               refreshd-token --session <project>/<id>
        """

    private static var options: String {
        let terms = TokenOption.allCases.map { option in
            let name = (option == .help ? "-h, " : "") + "--\(option.rawValue)"
            let standard = option == .socket ? " (default: \(UsualSockets.token))" : ""
            return (term: name + (option.valueName.map { " <\($0)>" } ?? ""), help: option.help + standard)
        }
        let width = terms.map(\.term.count).max() ?? 0
        return terms.map { "  \($0.term)\(String(repeating: " ", count: width - $0.term.count))  \($0.help)" }
            .joined(separator: "\n")
    }
}
