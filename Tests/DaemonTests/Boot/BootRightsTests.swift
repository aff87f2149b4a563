// Who may do what, by users and groups as a machine has them, and what is told of it.

import AppwriteSimulator
import Foundation
import Testing

extension BootTests {
    private static let refused = "MESSAGE_ID=058c983f62e3423f9c2fa1905e17eb5d"
    private static let read = "MESSAGE_ID=c60eb2bb7d78468da9645cb1233337ac"

    private static let access = """
        access:
          - { uid: reader, refuse: read, user: ben }
          - { gid: refreshd, allow: read }
          - { gid: operators, allow: control }

        """

    @Test("rules let in and keep out by user and group, groups beside one's own too; the journal tells both, once")
    func accessRules() async throws {
        try await Station.with { station in
            // Given rules that name users and groups of the machine, and an operator
            try await station.machine.succeed("groupadd", "operators")
            try await station.machine.succeed("useradd", "--groups", "operators", "oncall")
            try station.machine.write(Station.settings + Self.access, to: "/etc/refreshd/refreshd.yaml")
            try await station.machine.succeed("systemctl", "start", "refreshd")
            try await station.change(
                "refreshd-control.socket", "operators", "[Socket]\nSocketGroup=operators\nSocketMode=0660")
            try await station.machine.succeed(Readme.commands { $0.contains("lets a group of operators in.") })
            let logins = [try await station.simulator.logIn("anna"), try await station.simulator.logIn("ben")]
            try await station.untilServed("anna")

            // When the reader reads one, and asks for the other: then the rule is named that is in the way
            for _ in 1...3 {
                let refused = try await station.token(of: "ben")
                #expect(refused.ending == .exited(77))
                #expect(refused.output == "")
                #expect(refused.errors.contains("rule 1"), "\(refused.errors)")
            }
            // and a service whose user exists only while it runs reads both, by its group
            let service = ["systemd-run", "--quiet", "--wait", "--pipe"]
            let person = ["--property=DynamicUser=yes", "--property=SupplementaryGroups=refreshd"]
            let ask = ["refreshd-token", "--provider", "google", "--user"]
            for (login, user) in zip(logins, ["anna", "ben"]) {
                let token = try await station.machine.succeed(service + person + ask + [user])
                #expect(token == login.accessToken + "\n")
            }
            let without = try await station.machine.run(service + ["--property=DynamicUser=yes"] + ask + ["anna"])
            #expect(without.ending == .exited(77))

            // and the operator controls without being root, whom no rule has to name
            for user in ["oncall", nil] {
                let list = try await station.machine.succeed("refreshd", "session", "list", as: user)
                #expect(list.contains("anna") && list.contains("ben"))
            }
            #expect(try await station.machine.run("refreshd", "status", as: Station.reader).ending == .exited(77))

            // Then the journal has who was refused what, by which rule, and who read: once, not once a try
            let reader = try await station.machine.succeed("id", "--user", Station.reader)
                .trimmingCharacters(in: .newlines)
            let refusals = try await station.journal(Self.refused)
            #expect(refusals.map { $0["REFRESHD_PEER_UID"]?.text } == [reader])
            #expect(refusals.map { $0["REFRESHD_PEER_NAME"]?.text } == [Station.reader])
            #expect(refusals.map { $0["REFRESHD_USER_ID"]?.text } == ["ben"])
            let reads = try await station.journal(Self.read, "REFRESHD_PEER_UID=\(reader)")
            #expect(reads.map { $0["REFRESHD_USER_ID"]?.text } == ["anna"])
            #expect(try await station.journal(Self.read).count == 3)

            // and root is told why
            let why = try await station.machine.succeed("refreshd", "check", "--as", Station.reader)
            #expect(why.contains("reader may read some tokens"), "\(why)")
            #expect(why.contains("rule 1, /etc/refreshd/refreshd.yaml:"), "\(why)")
        }
    }

    @Test("a further token socket, as README has it, has a group and rules of its own")
    func furtherSocket() async throws {
        try await Station.with { station in
            let machine = station.machine
            try await machine.succeed("groupadd", "web")
            try await machine.succeed("useradd", "--groups", "web", "site")
            func block(_ language: String) throws -> String {
                try Readme.block(language) { $0.hasPrefix("Several token sockets may each have rules of their own.") }
                    + "\n"
            }
            let unit = try block("ini")
            #expect(unit.hasPrefix("# /etc/systemd/system/refreshd-token-web.socket\n"))
            try machine.write(unit, to: "/etc/systemd/system/refreshd-token-web.socket")
            try machine.write(Station.settings + block("yaml"), to: "/etc/refreshd/refreshd.yaml")
            try await machine.succeed("systemctl", "daemon-reload")
            let login = try await station.simulator.logIn("anna")
            try await machine.succeed("systemctl", "start", "refreshd")
            try await station.untilServed("anna")
            try await machine.succeed(Readme.commands { $0.hasPrefix("`refreshd` takes up the sockets that systemd") })
            try await station.untilServed("anna")

            let ask = ["refreshd-token", "--user", "anna", "--provider", "google"]
            let web = ask + ["--socket", "/run/refreshd/token-web.sock"]
            #expect(try await machine.succeed(web, as: "site") == login.accessToken + "\n")
            #expect(try await machine.run(ask, as: "site").ending == .exited(77))
            #expect(try await machine.run(web, as: Station.reader).ending == .exited(77))
            let other = web.map { $0 == "google" ? "slack" : $0 }
            let refused = try await machine.run(other, as: "site")
            #expect(refused.ending == .exited(77) && refused.errors.contains("no rule"), "\(refused.errors)")
        }
    }
}
