// What is wrong before the daemon is asked: usage, sockets, settings. Each with its exit status and a remedy.

import Fakes
import Foundation
import NIOCore
import Testing
import TokenClient
import UnixSockets
import Vocabulary

@testable import Refreshd

@Suite("The command line", .timeLimit(.minutes(10))) struct CommandLineTests {
    @Test(
        "A wrong command line is refused with the reason",
        arguments: [
            (["token"], "Say whose token: --user and --provider, or --session."),
            (["token", "--user", "ada"], "Say whose token: --user and --provider, or --session."),
            (
                ["token", "--session", "shop/s1", "--user", "ada"],
                "--session already says whose token: leave out user, provider and project."
            ),
            (["token", "--session", "s1"], "A session is named PROJECT/ID"),
            (["token", "--session", "shop/current"], "Name the session by its id"),
            (["token", "--user", "a/b", "--provider", "google"], "A user id has 1 to 255 letters"),
            (
                ["token", "--user", "ada", "--provider", "google", "--min-valid", "60"],
                "A duration is a number and a unit, such as 30s, 5m or 1h. Write the unit too: 60s for seconds"
            ),
            (["session", "list", "--standing", "sleepy"], "The standings are: fresh, due, refreshing, in-doubt"),
            (["session", "add"], "--project"),
            (["session", "add", "--project", "console"], "A project has 1 to 64 letters"),
            (["tokens"], "there is no command tokens. Did you mean token? The commands are: serve, token, "),
            (["frobnicate"], "there is no command frobnicate. The commands are: serve, "),
        ])
    func usage(arguments: [String], told: String) async {
        let run = await refreshd(arguments)

        #expect(run.status == 64)
        #expect(run.output == "")
        #expect(run.notes.contains(told))
    }

    @Test("Help goes to standard output, ends with 0 and names every exit status")
    func help() async {
        let run = await refreshd(["--help"])

        #expect(run.status == 0)
        #expect(run.notes == "")
        for status in ExitStatus.allCases {
            #expect(run.output.split(whereSeparator: \.isWhitespace).contains("\(status.rawValue)"))
        }
    }

    @Test("A socket that is not there, dead, or no path at all is told with what to do")
    func sockets() async throws {
        try await withFolder { folder in
            let dead = folder + "/dead"
            try leaveDeadSocket(at: dead)
            let long = "/" + String(repeating: "a", count: 107)

            let missing = await refreshd(["status", "--socket", folder + "/none"])
            #expect(missing.status == 69)
            #expect(
                missing.notes == """
                    refreshd: there is no socket \(folder)/none: refreshd does not run, or listens elsewhere. See: \
                    systemctl status refreshd. Name another socket by --socket.

                    """)
            let stopped = await refreshd(["status", "--socket", dead])
            #expect(stopped.status == 69)
            #expect(
                stopped.notes
                    == "refreshd: nobody listens at \(dead): refreshd has stopped. See: systemctl status refreshd\n")
            let folderInstead = await refreshd(["status", "--socket", folder])
            #expect(folderInstead.status == 69)
            #expect(
                folderInstead.notes.hasPrefix("refreshd: \(folder) is no socket. Name that of refreshd by --socket"))
            let tooLong = await refreshd(["status", "--socket", long])
            #expect(tooLong.status == 64)
            #expect(tooLong.notes == "refreshd: a socket's path has at most 107 bytes, and --socket has 108\n")
        }
    }

    @Test("Who may not connect is told who may")
    func permission() throws {
        let refusal = IOError(errnoCode: EACCES, reason: "connect")
        let folder = FileManager.default.temporaryDirectory.path + "/mode-\(UUID().uuidString)"
        #expect(FileManager.default.createFile(atPath: folder, contents: nil))
        defer { #expect(unlink(folder) == 0) }

        #expect(chmod(folder, 0o660) == 0)
        let member = SocketTrouble(refusal, patience: .seconds(1)).failure(at: folder)
        #expect(member.status == .noPermission)
        if getegid() == 0 {
            // The file is of this process's group, and nobody is to be made a member of root's.
            #expect(member.message.contains("Only root may."))
            #expect(chown(folder, geteuid(), 1) == 0)
        }
        let other = SocketTrouble(refusal, patience: .seconds(1)).failure(at: folder)
        #expect(other.message.contains("by usermod -aG "))
        #expect(chmod(folder, 0o600) == 0)
        let owner = SocketTrouble(refusal, patience: .seconds(1)).failure(at: folder)
        #expect(owner.message.hasSuffix("Only the socket's owner may: run this as root, by sudo."))
        let hidden = SocketTrouble(refusal, patience: .seconds(1)).failure(at: folder + "/x")
        #expect(hidden.message.contains("the folder's group may"))
    }

    @Test("Law 7: an error that may quote what was sent is not repeated")
    func strangeError() {
        struct Quoting: Error { let sent = "SWORDFISH" }
        let failure = SocketTrouble(Quoting(), patience: .seconds(1)).failure(at: "/s")

        #expect(failure.status == .tryAgain)
        #expect(!failure.message.contains("SWORDFISH"))
    }

    @Test("Settings are checked without a daemon")
    func checkSettings() async throws {
        try await withFolder { folder in
            let file = folder + "/refreshd.yaml"
            try Data("projects: { main: { endpoint: https://a.example/v1, project: shop } }".utf8)
                .write(to: URL(filePath: file))
            let sound = await refreshd(["check-settings", "--config", file])
            #expect(sound.status == 0)
            #expect(sound.output == "\(file) is sound. Projects: main.\n")

            try Data("projects: { main: { endpoint: 1, project: shop, x: y } }".utf8).write(to: URL(filePath: file))
            let mistaken = await refreshd(["check-settings", "--config", file])
            #expect(mistaken.status == 78)
            #expect(mistaken.notes.hasPrefix("refreshd: 2 mistakes in the settings:\n\(file):1:31: "))

            let missing = await refreshd(["check-settings", "--config", folder + "/none"])
            #expect(missing.status == 66)
            #expect(missing.notes.hasSuffix("/none does not exist: write it, or name another by --config\n"))
        }
    }

    @Test("A command that asks refreshd's other socket is told so")
    func otherSocket() async throws {
        try await withControl(Sample.control()) { socket in
            let run = await refreshd(["token", "--user", "ada", "--provider", "google"] + socket)
            #expect(run.status == 70)
            #expect(run.notes.hasPrefix("refreshd: that socket of refreshd's is not the one that this command asks: "))
        }
        try await withTokens(ScriptedTokens(.unknownSession)) { socket in
            // The token socket has no path of the first, and takes but another method at that of the second.
            for command in [["status"], ["session", "list"]] {
                let run = await refreshd(command + socket)
                #expect(run.status == 70)
                #expect(
                    run.notes.hasPrefix("refreshd: that socket of refreshd's is not the one that this command asks: "))
            }
        }
    }

    @Test("A file that cannot be made is told in its own terms, and not in the store's")
    func files() async throws {
        try await withFolder { folder in
            let nowhere = await refreshd(["key", "new", folder + "/none/key"])
            #expect(nowhere.status == 66)
            #expect(
                nowhere.notes == "refreshd: There is no folder \(folder)/none. Make it, or name a file in another.\n")
            // Not even root can make a file in /sys.
            let forbidden = await refreshd(["key", "new", "/sys/key"])
            #expect(forbidden.status == 77)
            #expect(forbidden.notes.hasPrefix("refreshd: /sys/key may not be made: "))
        }
    }

    /// A socket's file that outlived its process.
    private func leaveDeadSocket(at path: String) throws {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(withSocketAddress(path) { bind(descriptor, $0, $1) } == 0)
    }
}
