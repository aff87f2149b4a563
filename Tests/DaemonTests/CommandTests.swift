// The command line as processes against the running daemon: what goes to which stream, and the exit statuses that
// scripts decide by.

import AppwriteModel
import AppwriteSimulator
import Foundation
import Harness
import Testing

@Suite("Commands")
struct CommandTests {
    @Test(
        "A token is printed and nothing else; failures print nothing there",
        arguments: [["refreshd", "token"], ["refreshd-token"]])
    func token(_ program: [String]) async throws {
        try await withWorld { world in
            let anna = try world.logIn()
            try await world.daemon.start()
            try await world.untilServed(anna)
            let token = { (arguments: [String]) in
                try await world.daemon.command(
                    program.dropFirst() + ["--socket", world.daemon.tokenSocket] + arguments,
                    of: try BuiltProgram.path(program[0]))
            }
            let byUser = ["--user", anna.userId, "--provider", "google"]

            let plain = try await token(byUser)
            #expect(plain.ending == .exited(0))
            #expect(plain.output == anna.accessToken + "\n")
            #expect(plain.errors.isEmpty)
            let json = try await token(["--session", "main/\(anna.sessionId)", "--json"])
            let body = try JSONCoding.decode(JSON.self, from: Data(json.output.utf8))
            #expect(body["access_token"]?.text == anna.accessToken)
            let short = try await token(byUser + ["--min-valid", "24h", "--max-wait", "0s"])
            #expect(short.ending == .exited(0))
            #expect(short.output == anna.accessToken + "\n")
            #expect(short.errors.contains("sooner than asked for"))

            let failures: [([String], Int32)] = [
                (["--user", "nobody", "--provider", "google"], 66), (byUser + ["--project", "nowhere"], 66),
                (["--user", anna.userId], 64), (byUser + ["--min-valid", "10"], 64),
            ]
            for (arguments, status) in failures {
                let failure = try await token(arguments)
                #expect(failure.ending == .exited(status), "\(arguments)")
                #expect(failure.output.isEmpty && !failure.errors.isEmpty, "\(arguments)")
            }

            world.simulator.change { _ = $0.endSession(anna.sessionId, of: "demo", now: $1) }
            try await world.until("ended", anna)
            #expect(try await token(byUser).ending == .exited(67))
            try await world.daemon.kill()
            let alone = try await token(byUser)
            #expect(alone.ending == .exited(69))
            #expect(alone.errors.contains("nobody listens at"))
        }
    }

    @Test("a user who was blocked is served again when let in, as soon as a refresh is asked for")
    func blocked() async throws {
        var plan = Plan()
        // A look that was under way already would tell of before.
        plan.settings.waits["recheckLogin"] = "1h"
        try await withWorld(plan) { world in
            let login = try world.logIn()
            try await world.daemon.start()
            try await world.untilServed(login)
            func refresh(_ status: UserStatus) async throws -> CommandResult {
                world.simulator.change { $0.setStatus(status, ofUser: login.userId, in: "demo", now: $1) }
                return try await world.daemon.command(
                    ["session", "refresh", "main/\(login.sessionId)", "--socket", world.daemon.controlSocket])
            }

            let refused = try await refresh(.blocked)
            #expect(refused.ending == .exited(67) && refused.errors.contains("user blocked"), "\(refused.errors)")
            #expect(try await world.daemon.token(of: login, project: "main", minValid: 0).status == 410)
            #expect(try await refresh(.blocked).ending == .exited(67))

            let renewed = try await refresh(.active)
            #expect(renewed.ending == .exited(0), "\(renewed.errors)")
            #expect(try await world.daemon.token(of: login, project: "main", minValid: 0).status == 200)
        }
    }

