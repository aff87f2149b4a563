// A forecast is what the scheduler then does, call for call, where nothing unforeseen happens.

import AppwriteModel
import RefreshPolicy
import Testing

@testable import RefreshSimulation

@Suite("A forecast")
struct ForecastTests {
    private static let begin: Int64 = 1_795_471_200_000
    private static let rules = Rules(projects: [
        ProjectRules(alias: named("app"), host: HostName("appwrite.example"), hasAPIKey: true)
    ])

    private static func named<Kind>(_ name: String) -> Identifier<Kind> {
        guard let identifier = Identifier<Kind>(name) else { preconditionFailure("\(name) is no \(Kind.noun)") }
        return identifier
    }

    /// Users who log in one after another, and are known three hours later.
    private func stage(users: Int) -> Stage<Never> {
        var server = AppwriteServer(seed: 5)
        server.setUp(
            ProjectSetup(
                id: "app", apiKeys: [APIKey(key: "key", scopes: ["users.read", "users.write"])],
                providers: [
                    ProviderSetup(name: "google", behaviour: ProviderBehaviour(lifetime: 3_600_000)),
                    ProviderSetup(name: "spotify", behaviour: ProviderBehaviour(lifetime: 7_200_000)),
                ]))
        for user in 0..<users {
            _ = server.logIn(
                Login(
                    project: "app", provider: user.isMultiple(of: 2) ? "google" : "spotify",
                    providerUID: "g\(user)", userID: "u\(user)"), now: Self.begin + Int64(user) * 307_000)
        }
        var weather = Weather()
        weather.travel = 20...20
        weather.work = 500...500
        let site = Site(alias: Self.named("app"), project: "app", host: "appwrite.example", apiKey: "key")
        var stage = Stage<Never>(
            rules: Self.rules, wire: Wire(server: server, sites: [site]), weather: weather,
            now: Self.begin + 3_000_000, seed: 9)
        stage.start()
        for user in 0..<users {
            guard case .success(let facts) = stage.wire.list(Self.named("u\(user)"), in: site.alias, now: stage.now)
            else { continue }
            stage.take(.listed(site.alias, Self.named("u\(user)"), facts, stage.headersNow()))
        }
        #expect(stage.next(until: Self.begin + 10_800_000) == nil)
        stage.sent = []
        return stage
    }

    private func present(of stage: Stage<Never>) -> Forecast.Present {
        Forecast.Present(
            rules: Self.rules, rows: stage.machine.memory.rows(), budgets: stage.machine.memory.recalled.budgets,
            now: stage.wall)
    }

    @Test("is what the scheduler then does, call for call", arguments: [3, 6, 9])
    func agrees(users: Int) {
        var stage = stage(users: users)
        let forecast = Forecast(present(of: stage), hours: 24)

        #expect(stage.next(until: stage.now + 86_400_000) == nil)

        #expect(stage.book.breaches.isEmpty)
        #expect(forecast.calls.count > 24)
        #expect(forecast.calls.map(\.key) == stage.sent.map(\.key))
        let differences = zip(forecast.calls, stage.sent).map { abs($0.at.milliseconds - $1.time) }
        #expect((differences.max() ?? 0) <= 2000)
    }

    @Test("tells who misses first and why, and what the hours need and have, where calls do not suffice")
    func misses() {
        let forecast = Forecast(present(of: stage(users: 24)), hours: 6)
        #expect(forecast.misses.contains { $0.cause == .noCallLeft })
        #expect(forecast.misses.map(\.from) == forecast.misses.map(\.from).sorted())
        #expect(forecast.hours.count == 6)
        #expect(forecast.hours.allSatisfy { $0.available == 10 && $0.calls <= 20 && $0.calls <= $0.needed })
        #expect(forecast.hours.contains { $0.needed > 10 })
        #expect(forecast.budgets.first?.shortage?.notKept ?? 0 > 0)
    }

    @Test("misses nobody where calls suffice")
    func suffices() {
        let forecast = Forecast(present(of: stage(users: 5)), hours: 24)
        #expect(forecast.misses.isEmpty)
        #expect(forecast.end == forecast.begin + .seconds(86_400))
    }
}
