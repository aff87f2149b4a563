// The stage of a forecast: an Appwrite that has just the sessions of the rows, with tokens that end when theirs do.

import AppwriteModel
import RefreshPolicy

struct ForecastStage {
    private var stage: Stage<Never>
    private(set) var calls: [Forecast.Call] = []

    init(_ present: Forecast.Present, seed: UInt64) {
        let now = present.now.milliseconds
        var server = AppwriteServer(settings: ServerSettings(windowLength: Self.window(of: present.rules)), seed: seed)
        var sites: [Site] = []
        for project in present.rules.projects {
            let name = project.alias.rawValue
            let isUnmetered =
                project.metering == .unmetered
                && !present.conditions.contains {
                    $0.cause == .meteredAfterAll && $0.scope == .project(project.alias)
                }
            server.setUp(
                ProjectSetup(
                    id: name, sessionsPerUser: .unlimited,
                    apiKeys: [APIKey(key: "key", scopes: ["users.read", "users.write"])],
                    devKeys: isUnmetered ? [DevKey(key: "dev")] : []))
            sites.append(
                Site(
                    alias: project.alias, project: name, host: project.host.rawValue,
                    apiKey: project.hasAPIKey ? "key" : nil, devKey: isUnmetered ? "dev" : nil))
        }
        var rows: [SessionRow] = []
        for row in present.rows { rows.append(Self.populate(&server, with: row, present.rules)) }
        var weather = Weather()
        weather.travel = 20...20
        weather.work = 500...500
        stage = Stage(
            rules: present.rules, rows: rows, wire: Wire(server: server, sites: sites), weather: weather, now: now,
            seed: seed)
        for record in present.budgets { stage.prepare(.budget(record)) }
        for condition in present.conditions { stage.prepare(.condition(condition)) }
        stage.start()
    }

    var rows: [SessionRow] { stage.machine.memory.rows() }

    func budgets(at now: WallTime) -> [BudgetView] { stage.machine.scheduler.budgets(at: now) }

    mutating func go(to time: WallTime) {
        while stage.next(until: time.milliseconds) != nil {}
        for sent in stage.sent {
            calls.append(Forecast.Call(at: WallTime(milliseconds: sent.time), key: sent.key))
        }
        stage.sent = []
        stage.notices = []
        stage.replies = []
        stage.wire.server.forget(before: time.milliseconds - 600_000)
    }

    /// All hosts of one model count in one window; settings that say otherwise are simulated by the longest.
    private static func window(of rules: Rules) -> Int64 {
        rules.projects.map(\.budget.window.wholeMilliseconds).max() ?? ServerSettings.hour
    }

    /// Logs the row's session in, and returns the row with the token that the model has for it.
    private static func populate(_ server: inout AppwriteServer, with row: SessionRow, _ rules: Rules) -> SessionRow {
        guard let project = rules.project(row.key.project) else { return row }
        let latest = row.next ?? row.token
        let life = row.course(by: project)?.life ?? project.assumedLifetime(of: row.provider)
        let issuedAt = latest?.issuedAt ?? row.createdAt
        let name = row.key.project.rawValue
        server.setProvider(
            row.provider.rawValue, of: name,
            to: ProviderBehaviour(
                lifetime: project.assumedLifetime(of: row.provider).wholeMilliseconds,
                expiresIn: latest?.expiresAt == nil && row.hasRefreshToken ? .omitted : .sent))
        let session = server.logIn(
            Login(
                project: name, provider: row.provider.rawValue, providerUID: row.providerUID,
                userID: row.user.rawValue, sessionID: row.key.session.rawValue, lifetime: .own(life.wholeMilliseconds),
                refreshToken: row.hasRefreshToken ? .sent : .omitted,
                sessionExpiresAt: row.sessionExpiresAt.milliseconds), now: issuedAt.milliseconds)
        guard let session, let token = Secret(session.accessToken) else { return row }
        var placed = row
        if row.next != nil { placed.next?.value = token } else { placed.token?.value = token }
        if row.source == .secret { placed.secret = Secret(of: session) }
        return placed
    }
}
