// What settings come out of a sound file, and what the policy is told of them.

import Appwrite
import RefreshPolicy
import Refreshd
import Systemd
import Testing
import TokenAPI

@Suite("Sound settings") struct SettingsValueTests {
    @Test("Every key reaches its setting")
    func everyKey() throws {
        let settings = try Settings.parse(whole, file: "refreshd.yaml")

        let alias = try #require(ProjectAlias("main"))
        let project = try #require(settings.projects.first)
        #expect(settings.projects.map(\.alias.rawValue) == ["main", "side"])
        #expect(project.endpoint.description == "http://appwrite.internal:8080/v1")
        #expect(project.project.rawValue == "shop")
        #expect(project.apiKey == .credential(name: "main-api-key", directory: nil))
        #expect(project.devKey == .file(path: "/etc/refreshd/dev-key"))
        #expect(project.plainHTTP == .anywhere)
        #expect(project.caFile == "/etc/refreshd/ca.pem")
        #expect(project.devKeyExpires == WallTime(milliseconds: 1_801_353_600_000))
        #expect(project.route.proxy?.description == "http://proxy.example:3128")
        #expect(project.route.proxyLogin == .credential(name: "proxy-login", directory: nil))
        #expect(settings.projects.map(\.route.ipVersion) == [.any, .six])
        #expect(project.discovery.every == .seconds(30))
        #expect(project.discovery.overlap == .milliseconds(1500))
        #expect(project.discovery.walkEvery == .seconds(3600))
        #expect(settings.state.directory == "/srv/refreshd")
        #expect(settings.state.keyFile == "/srv/refreshd.key")
        #expect(settings.sockets.token == SocketPath("/run/t.sock", mode: 0o666, group: "apps"))
        #expect(settings.sockets.control == SocketPath("/run/c.sock", mode: 0o660, group: "wheel"))
        #expect(settings.calls.refresh == .seconds(20))
        #expect(settings.calls.other == .seconds(5))
        #expect(settings.log.level == .debug && settings.log.format == .json)

        var rules = ProjectRules(
            alias: alias, host: HostName("appwrite.internal"), hasAPIKey: true, metering: .unmetered)
        rules.budget.limit = 5
        rules.budget.window = .seconds(60)
        rules.budget.reserve = 1
        rules.budget.openingDelay = .milliseconds(500)
        rules.pace.maxPerSecond = 7
        rules.pace.maxInFlight = 3
        rules.keepRules = [
            KeepRule(user: NamePattern("*-bot"), provider: NamePattern("spotify"), keeping: .always),
            KeepRule(user: nil, provider: NamePattern("git*"), keeping: .used),
            KeepRule(
                user: NamePattern("ada"), provider: nil,
                keeping: .daily(try #require(DailySpan(start: .seconds(3 * 3600 + 300), length: .seconds(2700))))),
            KeepRule(
                user: nil, provider: nil,
                keeping: .daily(try #require(DailySpan(start: .seconds(86_340), length: .days(1))))),
        ]
        rules.stopAfter = .days(7)
        rules.maxSessionAge = .days(90)
        rules.assumedLifetime = .seconds(1800)
        rules.assumedLifetimes = [
            ProviderLifetime(provider: try #require(ProviderName("github")), lifetime: .seconds(28_800)),
            ProviderLifetime(provider: try #require(ProviderName("salesforce")), lifetime: .seconds(7200)),
        ]
        #expect(settings.rules(at: Sample.now).projects.first == rules)
        var waits = Waits()
        waits.doubtFor = .seconds(121)
        waits.lookFor = .seconds(2)
        waits.suspectFor = .seconds(3)
        waits.recheckLogin = .seconds(4)
        waits.margin = .seconds(5)
        waits.marginWhenTight = .seconds(3)
        waits.longestSleep = .seconds(6)
        waits.firstRetry = .seconds(7)
        #expect(settings.rules(at: Sample.now).waits == waits)
    }

    @Test("A project without any key is sound: its sessions are registered by their secrets")
    func noKeys() throws {
        let settings = try Settings.parse(whole, file: "refreshd.yaml")

        let side = try #require(settings.projects.last)
        #expect(side.apiKey == nil)
        #expect(side.rules.hasAPIKey == false)
        #expect(side.rules.metering == .metered)
        #expect(side.plainHTTP == .loopbackOnly)
    }

    @Test("A server without a limit is unmetered without any dev key")
    func unmetered() throws {
        let text = "projects: { main: { endpoint: https://a.example/v1, project: shop, unmetered: true } }"
        let settings = try Settings.parse(text, file: "refreshd.yaml")

        #expect(settings.rules(at: Sample.now).projects.map(\.metering) == [.unmetered])
    }

    @Test("A dev key that is over when the daemon starts lifts no limit; on a server without one there is none")
    func devKeyOver() throws {
        let text = """
            projects:
              main: { endpoint: https://a.example/v1, project: a, devKeyFile: /k, devKeyExpires: 2027-01-31 }
              free: { endpoint: https://b.example/v1, project: a, devKeyFile: /k, devKeyExpires: 2027-01-31, unmetered: true }
            """
        let settings = try Settings.parse(text, file: "refreshd.yaml")
        let end = WallTime(milliseconds: 1_801_353_600_000)

        #expect(settings.rules(at: end - .milliseconds(1)).projects.map(\.metering) == [.unmetered, .unmetered])
        #expect(settings.rules(at: end).projects.map(\.metering) == [.unmetered, .metered])
        #expect(settings.projects.map(\.alias.rawValue) == ["free", "main"])
    }

    @Test(
        "The end of a dev key is a date, or a moment of UTC",
        arguments: [
            ("2027-01-31", "2027-01-31T00:00:00.000Z"), ("2027-01-31T12:30Z", "2027-01-31T12:30:00.000Z"),
            ("2027-01-31T12:30:15Z", "2027-01-31T12:30:15.000Z"),
            ("2027-01-31T12:30:15.250+00:00", "2027-01-31T12:30:15.250Z"),
        ])
    func moments(text: String, moment: String) throws {
        let main = "endpoint: https://a.example/v1, project: a, devKeyFile: /k, devKeyExpires: \"\(text)\""
        let settings = try Settings.parse("projects: { main: { \(main) } }", file: "refreshd.yaml")

        #expect(settings.projects.compactMap(\.devKeyExpires).map { WireTime($0).iso } == [moment])
    }

    @Test("A margin that is set below the one for scarce calls holds for these too")
    func margins() throws {
        let text = "projects: { main: { endpoint: https://a.example/v1, project: shop } }\nwaits: { margin: 10s }"
        let settings = try Settings.parse(text, file: "refreshd.yaml")

        #expect(settings.waits.margin == .seconds(10))
        #expect(settings.waits.marginWhenTight == .seconds(10))
    }

    @Test("The folders that systemd prepares go before the defaults, and the file before both")
    func folders() throws {
        let folders = ServiceFolders(environment: [
            "STATE_DIRECTORY": "/var/lib/private/refreshd:/var/lib/other", "RUNTIME_DIRECTORY": "/run/instance",
            "CREDENTIALS_DIRECTORY": "/run/credentials/refreshd.service",
        ])
        let text = "projects: { main: { endpoint: https://a.example/v1, project: shop, apiKeyCredential: k } }\n"
        let plain = try Settings.parse(text, file: "refreshd.yaml", folders: folders)
        let set = try Settings.parse(
            text + "state: { directory: /srv }\nsockets: { token: { path: /srv/t } }", file: "refreshd.yaml",
            folders: folders)

        #expect(plain.state.directory == "/var/lib/private/refreshd")
        #expect(plain.sockets.token.path == "/run/instance/token.sock")
        #expect(plain.sockets.control.path == "/run/instance/control.sock")
        #expect(set.state.directory == "/srv")
        #expect(set.sockets.token.path == "/srv/t")
        #expect(
            plain.projects.map(\.apiKey) == [.credential(name: "k", directory: "/run/credentials/refreshd.service")])
        #expect(
            ServiceFolders(environment: ["STATE_DIRECTORY": "relative", "RUNTIME_DIRECTORY": ""]) == ServiceFolders())
    }

    private let whole = """
        projects:
          side:
            endpoint: http://[::1]:9000/v1
            project: side
            ipVersion: 6
          main:
            endpoint: http://Appwrite.internal:8080/v1/
            project: shop
            apiKeyCredential: main-api-key
            devKeyFile: /etc/refreshd/dev-key
            allowPlainHTTP: true
            devKeyExpires: 2027-01-31
            caFile: "/etc/refreshd/ca.pem"
            proxy: http://Proxy.example:3128/
            proxyLoginCredential: proxy-login
            budget: { limit: 5, window: 1m, reserve: 1, openingDelay: 500ms }
            pace: { maxPerSecond: 7, maxInFlight: 3 }
            keep:
              - { user: "*-bot", provider: spotify, keep: always }
              - provider: git*
                keep: used
              - { user: ada, keep: 03:05 for 45m }
              - keep: "23:59  for 24h"
            stopAfter: 7d
            maxSessionAge: 90d
            assumedLifetime: 30m
            providers: { salesforce: { assumedLifetime: 2h }, github: { assumedLifetime: 8h } }
            discovery: { every: 30s, overlap: 1500ms, walkEvery: 1h }
        state: { directory: /srv/refreshd, keyFile: /srv/refreshd.key }
        sockets:
          token: { path: /run/t.sock, mode: "0666", group: apps }
          control: { path: /run/c.sock, mode: 660, group: wheel }
        waits:
          doubtFor: 121s
          lookFor: 2s
          suspectFor: 3s
          recheckLogin: 4s
          margin: 5s
          marginWhenTight: 3s
          longestSleep: 6s
          firstRetry: 7s
        calls: { refreshTimeout: 20s, readTimeout: 5s }
        log: { level: debug, format: json }

        """
}
