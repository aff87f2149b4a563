// `refreshd session add`: registers a session by its secret. The secret comes from a file or standard input, never from
// an argument, which every user of the machine could see (law 7).

import ArgumentParser
import RefreshPolicy
import TokenAPI
import Vocabulary

struct SessionAddCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Register a session by its secret, to be kept fresh as long as it lives.",
        discussion: """
            The secret is read from standard input, without echo on a terminal, or from a file. A user to whom a rule of \
            access gives the right to register names the token socket by --socket.
            """)

    @Option(help: "The settings' name of the project.", transform: Argument.identifier)
    var project: ProjectAlias

    @Option(help: "The file that holds the secret, alone.", completion: .file())
    var secretFile: String?

    @ArgumentParser.Argument(help: .hidden)
    var misplaced: [String] = []

    @OptionGroup var output: JSONFlag
    @OptionGroup var socket: ControlSocketOption

    func validate() throws {
        guard misplaced.isEmpty else {
            throw ValidationError(
                """
                A secret is never an argument: other users see it in the list of processes, and the shell keeps it. \
                Give it on standard input or by --secret-file. If that one was real, end its session.
                """)
        }
    }

    func act(on console: Console) async throws(CommandFailure) {
        let registration = RegistrationBody(project: project.rawValue, secret: try readSecret(from: console))
        var request = SocketRequest(.post, "/v1/sessions", patience: .seconds(60))
        try request.send(registration)
        let (body, json) = try await socket.client.ask(request, for: Registered.self)
        try console.write(output.json ? json + "\n" : "Registered \(body.line)\n")
    }

    /// Appwrite's secrets have some 300 bytes.
    private static let largestSecret = 64 * 1024

    private func readSecret(from console: Console) throws(CommandFailure) -> Secret {
        let source = secretFile.map { "the file \($0.shown())" } ?? "standard input"
        var bytes: [UInt8]
        do throws(FileTrouble) {
            bytes =
                if let secretFile {
                    try BoundedFile.read(secretFile, limit: Self.largestSecret)
                } else {
                    try console.readSecret("Session secret: ", Self.largestSecret)
                }
        } catch {
            throw CommandFailure(ExitStatus(error), "\(source) \(error.words)")
        }
        // Editors and `echo` end a text with a line break; the secret has none.
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self), let secret = Secret(text) else {
            throw CommandFailure(.data, "\(source) holds no secret: give the session's secret, and nothing else")
        }
        return secret
    }
}

/// What is answered to whoever may control, or to whoever may only register.
private enum Registered: Decodable {
    case all(SessionBody)
    case ids(RegisteredBody)

    init(from decoder: any Decoder) throws {
        do {
            self = .all(try SessionBody(from: decoder))
        } catch is DecodingError {
            self = .ids(try RegisteredBody(from: decoder))
        }
    }

    var line: String {
        switch self {
        case .all(let session): SessionWords.line(of: session)
        case .ids(let session):
            "\(session.project)/\(session.sessionID) of user \(session.userID) at \(session.provider)".shown(
                limit: 1000)
        }
    }
}
