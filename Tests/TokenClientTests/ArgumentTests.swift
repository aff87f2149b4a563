// The command line of refreshd-token: what is taken, and what is said of everything else.

import RefreshPolicy
import Testing
import Vocabulary

@testable import TokenClient

@Suite("Arguments of refreshd-token")
struct ArgumentTests {
    private func read(_ line: String) throws(ArgumentFlaw) -> TokenArguments {
        try TokenArguments(line.split(separator: " ").map(String.init))
    }

    private func path(_ line: String) throws -> String? {
        guard case .ask(let question, _, _) = try read(line) else { return nil }
        return question.path
    }

    @Test(
        "Options become what is asked for",
        arguments: [
            ("--user ada --provider google", "/v1/tokens?user=ada&provider=google&min_valid=60&max_wait=30"),
            (
                "--provider=google --user=ada --project=shop --provider-uid=-ü&=",
                "/v1/tokens?user=ada&provider=google&project=shop&provider_uid=-%C3%BC%26%3D&min_valid=60&max_wait=30"
            ),
            ("--session shop/s1 --min-valid 5m --max-wait 1ms", "/v1/tokens/shop/s1?min_valid=300&max_wait=1"),
            ("--session shop/s1 --session shop/s2 --max-wait 0s", "/v1/tokens/shop/s2?min_valid=60&max_wait=0"),
        ])
    func paths(line: String, expected: String) throws {
        #expect(try path(line) == expected)
    }

    @Test("The socket is the usual one, and the token alone is written, unless told otherwise")
    func forms() throws {
        guard case .ask(let question, "/run/refreshd/token.sock", .token) = try read("--session shop/s1") else {
            Issue.record("another socket or form")
            return
        }
        #expect(question.patience == .seconds(45))
        guard case .ask(_, "/tmp/s", .json) = try read("--json --session shop/s1 --socket /tmp/s --json") else {
            Issue.record("another socket or form")
            return
        }
    }

    @Test(
        "Help is given, whatever else is asked for", arguments: ["--help", "-h", "--session a/b -h", "--json --help"])
    func help(line: String) throws {
        #expect(try read(line) == .help)
    }

    @Test(
        "A wrong line is refused with the reason, and without what may be a secret",
        arguments: [
            ("", "Say whose token: --user and --provider, or --session."),
            ("--user ada", "Say whose token: --user and --provider, or --session."),
            (
                "--session shop/s1 --project shop",
                "--session already says whose token: leave out user, provider and project."
            ),
            ("--user", "--user needs a value."),
            (
                "--user --provider google",
                """
                --user needs a value; one that begins with a hyphen is written behind an equals sign, as in --user=-1.
                """
            ),
            ("--json=yes --user a", "--json takes no value."), ("--help=yes", "--help takes no value."),
            ("--usr ada", "There is no option --usr."), ("--us\u{1B}[2J", "There is no option --us\\u{1b}[2J."),
            (
                "--user ada SWORDFISH",
                "One of the words is no option, nor the value of one. Write --user ID, or --user=ID."
            ),
            ("-u ada", "One of the words is no option, nor the value of one. Write --user ID, or --user=ID."),
            ("-- --user", "One of the words is no option, nor the value of one. Write --user ID, or --user=ID."),
            ("--tokn=SWORDFISH", "There is no option --tokn."),
            (
                "--min-valid 60",
                """
                --min-valid: A duration is a number and a unit, such as 30s, 5m or 1h. Write the unit too: 60s for \
                seconds, 60m for minutes.
                """
            ),
            (
                "--session SWORDFISH",
                """
                --session: A session is named PROJECT/ID, by the settings' name of its project and Appwrite's id of the \
                session.
                """
            ),
            (
                "--user SWORD/FISH --provider google",
                """
                --user: A user id has 1 to 255 letters, digits and . _ - and starts with a letter or digit.
                """
            ),
            (
                "--user= --provider google",
                """
                --user: A user id has 1 to 255 letters, digits and . _ - and starts with a letter or digit.
                """
            ),
        ])
    func refused(line: String, words: String) {
        #expect(throws: ArgumentFlaw(words)) { try read(line) }
        #expect(!words.contains("SWORD"))
    }

    @Test("A refusal goes to standard error, with how it is right, and help to standard output")
    func told() {
        var (output, notes) = ("", "")
        let write = { (text: String) throws(CommandFailure) in output += text }
        #expect(TokenProgram.refreshdToken.run([], write: write) { notes += $0 } == .usage)
        #expect(output == "")
        #expect(notes.hasPrefix("refreshd-token: Say whose token"))
        #expect(notes.hasSuffix("For more: refreshd-token --help"))
        notes = ""
        #expect(TokenProgram.refreshdToken.run(["--help"], write: write) { notes += $0 } == nil)
        #expect(notes == "")
        for option in TokenOption.allCases {
            #expect(output.contains("  --\(option.rawValue)") || option == .help)
        }
        #expect(output.contains("(default: /run/refreshd/token.sock)"))
        for status in Vocabulary.ExitStatus.allCases {
            #expect(output.contains("\n  \(status.rawValue)  \(status.meaning)"))
        }
        output = ""
        #expect(TokenProgram.refreshdToken.run(["--version"], write: write) { notes += $0 } == nil)
        #expect(output == Version.text + "\n")
    }

    @Test("A path that is no socket's is refused before it is tried")
    func paths() {
        var notes = ""
        let write = { (_: String) throws(CommandFailure) in }
        let long = "/" + String(repeating: "a", count: 107)
        let tooLong = ["--session", "a/b", "--socket", long]
        #expect(TokenProgram.refreshdToken.run(tooLong, write: write) { notes += $0 } == .usage)
        #expect(notes == "refreshd-token: a socket's path has at most 107 bytes, and --socket has 108")
        #expect(TokenProgram.refreshdToken.run(["--session", "a/b", "--socket="], write: write) { _ in } == .usage)
    }
}
