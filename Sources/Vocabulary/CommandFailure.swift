// Why a command did not do what it was asked to, in words for whoever typed it.

/// Takes what a command was asked for, for standard output; throws where it cannot be written.
package typealias ResultWriter = @Sendable (String) throws(CommandFailure) -> Void

package struct CommandFailure: Error, Hashable, Sendable {
    package let status: ExitStatus
    /// For people; everything foreign in it is escaped.
    package let message: String
    /// Whether the daemon says so, and is thus there.
    package let isAnswer: Bool

    package init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
        isAnswer = false
    }

    /// What the daemon says, in the words of the command line. `status` is HTTP's; `accounts` are those to choose from.
    package init(problem kind: ProblemKind?, status: Int, detail: String, accounts: [Account]?) {
        self.status = ExitStatus(problem: kind, status: status)
        isAnswer = true
        guard kind != .noSuchPath, kind != .methodNotAllowed else {
            message = """
                that socket of refreshd's is not the one that this command asks: `refreshd token` asks the token socket, \
                all others the control socket. Leave --socket out for the usual one.
                """
            return
        }
        guard kind == .severalGrants, let accounts else {
            message = Self.optionsForParameters(in: detail).shown(limit: 4000)
            return
        }
        let options = accounts.map { "  --project \($0.project) --provider-uid \($0.providerUID)".shown(limit: 2200) }
        message =
            "The user has several accounts at this provider. Name one of them:\n"
            + options.joined(separator: "\n")
    }

    /// One of a user's accounts at a provider.
    package struct Account: Sendable {
        let project: String
        let providerUID: String

        package init(project: String, providerUID: String) {
            self.project = project
            self.providerUID = providerUID
        }
    }

    /// The API's parameters are options here: `min_valid` is --min-valid.
    private static func optionsForParameters(in text: String) -> String {
        ["project", "user", "provider", "provider_uid", "min_valid", "max_wait", "standing"].reduce(text) {
            text, name in
            text.replacing("`\(name)`", with: "--" + name.replacing("_", with: "-"))
        }
    }
}
