// What may come back over the socket: tokens, problems, and whatever else somebody could send.

import RefreshPolicy
import Testing
import Vocabulary

@testable import TokenClient

/// What the command line left behind.
private struct CommandRun {
    let status: Vocabulary.ExitStatus?
    let output: String
    let notes: String
}

/// What a daemon may say.
private enum Said {
    static let canary = "CANARY-9f3a"
    static let token = """
        {"access_token":"\(canary)","expires_in":1800,"min_valid_met":true,"project":"shop","standing":"fresh"}
        """

    static func answer(_ body: String, status: String = "200 OK", fields: String = "") -> String {
        let head = "HTTP/1.1 \(status)\r\ncontent-type: application/json\r\n\(fields)"
        return head + "content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}

@Suite("Answers to refreshd-token")
struct AnswerTests {
    private func ask(_ server: ScriptedSocket, _ more: [String] = []) -> CommandRun {
        var (output, notes) = ("", "")
        let status = TokenProgram.refreshdToken.run(
            ["--session", "shop/s1", "--socket", server.path] + more,
            write: { text throws(CommandFailure) in output += text },
            note: { notes += $0 + "\n" })
        return CommandRun(status: status, output: output, notes: notes)
    }

    @Test("A token is all that is written, and the request asks for nothing else")
    func token() throws {
        let server = try ScriptedSocket(saying: Said.answer(Said.token))
        let run = ask(server)
        #expect(run.status == nil)
        #expect(run.output == "\(Said.canary)\n")
        #expect(run.notes == "")
        #expect(
            server.request == """
                GET /v1/tokens/shop/s1?min_valid=60&max_wait=30 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n
                """)
    }

    @Test("With --json the body is written as it came")
    func json() throws {
        let run = ask(try ScriptedSocket(saying: Said.answer(Said.token)), ["--json"])
        #expect(run.status == nil)
        #expect(run.output == Said.token + "\n")
    }

    @Test("A token with no known end that is shorter than wished is told so")
    func shortfall() throws {
        let body = #"{"access_token":"t","min_valid_met":false}"#
        let run = ask(try ScriptedSocket(saying: Said.answer(body)))
        #expect(run.output == "t\n")
        #expect(
            run.notes == "refreshd-token: this token has no known end: sooner than asked for, and all there is\n")
    }

    @Test("An answer that comes byte by byte is the same answer")
    func pieces() throws {
        let server = try ScriptedSocket(Said.answer(Said.token).utf8.map { .say([$0]) })
        #expect(ask(server).output == "\(Said.canary)\n")
    }

    @Test("What stands behind the answer is not looked at, nor waited for")
    func behind() throws {
        let server = try ScriptedSocket([.say(Array((Said.answer(Said.token) + "HTTP").utf8)), .fallSilent])
        #expect(ask(server).output == "\(Said.canary)\n")
    }

