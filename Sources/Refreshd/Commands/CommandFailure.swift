// Why a command did not do what it was asked to, in words for whoever typed it.

import TokenAPI

package struct CommandFailure: Error, Hashable, Sendable {
    package let status: ExitStatus
    /// For people; everything foreign in it is escaped.
    package let message: String
    /// Whether the daemon says so, and is thus there.
    let isAnswer: Bool

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
        isAnswer = false
    }

    /// What the daemon says, in the words of the command line.
    init(_ problem: Problem) {
        status = ExitStatus(problem)
        isAnswer = true
        guard problem.kind != .noSuchPath else {
            message = """
                that socket of refreshd's is not the one that this command asks: `refreshd token` asks the token socket, \
                all others the control socket. Leave --socket out for the usual one.
                """
            return
        }
        guard problem.kind == .severalGrants, let grants = problem.grants else {
            message = Self.optionsForParameters(in: problem.detail).shown(limit: 4000)
            return
        }
        let accounts = grants.map { "  --project \($0.project) --provider-uid \($0.providerUID)".shown(limit: 2200) }
        message =
            "The user has several accounts at this provider. Name one of them:\n"
            + accounts.joined(separator: "\n")
    }

    /// The API's parameters are options here: `min_valid` is --min-valid.
    private static func optionsForParameters(in text: String) -> String {
        text.replacing(/`(project|user|provider|provider_uid|min_valid|max_wait|standing)`/) { match in
            "--" + match.output.1.replacing("_", with: "-")
        }
    }
}