    @Test("a secret comes by standard input or a file, and never by an argument")
    func add() async throws {
        var plan = Plan()
        plan.settings.projects[0].apiKey = nil
        try await withWorld(plan) { world in
            let (anna, bert) = (try world.logIn("anna"), try world.logIn("bert"))
            try await world.daemon.start()
            let control = ["--project", "main", "--socket", world.daemon.controlSocket]
            let byInput = try await world.daemon.command(["session", "add"] + control, input: anna.secret + "\n")
            #expect(byInput.ending == .exited(0))
            #expect(
                byInput.output.hasPrefix("Registered main/\(anna.sessionId) of user \(anna.userId) at google: fresh"))
            try world.daemon.write(bert.secret, to: "secret")
            let byFile = try await world.daemon.command(
                ["session", "add", "--secret-file", world.daemon.folder + "/secret", "--json"] + control)
            #expect(byFile.ending == .exited(0))
            let body = try JSONCoding.decode(JSON.self, from: Data(byFile.output.utf8))
            #expect(body["session_id"]?.text == bert.sessionId)

            let byArgument = try await world.daemon.command(["session", "add", anna.secret] + control)
            #expect(byArgument.ending == .exited(64))
            #expect(!byArgument.errors.contains(anna.secret))
            let unknown = try await world.daemon.command(["session", "add"] + control, input: "no secret of anybody's")
            #expect(unknown.ending == .exited(65))
            #expect(unknown.errors.contains("cannot be a session's secret"))
            let wrong = try await world.daemon.command(
                ["session", "add"] + control, input: String(anna.secret.reversed()))
            #expect(wrong.ending == .exited(65))
            #expect(wrong.errors.contains("knows no live session by this secret"))
            let missing = try await world.daemon.command(["session", "add", "--secret-file", "/nowhere"] + control)
            #expect(missing.ending == .exited(66))
        }
    }

    @Test("list, show, refresh, remove and status say how things stand")
    func sessions() async throws {
        try await withWorld { world in
            let (anna, bert) = (try world.logIn("anna"), try world.logIn("bert"))
            world.simulator.change { $0.revokeAtProvider(bert.sessionId, of: "demo", now: $1) }
            try await world.daemon.start()
            try await world.untilServed(anna)
            try await world.untilServed(bert)
            let control = { (arguments: [String]) in
                try await world.daemon.command(arguments + ["--socket", world.daemon.controlSocket])
            }
            let (first, second) = ("main/\(anna.sessionId)", "main/\(bert.sessionId)")

            let renewed = try await control(["session", "refresh", first])
            #expect(renewed.ending == .exited(0))
            #expect(renewed.output.hasPrefix("\(first): renewed. It stands so:"))
            #expect(world.currentToken(of: anna) != anna.accessToken)
            let refused = try await control(["session", "refresh", second])
            #expect(refused.ending == .exited(67))
            #expect(refused.errors.contains("needs login (provider refused the refresh (invalid_grant))"))

            let list = try await control(["session", "list"])
            #expect(list.output.contains(first) && list.output.contains(second))
            let some = try await control(["session", "list", "--standing", "needs-login", "--json"])
            let lines = some.output.split(separator: "\n")
            #expect(lines.count == 1)
            #expect(
                try JSONCoding.decode(JSON.self, from: Data(some.output.utf8))["session_id"]?.text == bert.sessionId)
            let none = try await control(["session", "list", "--user", "nobody"])
            #expect(none.ending == .exited(0) && none.output.isEmpty && none.errors.contains("no session matches"))
            for arguments in [["list", "--project", "shop"], ["show", "shop/1"], ["remove", "shop/1"]] {
                let unknown = try await control(["session"] + arguments)
                #expect(unknown.ending == .exited(66) && unknown.errors.contains("no project of that name"))
            }
            let details = try await control(["session", "show", second])
            #expect(details.ending == .exited(0))
            #expect(details.output.contains("needs login: provider refused the refresh (invalid_grant)"))

            let status = try await control(["status"])
            #expect(status.ending == .exited(0))
            #expect(status.output.contains("8 of 10"))
            #expect(status.output.contains(/main +fresh +1/) && status.output.contains(/main +needs login +1/))
            let json = try await control(["status", "--json"])
            let hosts = try JSONCoding.decode(JSON.self, from: Data(json.output.utf8))["hosts"]?.elements
            #expect(hosts?.map { $0["remaining"]?.integer } == [8])

            let removed = try await control(["session", "remove", second])
            #expect(removed.ending == .exited(0))
            #expect(removed.output == "\(second) is forgotten.\n")
            #expect(try await control(["session", "remove", "main/nowhere"]).ending == .exited(66))
            #expect(try await control(["session", "show", "main"]).ending == .exited(64))
        }
    }

    @Test("check-settings tells what serve would say, and nothing needs to run for it")
    func checkSettings() async throws {
        try await withDaemon(DaemonSettings(), port: 9) { daemon in
            let sound = try await daemon.command(["check-settings", "--config", daemon.folder + "/settings.yaml"])
            #expect(sound.ending == .exited(0))
            #expect(sound.output.contains("is sound. Projects: main."))
            try daemon.write("projects: {}", to: "empty.yaml")
            let mistaken = try await daemon.command(["check-settings", "--config", daemon.folder + "/empty.yaml"])
            #expect(mistaken.ending == .exited(78))
            #expect(mistaken.errors.contains("\(daemon.folder)/empty.yaml:1:1: projects"))
        }
    }
}
