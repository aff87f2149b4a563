// `refreshd forget`: erases everything of a person, and says plainly what would bring it back.

import ArgumentParser
import RefreshPolicy
import TokenAPI
import Vocabulary

struct ForgetCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Erase everything of a user: sessions, tokens, secrets, and how much they were read.",
        discussion: """
            It is gone when this returns, from the store's files too; while a backup is being made, from their bytes \
            within a minute of its end. The user stays logged in at Appwrite, where the project's API key would find \
            the sessions again: delete the user there, or the sessions, and refreshd erases what it knows by itself. \
            What journald has written of the user is journald's to erase.
            """)

    @Option(help: "Appwrite's id of the user.", transform: Argument.identifier)
    var user: UserID

    @Option(help: "Only in this project; else in all that know the user.", transform: Argument.identifier)
    var project: ProjectAlias?

    @OptionGroup var output: JSONFlag
    @OptionGroup var socket: ControlSocketOption

    func act(on console: Console) async throws(CommandFailure) {
        var request = SocketRequest(.delete, "/v1/users/\(user)")
        request.add("project", project?.rawValue)
        let (body, json) = try await socket.client.ask(request, for: ForgottenBody.self)
        guard !output.json else { return try console.write(json + "\n") }
        try console.write(
            body.projects.map { project in
                let count = project.sessions == 1 ? "1 session" : "\(project.sessions) sessions"
                return "\(project.project.shown()): \(count) of user \(body.userID.shown()) erased, with all tokens.\n"
            }.joined())
        let returning = body.projects.filter(\.comesBack).map { $0.project.shown() }
        guard !returning.isEmpty else { return }
        console.note(
            """
            refreshd: as long as the user is logged in at Appwrite, the sessions of \(returning.joined(separator: ", ")) \
            are found again by the API key. To have them gone for good, delete the user there, or end their sessions.
            """)
    }
}
