// What `--help` prints.

import UnixSockets
import Vocabulary

struct TokenHelp {
    /// What the program is called by.
    let command: String

    var text: String {
        """
        Print a fresh access token.

        The token goes to standard output, everything else to standard error:

          token=$(\(command) --user U --provider google) &&
            printf 'Authorization: Bearer %s\\n' "$token" | curl -H @- …

        `refreshd token` and `refreshd-token` are the same; the second is a program of its own, which starts sooner.

        \(usage)

        Options:
        \(options)

        \(ExitStatus.list)

        """
    }

    var usage: String { "Usage: " + forms.joined(separator: "\n       ") }

    /// How it is called.
    var forms: [String] {
        [
            "\(command) --user <id> --provider <name> [--project <name>] [--provider-uid <uid>]",
            "\(command) --session <project>/<id>",
        ]
    }

    private var options: String {
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
