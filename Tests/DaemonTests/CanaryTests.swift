// Law 7: a secret never shows. After a run in which everything happened, everything that the daemon said or wrote is
// searched for every secret that was about.

import AppwriteModel
import AppwriteSimulator
import Foundation
import Harness
import Testing

@Suite("Canaries")
struct CanaryTests {
    @Test("law 7: no secret in the log, the state, an answer that is no token, the arguments, the environment, a core")
    func everything() async throws {
        var plan = Plan()
        plan.settings.projects = [
            .init(alias: "main", apiKey: "standard_canary_apikey_71c3"),
            .init(
                alias: "exempt", host: "localhost", project: "test", apiKey: nil, devKey: "devkey_canary_9d20ffab34"),
        ]
        // Level debug is what nobody should have to be afraid of.
        plan.settings.log = ["level": "debug"]
        // Long enough to be seen while it lasts.
        plan.settings.waits["firstRetry"] = "3s"
        try await withWorld(plan) { world in
            // Given a busy run
            try await world.daemon.start()
            let logins = try await beBusy(world)

            // When all that can be seen of it is gathered
            var seen = try await answers(world, logins)
            let process = "/proc/\(try world.daemon.child.pid)"
            for file in ["cmdline", "environ"] {
                // Where the process is hardened and we are not root, nobody may read its environment.
                if let data = try? Data(contentsOf: URL(filePath: "\(process)/\(file)")) { seen[file] = data }
            }
            #expect(seen["cmdline"] != nil)
            for (name, bytes) in try world.daemon.stateFiles() { seen["running: \(name)"] = bytes }
            expectNoDumps(of: process)
            try await world.daemon.kill()
            for (name, bytes) in try world.daemon.stateFiles() { seen["killed: \(name)"] = bytes }
            seen["log"] = try world.daemon.bytes(of: "log")
            seen["output"] = try world.daemon.bytes(of: "output")

            // Then no secret is in any of it
            let secrets = secrets(of: world, logins, plan)
            #expect(secrets.count > 30)
            for (place, bytes) in seen {
                for secret in secrets where bytes.range(of: Data(secret.value.utf8)) != nil {
                    Issue.record("\(secret.name) shows in \(place)")
                }
            }
        }
    }

    /// One login for each thing that can happen to a session; returns when it has happened to all.
    private func beBusy(_ world: World) async throws -> [LoggedIn] {
        let echo = Fault(.refuses(status: 400, error: "invalid_grant", description: "bad token {refresh_token}"))
        let text = Fault(.refusesInText(status: 503, text: "we are down, at_text_canary_88, try later"))
        let fates: [(String, Fault?, String)] = [
            ("renewed", nil, "fresh"), ("refused", echo, "needs login"), ("refused in text", text, "backing off"),
            ("wiped", Fault(.emptySuccess, times: 1), "fresh"),
            ("lost", Fault(ending: .droppedAfterCommit, times: 1), "fresh"),
            ("hanging", Fault(ending: .hangs), "refreshing"),
        ]
        var logins: [LoggedIn] = []
        for (name, fault, standing) in fates {
            let login = try world.logIn(name.replacing(" ", with: "-"))
            logins.append(login)
            if let fault { world.spoil(login, fault) }
            try await world.untilServed(login)
            try await world.daemon.refresh(login)
            try await eventually("the PATCH of \(name)") { !world.patches(of: login).isEmpty }
            try await world.until(standing, login)
        }
        let ended = try world.logIn("ended")
        try await world.untilServed(ended)
        world.simulator.change { _ = $0.endSession(ended.sessionId, of: "demo", now: $1) }
        try await world.until("ended", ended)

        let registered = try world.logIn("registered", project: "test")
        #expect(try await world.daemon.register(registered, in: "exempt").status == 201)
        try await world.daemon.refresh(registered, project: "exempt")
        try await eventually("a token renewed by the secret") {
            world.currentToken(of: registered) != registered.accessToken
        }
        return logins + [ended, registered]
    }