    @Test("Half an answer is none: the daemon may be restarting", arguments: [0, 1, 12, 40, -1])
    func half(count: Int) throws {
        let whole = Array(Said.answer(Said.token).utf8)
        let part = count < 0 ? whole.dropLast() : whole.prefix(count)
        let run = ask(try ScriptedSocket([.say(Array(part))]))
        #expect(run.status == .tryAgain)
        #expect(run.output == "")
        #expect(
            run.notes == """
                refreshd-token: refreshd closed the connection without an answer: it may be stopping or restarting. \
                Try again.

                """)
    }

    @Test(
        "What is no answer of refreshd's is refused at once, though nobody hangs up, and not repeated",
        arguments: [
            "SSH-2.0-\(Said.canary)\r\n", "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}", "HTTP/1.1 2x0 OK\r\n\r\n",
            "HTTP/1.1 \r\n\r\n", "HTTP/1.1 +20\r\ncontent-length: 2\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\(Said.canary)\r\ncontent-length: 2\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}", "HTTP/1.1 200 OK\r\ncontent-length: 0x2\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n{}",
            Said.answer(""), Said.answer("{}"), Said.answer("[]"),
            Said.answer(#"{"access_token":"","min_valid_met":true}"#),
            Said.answer(#"{"access_token":7,"min_valid_met":true}"#),
            Said.answer(#"{"access_token":"\#(Said.canary)"}"#),
            Said.answer(#"{"access_token":"\#(Said.canary)","min_valid_met":true"#),
            Said.answer(#"{"access_token":"\#(Said.canary)","min_valid_met":true,"expires_in":"soon"}"#),
            Said.answer("<html>\(Said.canary)</html>", status: "502 Bad Gateway"),
            Said.answer(Said.token, status: "302 Found", fields: "location: /\(Said.canary)\r\n"),
            Said.answer(#"{"type":"\#(Said.canary)","status":"404","detail":""}"#, status: "404 Not Found"),
        ])
    func nonsense(answer: String) throws {
        let run = ask(try ScriptedSocket([.say(Array(answer.utf8)), .fallSilent]))
        #expect(run.status == .software)
        #expect(run.output == "")
        #expect(
            run.notes == """
                refreshd-token: the answer is not understood: refreshd itself and this program may be of two versions. \
                Restart refreshd.

                """)
    }

    @Test("Bytes that are no text are refused")
    func foreignBytes() throws {
        let body: [UInt8] = Array(#"{"min_valid_met":true,"access_token":"a"#.utf8) + [0xFF] + Array(#""}"#.utf8)
        let head = Array("HTTP/1.1 200 OK\r\ncontent-length: \(body.count)\r\n\r\n".utf8)
        #expect(ask(try ScriptedSocket([.say(head + body)])).status == .software)
    }

    @Test(
        "More than refreshd ever sends is not read",
        arguments: [
            "HTTP/1.1 200 OK\r\ncontent-length: 1048577\r\n\r\n",
            "HTTP/1.1 200 OK\r\nx: " + String(repeating: "y", count: 20_000),
        ])
    func huge(answer: String) throws {
        let run = ask(try ScriptedSocket([.say(Array(answer.utf8)), .fallSilent]))
        #expect(run.status == .software)
        #expect(run.notes == "refreshd-token: refreshd's answer is larger than any answer it should give\n")
    }

    @Test("A large answer within the limit is read whole")
    func large() throws {
        let long = String(repeating: "t", count: 1_000_000)
        let body = #"{"access_token":"\#(long)","min_valid_met":true}"#
        #expect(ask(try ScriptedSocket(saying: Said.answer(body))).output == long + "\n")
    }

    @Test("Nobody is waited for longer than said")
    func silence() throws {
        let server = try ScriptedSocket([.say(Array("HTTP/1.1 200".utf8)), .fallSilent])
        let trouble = #expect(throws: SocketTrouble.self) {
            try SocketCall(socket: server.path, patience: .milliseconds(50)).get("/")
        }
        #expect(trouble == .noAnswer(within: .milliseconds(50)))
        #expect(
            trouble?.failure(at: server.path).message
                == "refreshd did not answer within 50ms. See: systemctl status refreshd")
    }

    @Test("A problem is told in its own words, escaped, and ends as its type says")
    func problem() throws {
        let body = #"""
            {"type":"urn:refreshd:problem:unknown-project","title":"","status":404,"detail":"No `project`\u001b[2J here."}
            """#
        let run = ask(try ScriptedSocket(saying: Said.answer(body, status: "404 Not Found")))
        #expect(run.status == .noInput)
        #expect(run.output == "")
        #expect(run.notes == "refreshd-token: No --project\\u{1b}[2J here.\n")
    }

    @Test(
        "A problem that is new to this program ends as its status says", arguments: [(429, 75), (503, 75), (418, 69)])
    func newProblem(status: Int, exit: Int32) throws {
        let body = #"{"type":"urn:refreshd:problem:tea","status":\#(status),"detail":"Tea."}"#
        let run = ask(try ScriptedSocket(saying: Said.answer(body, status: "\(status) Tea")))
        #expect(run.status?.rawValue == exit)
        #expect(run.notes == "refreshd-token: Tea.\n")
    }

    @Test("An output that cannot be written has its own status")
    func unwritten() throws {
        let server = try ScriptedSocket(saying: Said.answer(Said.token))
        let status = TokenProgram.refreshdToken.run(
            ["--session", "shop/s1", "--socket", server.path],
            write: { _ throws(CommandFailure) in throw CommandFailure(.cannotWrite, "full") }, note: { _ in })
        #expect(status == .cannotWrite)
    }

    @Test("A token is not shown where an answer is described")
    func secrecy() throws {
        let answer = try TokenAnswer(body: Said.token.utf8)
        var dumped = "\(answer)"
        dump(answer, to: &dumped)
        #expect(!dumped.contains(Said.canary))
        #expect(answer.token.reveal() == Said.canary)
    }
}
