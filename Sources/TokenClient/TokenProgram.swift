// `refreshd-token`: `refreshd token` without all else that refreshd is. Scripts run it for each token they need, so it
// takes no longer than a process must.

import Glibc
import Hardening
package import Vocabulary

package enum TokenProgram {
    /// Runs the command line of this process and ends it.
    package static func start() -> Never {
        // Whoever reads the output may go away: writing fails then, and says so.
        signal(SIGPIPE, SIG_IGN)
        do throws(HardeningError) {
            try hardenProcess()
        } catch {
            exit(tell(CommandFailure(.software, error.description), StandardStreams.note).rawValue)
        }
        let failure = run(
            Array(CommandLine.arguments.dropFirst()), write: StandardStreams.write, note: StandardStreams.note)
        exit(failure?.rawValue ?? 0)
    }

    /// Runs one command line; gives its exit status, nil for 0. `write` takes the result, `note` lines for people.
    package static func run(
        _ arguments: [String], write: (String) throws(CommandFailure) -> Void, note: (String) -> Void
    ) -> ExitStatus? {
        do throws(CommandFailure) {
            switch try read(arguments) {
            case .help: try write(TokenHelp.text)
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

    private static let name = "refreshd-token"

    private static func read(_ arguments: [String]) throws(CommandFailure) -> TokenArguments {
        do throws(ArgumentFlaw) {
            return try TokenArguments(arguments)
        } catch {
            throw CommandFailure(.usage, "\(error.words)\n\(TokenHelp.usage)\nFor more: refreshd-token --help")
        }
    }

    private static func ask(_ question: TokenQuestion, at socket: String) throws(CommandFailure) -> TokenAnswer {
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

    private static func tell(_ failure: CommandFailure, _ note: (String) -> Void) -> ExitStatus {
        note("\(name): \(failure.message)")
        return failure.status
    }
}