    /// Everything that an answer can be but a token, by where it is from.
    private func answers(_ world: World, _ logins: [LoggedIn]) async throws -> [String: Data] {
        let daemon = world.daemon
        var seen: [String: Data] = [:]
        seen["status"] = Data(try await daemon.control("GET", "/v1/status").text.utf8)
        seen["list"] = Data(try await daemon.control("GET", "/v1/sessions").text.utf8)
        for login in logins {
            let project = login.project == "test" ? "exempt" : "main"
            seen["show \(login.providerUid)"] = Data(try await daemon.show(login, project: project).text.utf8)
            let token = try await daemon.token(of: login, project: project)
            if token.status != 200 { seen["problem of \(login.providerUid)"] = Data(token.text.utf8) }
        }
        #expect(seen["problem of ended"] != nil)

        // Secrets in the wrong places: answered, and not repeated.
        let (first, secret) = (logins[0], logins[0].secret)
        let wrong: [(String, JSON?)] = [
            ("/v1/sessions?user=\(secret)", nil), ("/v1/sessions/main/\(secret)", nil),
            ("/v1/sessions?\(first.refreshToken)=1", nil),
        ]
        for (index, (path, body)) in wrong.enumerated() {
            let reply = try await daemon.control("GET", path, body: body)
            #expect(reply.status >= 400)
            seen["problem \(index)"] = Data(reply.text.utf8)
        }
        let foreign = try await daemon.control(
            "POST", "/v1/sessions", body: ["project": "exempt", "secret": .string(secret)])
        #expect(foreign.status == 422)
        seen["refused registration"] = Data(foreign.text.utf8)
        for arguments in [["status"], ["session", "list"], ["session", "show", "main/\(first.sessionId)"]] {
            let result = try await daemon.command(arguments + ["--socket", daemon.controlSocket])
            #expect(result.ending == .exited(0))
            seen[arguments.joined(separator: " ")] = Data((result.output + result.errors).utf8)
        }
        return seen
    }

    private func expectNoDumps(of process: String) {
        let limits = (try? String(contentsOfFile: "\(process)/limits", encoding: .utf8)) ?? ""
        #expect(limits.contains(#/Max core file size +0 +0\s/#))
        // A process that refuses to be dumped has its files in /proc given to root.
        if getuid() != 0 { #expect(access("\(process)/environ", R_OK) != 0) }
    }

    private struct Named {
        let name: String
        let value: String
    }

    private func secrets(of world: World, _ logins: [LoggedIn], _ plan: Plan) -> [Named] {
        var secrets = world.simulator.ledger.tokens.map { Named(name: "an access token", value: $0.token) }
        for login in logins {
            secrets.append(Named(name: "a refresh token", value: login.refreshToken))
            secrets.append(Named(name: "a session secret", value: login.secret))
            let current = world.simulator.change { server, _ in
                server.project(login.project)?.session(login.sessionId).map { ($0.refreshToken, $0.secret) }
            }
            if let (refresh, plain) = current {
                secrets.append(Named(name: "a newer refresh token", value: refresh))
                secrets.append(Named(name: "a session secret, decoded", value: plain))
            }
        }
        for project in plan.settings.projects {
            if let key = project.apiKey { secrets.append(Named(name: "an API key", value: key)) }
            if let key = project.devKey { secrets.append(Named(name: "a dev key", value: key)) }
        }
        secrets.append(Named(name: "a token in a provider's words", value: "at_text_canary_88"))
        // Every JWT begins so: `{"typ":"JWT"` or `{"alg"…`, in base64.
        secrets.append(Named(name: "a JWT", value: "eyJ0eXAi"))
        secrets.append(Named(name: "a JWT", value: "eyJhbGci"))
        return secrets.filter { !$0.value.isEmpty }
    }
}
