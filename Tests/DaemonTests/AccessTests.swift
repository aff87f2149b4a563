// Rights from end to end: rules in the settings, users of this machine at the daemon's sockets, and what the log tells.

import AppwriteModel
import AppwriteSimulator
import Foundation
import Glibc
import Testing

/// Only root can be others.
private let canBeOthers =
    geteuid() == 0 && getpwnam("nobody") != nil && getpwnam("daemon") != nil
    && ["/usr/bin/setpriv", "/usr/bin/curl"].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }

@Suite("Access", .enabled(if: canBeOthers))
struct AccessTests {
    @Test("each user reads and registers what the rules allow; refusals and reads are told, and no more than that")
    func users() async throws {
        var plan = Plan()
        plan.settings.tokenMode = "0666"
        plan.settings.access = [
            "{ uid: nobody, refuse: read, provider: spotify }", "{ uid: nobody, allow: read }",
            "{ uid: daemon, allow: register, project: main }", "{ uid: root, allow: read }",
        ]
        try await withWorld(plan) { world in
            let login = try world.logIn()
            let other = try world.logIn("bert")
            try await world.daemon.start()
            chmod(world.daemon.folder, 0o755)
            try await world.untilServed(login)
            try await world.untilServed(other)
            let path = "/v1/tokens?user=\(login.userId)&provider=google"

            for _ in 1...3 {
                let read = try await ask(world, as: "nobody", path)
                #expect(read.status == 200 && read.body.contains(login.accessToken))
            }
            for provider in ["google", "spotify"] {
                let path = "/v1/tokens?user=\(login.userId)&provider=\(provider)"
                for (user, status) in [("nobody", provider == "google" ? 200 : 403), ("daemon", 403), ("bin", 403)] {
                    let reply = try await ask(world, as: user, path)
                    #expect(reply.status == status, "\(user) \(provider)")
                    guard status == 403 else { continue }
                    #expect(reply.body.contains("urn:refreshd:problem:not-allowed"))
                }
            }
            // A session that is there is refused by the same words as one that is not.
            let known = try await ask(world, as: "daemon", "/v1/tokens/main/\(login.sessionId)")
            let unknown = try await ask(world, as: "daemon", "/v1/tokens/main/no-such-session")
            #expect(known.status == 403 && known.body == unknown.body)

            let secret = #"{"project":"main","secret":"\#(login.secret)"}"#
            #expect(try await ask(world, as: "nobody", "/v1/sessions", post: secret).status == 403)
            let registered = try await ask(world, as: "daemon", "/v1/sessions", post: secret)
            #expect(registered.status == 201)
            #expect(
                registered.body == """
                    {"project":"main","provider":"google","session_id":"\(login.sessionId)","user_id":"\(login.userId)"}
                    """)
            let shown = try await world.daemon.show(login)
            #expect(shown["keep"] == "always", "\(shown)")

            _ = try await world.daemon.stop()
            let log = try world.daemon.log
            #expect(try world.daemon.logLines(with: "\"main/\(login.sessionId) (google, user ").count >= 2)
            let reads = try world.daemon.logLines(with: ": read by nobody (uid 65534, process ")
            #expect(reads.count == 1, "\(log)")
            let refusals = try world.daemon.logLines(with: " may not ").filter { $0.contains("\"level\":\"warning\"") }
            for user in ["nobody (uid 65534", "daemon (uid 1", "bin (uid 2"] {
                #expect(refusals.contains { $0.contains("\"\(user)") }, "\(log)")
            }
            #expect(refusals.contains { $0.contains("rule 1 of access, on line ") }, "\(log)")
            #expect(!log.contains(login.accessToken) && !log.contains(login.secret))
        }
    }

    @Test("what check --as tells is what the daemon does")
    func told() async throws {
        var plan = Plan()
        plan.settings.access = ["{ uid: nobody, allow: read, project: main }", "{ uid: root, allow: read }"]
        try await withWorld(plan) { world in
            let login = try world.logIn()
            try await world.daemon.start()
            chmod(world.daemon.folder, 0o755)
            try await world.untilServed(login)
            let path = "/v1/tokens?user=\(login.userId)&provider=google"
            let config = ["check", "--config", world.daemon.folder + "/settings.yaml", "--as", "nobody"]

            // The rule lets it, and the socket does not.
            let closed = try await world.daemon.command(config)
            #expect(closed.ending == .exited(0))
            #expect(closed.output.hasPrefix("nobody may read no token, register no session, and control nothing.\n"))
            #expect(closed.output.contains(/connect +no .* 0660 does not let others than its owner and group connect/))
            #expect(closed.output.contains(/read +yes +project main +rule 1, .*settings.yaml:[0-9]+/))
            #expect(try await ask(world, as: "nobody", path).status == 0)

            chmod(world.daemon.tokenSocket, 0o666)
            let open = try await world.daemon.command(config)
            #expect(open.output.hasPrefix("nobody may read some tokens, "))
            #expect(try await ask(world, as: "nobody", path).status == 200)
        }
    }

    @Test(
        "a rule for a user unknown to this machine stops the start, with its place: 69, as it may be known later"
    )
    func unknownUser() async throws {
        var plan = Plan()
        plan.settings.access = ["{ uid: no-such-user, allow: read }"]
        try await withWorld(plan) { world in
            let child = try world.daemon.launch()
            #expect(try await child.untilEnd() == .exited(69))
            #expect(try world.daemon.stateFiles().isEmpty)
            #expect(try world.daemon.log.contains(/settings.yaml:[0-9]+:[0-9]+: access.uid: found no-such-user/))
        }
    }

    private struct Answer {
        let status: Int
        let body: String
    }

    /// Asks on the token socket as another user; a status of 0 is no answer.
    private func ask(
        _ world: World, as user: String, _ path: String, post body: String? = nil
    ) async throws -> Answer {
        let result = try await world.daemon.run(
            "/usr/bin/setpriv",
            ["--reuid=\(user)", "--regid=nogroup", "--clear-groups", "/usr/bin/curl", "--silent", "--max-time", "300"]
                + ["--write-out", "\n%{http_code}", "--unix-socket", world.daemon.tokenSocket]
                + (body.map { ["--header", "Content-Type: application/json", "--data", $0] } ?? [])
                + ["http://localhost" + path])
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        return Answer(
            status: lines.last.flatMap { Int($0) } ?? 0, body: lines.dropLast().joined(separator: "\n"))
    }
}
