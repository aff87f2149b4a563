// `refreshd token`, and the same as a program of its own, `refreshd-token`. Scripts run it for each token they need, so
// it takes no longer than a process must: nothing else of refreshd is woken for it.

import Glibc
import Hardening
package import Vocabulary

package struct TokenProgram: Sendable {
    /// What it is called by in a command line.
    let command: String
    /// What its lines on standard error begin with.
    let name: String

    package static let refreshd = TokenProgram(command: "refreshd token", name: "refreshd")
    package static let refreshdToken = TokenProgram(command: "refreshd-token", name: "refreshd-token")

    /// How it is called, for a help of all commands.
    package var forms: [String] { help.forms }

    /// Runs the command line of this process by the words that follow the command, and ends the process.
    package func start(_ arguments: some Sequence<String>) -> Never {
        // Whoever reads the output may go away: writing fails then, and says so.
        signal(SIGPIPE, SIG_IGN)
        do throws(HardeningError) {
            try hardenProcess()
        } catch {
            exit(tell(CommandFailure(.software, error.description), StandardStreams.note).rawValue)
        }
        let failure = run(Array(arguments), write: StandardStreams.write, note: StandardStreams.note)
        exit(failure?.rawValue ?? 0)
    }

    /// Runs one command line; gives its exit status, nil for 0. `write` takes the result, `note` lines for people.
    package func run(
        _ arguments: [String], write: (String) throws(CommandFailure) -> Void, note: (String) -> Void
    ) -> ExitStatus? {
        do throws(CommandFailure) {
            switch try read(arguments) {
            case .help: try write(help.text)
            case .version: try write(Version.text + "\n")
            case .ask(let question, let socket, let form):
                let answer = try ask(question, at: socket)
                if let shortfall = answer.shortfall { note("\(name): \(shortfall)") }
                let result =
                    switch form {
                    case .token: answer.token
                    case .json: answer.json
                    }
                try write(result.reveal() + "\n")
            }
            return nil
        } catch {
            return tell(error, note)
        }
    }

    private var help: TokenHelp { TokenHelp(command: command) }

    private func read(_ arguments: [String]) throws(CommandFailure) -> TokenArguments {
        do throws(ArgumentFlaw) {
            return try TokenArguments(arguments)
        } catch {
            throw CommandFailure(.usage, "\(error.words)\n\(help.usage)\nFor more: \(command) --help")
        }
    }

    private func ask(_ question: TokenQuestion, at socket: String) throws(CommandFailure) -> TokenAnswer {
        try SocketTrouble.check(path: socket)
        let refusal: [UInt8]
        do throws(SocketTrouble) {
            let answer = try SocketCall(socket: socket, patience: question.patience).get(question.path)
            if answer.isSuccess { return try TokenAnswer(body: answer.body) }
            refusal = answer.body
        } catch {
            throw error.failure(at: socket)
        }
        throw CommandFailure(problem: refusal) ?? SocketTrouble.notUnderstood.failure(at: socket)
    }

    private func tell(_ failure: CommandFailure, _ note: (String) -> Void) -> ExitStatus {
        note("\(name): \(failure.message)")
        return failure.status
    }
}
