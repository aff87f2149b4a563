// SIGHUP: settings are read anew while the daemon runs.

import AppwriteModel
import AppwriteSimulator
import Foundation
import Glibc
import Harness
import Testing

@Suite("A reload")
struct ReloadTests {
    /// Two projects, of which the settings name the first only.
    private static let plan = {
        var plan = Plan()
        var shop = DaemonSettings.ProjectSettings()
        shop.alias = "shop"
        shop.project = "shop"
        shop.apiKey = "standard_shop4ffc1d"
        plan.settings.projects.append(shop)
        return plan
    }()

    private static let smaller = {
        var settings = plan.settings
        settings.projects.removeLast()
        return settings
    }()

    @Test("a project that has come is found and served, one that has left is unknown; the manager hears of both")
    func projects() async throws {
        try await withManager { manager in
            var plan = Self.plan
            plan.environment = manager.environment
            try await withWorld(plan) { world in
                let (anna, ben) = (try world.logIn(), try world.logIn("ben", project: "shop"))
                try world.daemon.configure(Self.smaller)
                try await world.daemon.start()
                try await world.untilServed(anna)
                #expect(try await world.daemon.token(of: ben, project: "shop").status == 404)

                try world.daemon.configure(Self.plan.settings)
                try world.daemon.reload()
                try await world.untilServed(ben, project: "shop")
                try world.daemon.configure(Self.smaller)
                try world.daemon.reload()
                try await eventually("shop to be unknown") {
                    try await world.daemon.token(of: ben, project: "shop").status == 404
                }
                #expect(try await world.daemon.token(of: anna).status == 200)
                try await eventually("the end of both reloads") { manager.lines.count { $0 == "READY=1" } == 3 }
                let words = manager.lines.map { $0.prefix { $0 != "=" } }.filter {
                    ["READY", "RELOADING", "MONOTONIC_USEC"].contains($0)
                }
                #expect(
                    words == ["READY"]
                        + Array(repeating: ["RELOADING", "MONOTONIC_USEC", "READY"], count: 2).flatMap { $0 })
                #expect(try world.daemon.logLines(with: "settings read anew; projects: main, shop").count == 1)
            }
        }
    }

    @Test("a broken file changes nothing and is told with its lines and keys, in the log and to the manager")
    func broken() async throws {
        try await withManager { manager in
            var plan = Plan()
            plan.environment = manager.environment
            try await withWorld(plan) { world in
                let anna = try world.logIn()
                try await world.daemon.start()
                try await world.untilServed(anna)
                let sound = try world.daemon.text(of: "settings.yaml")
                try world.daemon.write(sound.replacing("waits:", with: "wait:"), to: "settings.yaml")
                try world.daemon.reload()
                try await eventually("the refusal") {
                    manager.lines.contains { $0.hasPrefix("STATUS=new settings refused") }
                }
                let log = try world.daemon.log
                #expect(log.contains("the new settings are refused, and the old ones hold on"))
                #expect(log.contains(/settings\.yaml:\d+:1: wait: unknown key\. Did you mean waits\?/), "said: \(log)")
                #expect(try await world.daemon.token(of: anna).status == 200)

                // Nor does a key that is not there.
                try FileManager.default.removeItem(atPath: world.daemon.folder + "/main-api-key")
                try world.daemon.write(sound, to: "settings.yaml")
                try world.daemon.reload()
                try await eventually("the second refusal") {
                    try world.daemon.log.contains("main-api-key: not there")
                }
                #expect(try await world.daemon.token(of: anna).status == 200)

                try world.daemon.write("standard_apikey4ffc1d", to: "main-api-key")
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o600], ofItemAtPath: world.daemon.folder + "/main-api-key")
                try world.daemon.reload()
                try await eventually("the reload") { try world.daemon.log.contains("settings read anew") }
                let count = manager.lines.count
                try await eventually("a status without the remark") {
                    manager.lines.dropFirst(count - 1).contains { $0.hasPrefix("STATUS=1 fresh") }
                }
                #expect(try await world.daemon.stop() == .exited(0))
            }
        }
    }

    @Test("a name that now stands for another project is refused, by a start and by check too: nothing of it is erased")
    func misusedName() async throws {
        try await withWorld(Self.plan) { world in
            let anna = try world.logIn()
            try world.daemon.configure(Self.smaller)
            try await world.daemon.start()
            try await world.untilServed(anna)
            var other = Self.smaller
            other.projects[0].project = "shop"
            other.projects[0].apiKey = Self.plan.settings.projects[1].apiKey
            try world.daemon.configure(other)
            try world.daemon.reload()
            try await eventually("the refusal") { try world.daemon.log.contains("the new settings are refused") }
            let words = "main is the name of the project demo in the store, with 1 session, and of the project shop"
            #expect(try world.daemon.log.contains("projects.main.project: \(words)"))
            #expect(try await world.daemon.token(of: anna).status == 200)

            #expect(try await world.daemon.stop() == .exited(0))
            let settings = world.daemon.folder + "/settings.yaml"
            let start = try await world.daemon.command(["serve", "--config", settings])
            #expect(start.ending == .exited(78) && start.errors.contains(words), "said: \(start.errors)")
            let check = try await world.daemon.command(["check", "--config", settings])
            #expect(check.ending == .exited(78) && check.output.contains(words), "said: \(check.output)")

            try world.daemon.configure(Self.smaller)
            try await world.daemon.start()
            #expect(try await world.daemon.token(of: anna).status == 200)
        }
    }

    @Test("a refresh under way comes to its end, and who waits for it is answered")
    func underWay() async throws {
        let provider = Latch()
        var plan = Self.plan
        plan.clock = provider.clock
        try await withWorld(plan) { world in
            let anna = try world.logIn(lifetime: .own(60_000))
            try world.daemon.configure(Self.smaller)
            try await world.daemon.start()
            try await world.untilServed(anna)
            world.spoil(anna, Fault(delay: 1, times: 1))
            async let waiting = world.daemon.refresh(anna, maxWait: 300)
            try await eventually("the refresh to be sent") { !world.patches(of: anna).isEmpty }
            var settings = Self.plan.settings
            settings.waits["margin"] = "2m"
            settings.waits["marginWhenTight"] = "1m"
            try world.daemon.configure(settings)
            try world.daemon.reload()
            try await eventually("the reload") { try world.daemon.log.contains("settings read anew") }
            provider.open()
            #expect(try await waiting["ending"] == "renewed")
            #expect(try await world.daemon.token(of: anna)["access_token"] == world.currentToken(of: anna))
        }
    }

    @Test("the level of the log changes; what a restart only can change is named each time, and is as it was")
    func restartOnly() async throws {
        var plan = Plan()
        plan.settings.log["level"] = "error"
        try await withWorld(plan) { world in
            let anna = try world.logIn()
            try await world.daemon.start()
            try await world.untilServed(anna)
            #expect(try world.daemon.log.isEmpty)
            let changed = try world.daemon.text(of: "settings.yaml").replacing("/state }", with: "/elsewhere }")
                .replacing("token.sock", with: "t.sock").replacing("level: error", with: "level: info")
            try world.daemon.write(changed, to: "settings.yaml")
            for round in 1...2 {
                try world.daemon.reload()
                try await eventually("what is kept, to be told") {
                    try world.daemon.logLines(with: "state.directory, sockets.token: changed in the settings").count
                        == round
                }
            }
            #expect(try await world.daemon.token(of: anna).status == 200)
        }
    }

    @Test("other rules of access hold at once, and none again")
    func rules() async throws {
        var plan = Plan()
        plan.settings.access = ["{ uid: \(geteuid()), allow: read }"]
        try await withWorld(plan) { [plan] world in
            let anna = try world.logIn()
            try await world.daemon.start()
            try await world.untilServed(anna)
            for (rules, status) in [(["{ uid: nobody, allow: read }"], 403), ([], 200)] {
                var settings = plan.settings
                settings.access = rules
                try world.daemon.configure(settings)
                try world.daemon.reload()
                try await eventually("an answer by \(rules)") {
                    try await world.daemon.token(of: anna).status == status
                }
            }
        }
    }
}
