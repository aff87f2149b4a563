// `refreshd check` against a simulated Appwrite: each thing that may be wrong is told by name, with what to do and the
// right exit status; and no check costs a call.

import AppwriteModel
import AppwriteSimulator
import Fakes
import Foundation
import RefreshEngine
import Testing
import TokenAPI
import Vocabulary

@testable import Refreshd

@Suite("A check", .timeLimit(.minutes(10))) struct CheckCommandTests {
    @Test("of all that is right says so, and what the calls suffice for", arguments: AppwriteVersion.allCases)
    func right(version: AppwriteVersion) async throws {
        try await CheckWorld.run(version) { world in
            for user in 1...3 {
                _ = try world.simulator.logIn(Login(project: "demo", provider: "google", providerUID: "u\(user)"))
            }
            let run = try await world.check()
            #expect(run.status == 0, "\(run.everything)")
            #expect(run.output.hasPrefix("metered: at most 9 one-hour tokens fresh at once; get a dev key\n"))
            #expect(run.finding("endpoint") == "fine endpoint Appwrite \(version.rawValue) answers at \(world.url)/v1")
            #expect(run.finding("version") == "fine version refreshd \(Version.text)")
            #expect(run.finding("clock") == "fine clock this machine and the server agree on the time")
            #expect(run.finding("scopes") == "fine scopes the API key has the scopes users.read and users.write")
            #expect(
                run.finding("sessions") == "fine sessions 3 sessions of 3 users can be refreshed (google 3)")
            #expect(run.finding("forecast").contains("3 grants need 3."))
            #expect(run.finding("daemon").hasPrefix("hint daemon refreshd does not run"))
            #expect(run.finding("store").hasSuffix("is not there yet: the first start makes it"))
            #expect(!run.everything.contains(Sample.canary))
            // Nothing was made.
            #expect(try FileManager.default.contentsOfDirectory(atPath: world.folder + "/state").isEmpty)
        }
    }

    @Test("tells a wrong project, a wrong key and a key that may too little")
    func access() async throws {
        try await CheckWorld.run { world in
            let project = try await world.check(project: "elsewhere")
            #expect(project.status == 78)
            #expect(project.output.hasPrefix("error: main: Appwrite knows no project elsewhere\n"))
            let key = try await world.check(key: "standard_wrong")
            #expect(key.status == 77)
            #expect(key.finding("scopes").hasPrefix("error scopes Appwrite does not take the API key"))
            let reader = try await world.check(key: "reader")
            #expect(reader.status == 77)
            #expect(
                reader.finding("scopes") == """
                    error scopes the API key lacks the scope users.write: nothing is refreshed > give the key \
                    users.write in Appwrite's console
                    """)
            #expect(reader.finding("sessions").hasPrefix("hint sessions the project has no users yet"))
            let none = try await world.check(key: nil)
            #expect(none.status == 0)
            #expect(none.finding("api-key").contains("sessions must be registered one by one"))
            world.simulator.change { server, _ in
                server.setUp(
                    ProjectSetup(
                        id: "demo", accountService: .serviceDisabled,
                        apiKeys: [APIKey(key: CheckWorld.key, scopes: ["users.read", "users.write"])]))
            }
            let off = try await world.check()
            #expect(off.status == 69 && off.finding("project").contains("Account is switched off"))
            #expect(off.finding("scopes").hasPrefix("fine"))
        }
    }

    @Test(
        "tells each kind of session, and what to change where one cannot be refreshed",
        arguments: AppwriteVersion.allCases)
    func kinds(version: AppwriteVersion) async throws {
        try await CheckWorld.run(version) { world in
            let logins: [(String, SessionKind)] = [
                ("google", .oauth), ("dropbox", .oauth), ("github", .oauth), ("wordpress", .oauth),
                ("google", .tokenFlow), ("google", .email), ("google", .anonymous),
            ]
            for (index, login) in logins.enumerated() {
                _ = try world.simulator.logIn(
                    Login(project: "demo", kind: login.1, provider: login.0, providerUID: "u\(index)"))
            }
            let lines = try await world.check().output
            for words in [
                "1 session of 7 users can be refreshed (google 1)",
                "1 session of dropbox cannot be refreshed: no refresh token came with the login",
                "Dropbox gives one for token_access_type=offline only",
                "1 session that Appwrite may not refresh: wordpress 1",
                "1 session with a token without an end, served while the session lives: github 1",
                "1 session by the token flow, without a provider's token: ", "log in by createOAuth2Session",
                "2 sessions of no OAuth provider, and none of refreshd's: anonymous 1, email 1",
            ] { #expect(lines.contains(words), "\(words)\n\(lines)") }
        }
    }

    @Test("that cannot read the sessions of a user says so, and counts none of them as none")
    func brokenOff() async throws {
        try await CheckWorld.run { world in
            let login = Login(project: "demo", provider: "google", providerUID: "a", userID: "anna")
            _ = try world.simulator.logIn(login)
            world.simulator.setOutage(Outage(.hangUp, only: "users/anna/sessions"))
            let run = try await world.check()
            let finding = run.finding("sessions")
            #expect(finding.contains("not checked: reading the sessions broke off"), "\(run.everything)")
            #expect(!run.output.contains("the project has no users yet"))
        }
    }

    @Test("walks no more users than it says")
    func bounded() async throws {
        try await CheckWorld.run { world in
            for user in 0...SessionCheck.most {
                _ = try world.simulator.logIn(Login(project: "demo", provider: "google", providerUID: "u\(user)"))
            }
            let run = try await world.check()
            #expect(run.status == 0)
            #expect(run.output.contains("there are more users: only the first 300 were looked at"))
            #expect(run.output.hasPrefix("warning: main: 127.0.0.1: 300 grants need"))
        }
    }

    @Test("tells what answers in Appwrite's place, and what does not answer")
    func endpoints() async throws {
        try await CheckWorld.run { world in
            let wrongPath = try await world.check(endpoint: world.url + "/api/v1")
            #expect(wrongPath.status == 78 && wrongPath.finding("endpoint").contains("end the endpoint with /v1"))
            world.simulator.setOutage(Outage(.page(status: 200)))
            let page = try await world.check()
            #expect(page.status == 69 && page.finding("endpoint").contains("a page for people (HTML, HTTP 200)"))
            #expect(page.finding("project") == "none")
            let plain = try await world.check(endpoint: world.url.replacing("http:", with: "https:") + "/v1")
            #expect(plain.status == 69 && plain.finding("endpoint").contains("does not speak TLS"))
            let name = try await world.check(endpoint: "https://nowhere.invalid/v1")
            #expect(name.status == 69 && name.finding("endpoint").contains("has no address"))
        }
    }

    @Test("tells a clock that is off, and by how much")
    func clock() async throws {
        try await CheckWorld.run { world in
            world.simulator.advance(by: 600_000)
            let run = try await world.check()
            #expect(run.status == 0)
            #expect(
                run.finding("clock").contains(/^warning clock the server's clock is (9|10)m ahead of this machine's/))
        }
    }

    @Test("tells every mistake in the settings, and checks nothing by them")
    func settings() async throws {
        try await CheckWorld.run { world in
            let run = try await world.check(["stopAfter: soon", "colour: red"])
            #expect(run.status == 78)
            #expect(
                run.output.contains(":6:16: projects.main.stopAfter") && run.output.contains("main.colour: unknown key")
            )
            #expect(run.finding("endpoint") == "none")
            // A name may be known later: systemd starts refreshd again after this status.
            let unknown = try await world.check(["stopAfter: 30d\naccess: [{ uid: no-such-user, allow: read }]"])
            #expect(unknown.status == 69)
            #expect(unknown.output.contains("whatever knows that name here is up"), "\(unknown.output)")
            let missing = await refreshd(["check", "--config", world.folder + "/none.yaml"])
            #expect(missing.status == 66 && missing.output.contains("does not exist"))
        }
    }

    @Test("tells keys that are missing, empty or open to others, and a state folder that is open")
    func files() async throws {
        try await CheckWorld.run { world in
            let (empty, missing) = ("devKeyFile: \(world.folder)/empty", "devKeyFile: \(world.folder)/none")
            try world.write("", to: "empty")
            #expect(try await world.check([empty]).finding("dev-key").contains("empty"))
            #expect(try await world.check([missing]).finding("dev-key").contains("not there"))
            try world.write("dev", to: "open", mode: 0o644)
            let open = try await world.check(["devKeyFile: \(world.folder)/open"])
            #expect(open.status == 78 && open.finding("dev-key").contains("> run: chmod 600"))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: world.folder + "/state")
            #expect(try await world.check().finding("state-folder").contains("> chmod 700"))
            let odd = try await world.check(key: "two words")
            #expect(odd.status == 78 && odd.output.contains("a space, a line end or another odd character"))
            #expect(odd.finding("endpoint").hasPrefix("fine"))
        }
    }

    @Test("of credentials outside of the unit says what it did not see, and sees them where it is told to look")
    func credentials() async throws {
        try await CheckWorld.run { world in
            let unseen = try await world.check(["apiKeyCredential: shop-key"], key: nil)
            #expect(unseen.status == 0)
            #expect(
                unseen.finding("api-key").hasPrefix("hint api-key not checked: the credential “shop-key” is inside"))
            #expect(unseen.finding("project").hasPrefix("fine"))
            try world.write(CheckWorld.key, to: "shop-key")
            let seen = try await world.check(
                ["apiKeyCredential: shop-key"], key: nil, arguments: ["--credentials", world.folder])
            #expect(seen.finding("scopes").hasPrefix("fine"))
        }
    }

    @Test("does not spend a call to try a dev key, and says who knows")
    func devKey() async throws {
        try await CheckWorld.run { world in
            try world.write(CheckWorld.devKey, to: "dev")
            let run = try await world.check(["devKeyFile: \(world.folder)/dev"])
            #expect(run.status == 0)
            #expect(run.finding("metering").hasPrefix("hint metering not checked: whether Appwrite takes the dev key"))
            #expect(run.finding("forecast") == "none")

            _ = try world.simulator.logIn(Login(project: "demo", provider: "google", providerUID: "u1"))
            let over = try await world.check(["devKeyFile: \(world.folder)/dev", "devKeyExpires: 2020-01-31"])
            #expect(over.status == 0)
            let metering = over.finding("metering")
            #expect(metering.hasPrefix("warning metering the dev key ended at 2020-01-31 00:00:00 UTC"))
            #expect(metering.contains(" > make another in the Appwrite console"))
            #expect(over.finding("forecast").hasPrefix("fine"))
        }
    }

    @Test("names the proxy where that is in the way, and does not ask without its login")
    func proxy() async throws {
        try await CheckWorld.run { world in
            let proxy = ["allowPlainHTTP: true", "proxy: http://127.0.0.1:1"]
            let refused = try await world.check(proxy)
            #expect(refused.status == 69)
            #expect(
                refused.finding("endpoint") == """
                    error endpoint nobody listens at the proxy http://127.0.0.1:1: the connection was refused > see \
                    whether the proxy runs and can be reached, or correct projects.main.proxy
                    """)
            let unseen = try await world.check(proxy + ["proxyLoginCredential: way"])
            #expect(unseen.status == 0)
            #expect(unseen.finding("endpoint") == "hint endpoint not checked: the login at the proxy was not seen")
        }
    }

    @Test("tells a key that another user owns than the daemon's")
    func owner() async throws {
        try await withFolder { folder in
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
            #expect(await refreshd(["key", "new", folder + "/sealing-key"]).status == 0)
            var settings = Settings(projects: [])
            settings.state.directory = folder
            func findings(daemonUser: uid_t) -> [Finding] {
                let onlooker = Onlooker(user: 0, daemonUser: daemonUser)
                return StoreCheck(settings: settings, folders: ServiceFolders(), onlooker: onlooker).run().findings
            }
            #expect(findings(daemonUser: geteuid()).allSatisfy { $0.severity == .fine })
            let key = findings(daemonUser: 4321).first { $0.subject == .sealingKey }
            #expect(key?.status == .settings && key?.found.contains(" belongs to ") == true)
            #expect(key?.advice == "chown 4321 \(folder)/sealing-key")
        }
    }

    @Test("tells a daemon that answers by a problem, and what is no daemon, from one that does not run")
    func answered() async throws {
        let damaged = Sample.control(failure: .store(.damaged("it is no database")))
        try await withControl(damaged) { socket in
            let findings = try await sockets(socket[1])
            #expect(findings[0].severity == .error && findings[0].found.hasPrefix("refreshd runs and is in trouble: "))
            #expect(findings[1].severity == .fine && findings[1].found.hasPrefix("refreshd answers at "))
            #expect(findings[2].found.hasPrefix("nobody listens at "))
        }
        // The paths of one socket are none of the other's.
        try await withTokens(ScriptedTokens(Sample.token())) { socket in
            let findings = try await sockets(socket[1])
            #expect(findings[0].found.hasPrefix("what answers in refreshd's place is not understood"))
            #expect(findings[1].found.hasPrefix("what answers at \(socket[1]) is not understood"))
        }
        let none = try await sockets("/tmp/refreshd-nobody.sock")
        #expect(none[0].found == "refreshd does not run")
        #expect(none[1].found == "nobody listens at /tmp/refreshd-nobody.sock; its folder is there")
    }

    /// Of the daemon, the control socket and the token socket, where nobody is.
    private func sockets(_ control: String) async throws -> [Finding] {
        let main = "projects: { main: { endpoint: https://a.example/v1, project: a } }"
        var settings = try Settings.parse(main, file: "refreshd.yaml")
        settings.sockets.control = SocketPath(control, mode: SocketPath.controlMode)
        settings.sockets.token = SocketPath("/tmp/refreshd-nowhere.sock", mode: SocketPath.tokenMode)
        let onlooker = Onlooker(user: geteuid(), daemonUser: geteuid())
        return await SocketCheck(settings: settings, onlooker: onlooker).run().findings
    }

    @Test("tells programs the same by stable names")
    func json() async throws {
        try await CheckWorld.run { world in
            let run = try await world.check(project: "elsewhere", arguments: ["--json"])
            let body = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
            #expect(body["exit_status"] as? Int == 78 && body["worst"] as? String == "error")
            #expect(body["version"] as? String == Version.text)
            #expect(body["summary"] as? String == "error: main: Appwrite knows no project elsewhere")
            let findings = try #require(body["findings"] as? [[String: Any]])
            let project = try #require(findings.first { $0["check"] as? String == "project" })
            #expect(project["severity"] as? String == "error" && project["project"] as? String == "main")
            #expect(project["checked"] as? Bool == true && project["advice"] is String)
            #expect(findings.contains { $0["check"] as? String == "settings" && $0["project"] == nil })
        }
    }
}
