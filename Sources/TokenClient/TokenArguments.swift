// The options that ask for a token, read as those of all other commands: `--option value` or `--option=value`, in any
// order; the last of two holds.

import RefreshPolicy
import UnixSockets
import Vocabulary

enum TokenArguments: Hashable {
    case help
    case version
    case ask(TokenQuestion, socket: String, form: Form)

    enum Form: Hashable {
        /// The token alone.
        case token
        case json
    }

    init(_ arguments: [String]) throws(ArgumentFlaw) {
        let given = try Given(arguments)
        guard !given.has(.help) else {
            self = .help
            return
        }
        guard !given.has(.version) else {
            self = .version
            return
        }
        let question = try TokenQuestion(
            user: try given.read(.user, ArgumentText.identifier),
            provider: try given.read(.provider, ArgumentText.identifier),
            project: try given.read(.project, ArgumentText.identifier),
            providerUID: given.value(of: .providerUID),
            session: try given.read(.session, ArgumentText.session),
            minValid: try given.read(.minValid, ArgumentText.duration) ?? TokenQuestion.usualMinValid,
            maxWait: try given.read(.maxWait, ArgumentText.duration) ?? TokenQuestion.usualMaxWait)
        self = .ask(
            question, socket: given.value(of: .socket) ?? UsualSockets.token,
            form: given.has(.json) ? .json : .token)
    }

    /// The options as they stand, their values not read yet.
    private struct Given {
        private var options: [(option: TokenOption, value: String?)] = []

        init(_ arguments: [String]) throws(ArgumentFlaw) {
            var rest = arguments[...]
            while let argument = rest.popFirst() {
                let (option, value) = try Self.option(argument)
                switch (option.valueName, value) {
                case (nil, nil): options.append((option, nil))
                case (nil, .some): throw ArgumentFlaw("--\(option.rawValue) takes no value.")
                case (.some, let value?): options.append((option, value))
                case (.some, nil):
                    // What begins with a hyphen is the next option, and a value only behind `=`.
                    guard let next = rest.first else { throw ArgumentFlaw("--\(option.rawValue) needs a value.") }
                    guard !next.hasPrefix("-") else {
                        throw ArgumentFlaw(
                            """
                            --\(option.rawValue) needs a value; one that begins with a hyphen is written behind an equals \
                            sign, as in --\(option.rawValue)=-1.
                            """)
                    }
                    options.append((option, next))
                    rest.removeFirst()
                }
            }
        }

        func has(_ option: TokenOption) -> Bool { options.contains { $0.option == option } }

        /// The last one holds.
        func value(of option: TokenOption) -> String? { options.last { $0.option == option }?.value }

        func read<Value>(
            _ option: TokenOption, _ read: (String) throws(ArgumentFlaw) -> Value
        ) throws(ArgumentFlaw) -> Value? {
            guard let text = value(of: option) else { return nil }
            do throws(ArgumentFlaw) {
                return try read(text)
            } catch {
                throw ArgumentFlaw("--\(option.rawValue): \(error.words)")
            }
        }

        /// An option, and what stands behind its `=`. What is none is not quoted, but for its name: it may be a secret.
        private static func option(_ argument: String) throws(ArgumentFlaw) -> (TokenOption, value: String?) {
            if argument == "-h" { return (.help, nil) }
            guard argument.hasPrefix("--"), argument.utf8.count > 2 else {
                throw ArgumentFlaw(
                    "One of the words is no option, nor the value of one. Write --user ID, or --user=ID.")
            }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let option = TokenOption(rawValue: String(parts[0])) else {
                throw ArgumentFlaw("There is no option --\(String(parts[0]).shown(limit: 40)).")
            }
            return (option, parts.count == 2 ? String(parts[1]) : nil)
        }
    }
}
