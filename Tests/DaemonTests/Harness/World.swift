// An Appwrite of make-believe and a daemon that keeps its sessions: what most tests begin with.

import AppwriteModel
import AppwriteSimulator
import Foundation
import Harness

/// How a test's world is made.
struct Plan: Sendable {
    var version = AppwriteVersion.v1_9_6
    /// The limit's window: ten years, so that none ends in the middle of a test.
    var window: Milliseconds = 3650 * 24 * ServerSettings.hour
    var clock = SimulatorClock.system
    /// How the provider `google` behaves.
    var provider = ProviderBehaviour()
    var settings = DaemonSettings()
    var environment: [String: String] = [:]
}

struct World: Sendable {
    let simulator: Simulator
    let daemon: Daemon

    /// Logs a user in, by the account's name at the provider.
    func logIn(
        _ account: String = "anna", project: String = "demo", lifetime: Provider.Lifetime = .usual
    ) throws -> LoggedIn {
        try simulator.logIn(
            Login(project: project, provider: "google", providerUID: account, lifetime: lifetime))
    }

    /// What goes wrong from now on when the login's session is refreshed; nothing heals it.
    func spoil(_ login: LoggedIn, _ faults: Fault...) {
        simulator.change { server, _ in server.setFaults(faults, at: .session(login.sessionId), of: login.project) }
    }

    /// The token that Appwrite holds for the login's session.
    func currentToken(of login: LoggedIn) -> String? {
        simulator.change { server, _ in server.project(login.project)?.session(login.sessionId)?.accessToken }
    }

    /// Every PATCH of the login's session, in order of arrival.
    func patches(of login: LoggedIn) -> [PatchRecord] {
        simulator.ledger.patches.filter { $0.sessionID == login.sessionId }
    }

    /// Waits until the daemon knows the login's session and its token can be read.
    func untilServed(_ login: LoggedIn, project: String = "main") async throws {
        try await eventually("the token of \(login.providerUid) to be served") {
            try await daemon.token(of: login, project: project, minValid: 0).status == 200
        }
    }

    /// Waits until the daemon shows the login's session in that standing.
    func until(_ standing: String, _ login: LoggedIn, project: String = "main") async throws {
        try await eventually("\(login.providerUid) to be \(standing)") {
            try await daemon.show(login, project: project)["standing"] == standing
        }
    }
}

/// Gives `body` a world in which nothing has happened yet: the daemon is not started, and nobody has logged in.
func withWorld(_ plan: Plan = Plan(), _ body: (World) async throws -> Void) async throws {
    let settings = SimulatorSettings(
        server: ServerSettings(version: plan.version, windowLength: plan.window), clock: plan.clock)
    try await withSimulator(settings) { url, simulator in
        simulator.change { server, _ in
            for project in plan.settings.projects {
                server.setUp(
                    ProjectSetup(
                        id: project.project,
                        apiKeys: project.apiKey.map { [APIKey(key: $0, scopes: ["users.read", "users.write"])] } ?? [],
                        devKeys: project.devKey.map { [DevKey(key: $0)] } ?? [],
                        providers: [ProviderSetup(name: "google", behaviour: plan.provider)]))
            }
        }
        guard let port = URL(string: url)?.port else { throw HarnessTrouble("no port in \(url)") }
        try await withDaemon(plan.settings, port: port, environment: plan.environment) { daemon in
            try await body(World(simulator: simulator, daemon: daemon))
        }
    }
}
