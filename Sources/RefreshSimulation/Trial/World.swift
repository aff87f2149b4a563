// The world that a trial begins in: projects, providers of every temper, users and their logins, all by dice.

import AppwriteModel
import RefreshPolicy

struct World: Sendable {
    var rules: Rules
    var wire: Wire
    var weather = Weather()
    /// In the order of their making.
    var providers: [String]
    var users: [String]
    let hasTroubleWithTime: Bool

    static let names = ["google", "microsoft", "spotify", "github", "salesforce", "slack"]

    init(dice: inout SeededGenerator, now: Int64) {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &dice) < percent }
        let version: AppwriteVersion = chance(50) ? .v1_8_1 : .v1_9_6
        let isUnlimited = chance(8)
        var server = AppwriteServer(
            settings: ServerSettings(version: version, metering: isUnlimited ? .disabled : .enabled),
            seed: UInt64.random(in: .min ... .max, using: &dice))
        var sites: [Site] = []
        var projects: [ProjectRules] = []
        providers = Array(Self.names.shuffled(using: &dice).prefix(Int.random(in: 1...4, using: &dice)))
        hasTroubleWithTime = chance(30)
        for name in ["app", "shop"].prefix(chance(25) ? 2 : 1) {
            let hasKey = chance(80)
            let devKey: DevKey? =
                chance(35)
                ? DevKey(
                    key: "dev-\(name)",
                    expiresAt: chance(50) ? now + Int64.random(in: 1...40, using: &dice) * 3_600_000 : nil)
                : nil
            let length: Int64 = chance(20) ? Int64.random(in: 2...60, using: &dice) * 3_600_000 : ProjectSetup.year
            server.setUp(
                ProjectSetup(
                    id: name, sessionLength: length,
                    apiKeys: [APIKey(key: "key-\(name)", scopes: ["users.read", "users.write"])],
                    devKeys: devKey.map { [$0] } ?? [],
                    providers: providers.map { ProviderSetup(name: $0, behaviour: Self.temper(of: $0, &dice)) }))
            guard let alias = ProjectAlias(name) else { continue }
            sites.append(
                Site(
                    alias: alias, project: name, host: "appwrite.example", apiKey: hasKey ? "key-\(name)" : nil,
                    devKey: devKey?.key))
            var project = ProjectRules(
                alias: alias, host: HostName("appwrite.example"), hasAPIKey: hasKey,
                metering: devKey == nil ? .metered : .unmetered)
            if chance(15),
                let span = DailySpan(start: .seconds(Int.random(in: 0..<86_400, using: &dice)), length: .seconds(2700))
            {
                project.keepRules = [KeepRule(user: NamePattern("u1*"), provider: nil, keeping: .daily(span))]
            }
            if chance(10) { project.maxSessionAge = .seconds(Int.random(in: 20...60, using: &dice) * 3600) }
            projects.append(project)
        }
        rules = Rules(projects: projects)
        wire = Wire(server: server, sites: sites)
        users = (1...Int.random(in: 1...(chance(15) ? 30 : 8), using: &dice)).map { "u\($0)" }
        if chance(40) { weather.lostAnswers = Int.random(in: 5...150, using: &dice) }
        if chance(40) { weather.lostLooks = Int.random(in: 5...150, using: &dice) }
        if chance(10) { weather.stripsRateHeaders = true }
    }

    private static func temper(of name: String, _ dice: inout SeededGenerator) -> ProviderBehaviour {
        var behaviour = ProviderBehaviour.known(name)
        if name == "github" && Bool.random(using: &dice) { return behaviour }
        if behaviour.expiresIn == .sent {
            let minutes = [1, 10, 60, 60, 60, 60, 120, 480, 1440].randomElement(using: &dice) ?? 60
            behaviour.lifetime = Int64(minutes) * 60_000
        }
        behaviour.rotation = ProviderBehaviour.Rotation.allCases.randomElement(using: &dice) ?? .rotates
        behaviour.reuse = ProviderBehaviour.Reuse.allCases.randomElement(using: &dice) ?? .refused
        return behaviour
    }
}
