// A simulated Appwrite in this process, with users to refresh.

import AppwriteModel
import AppwriteSimulator
import Foundation

struct Provider: Sendable {
    let simulator: Simulator
    let port: Int

    static let apiKey = "standard_bench"
    static let devKey = "devkey_bench"
    static let project = "lab"

    /// `latency`: how long each answer takes. `lifetime`: of the provider's tokens.
    static func with<Value>(
        latency: Milliseconds = 0, lifetime: Milliseconds = ServerSettings.hour,
        _ body: (Provider) async throws -> Value
    ) async throws -> Value {
        try await withSimulator(SimulatorSettings(latency: latency)) { url, simulator in
            simulator.change { server, _ in
                server.setUp(
                    ProjectSetup(
                        id: project, apiKeys: [APIKey(key: apiKey, scopes: ["users.read", "users.write"])],
                        devKeys: [DevKey(key: devKey)],
                        providers: [ProviderSetup(name: "google", behaviour: ProviderBehaviour(lifetime: lifetime))]))
            }
            guard let port = URL(string: url)?.port else { throw BenchFailure("no port in \(url)") }
            return try await body(Provider(simulator: simulator, port: port))
        }
    }

    var endpoint: String { "http://127.0.0.1:\(port)/v1" }

    @discardableResult
    func logIn(_ count: Int) throws -> [LoggedIn] {
        try (0..<count).map { index in
            try simulator.logIn(
                Login(project: Self.project, provider: "google", providerUID: "account\(index)", userID: "user\(index)")
            )
        }
    }

    /// Until so many PATCHes have come.
    func untilRefreshed(_ count: Int) async throws {
        for _ in 0..<600 where simulator.ledger.patches.count < count {
            try await Task.sleep(for: .milliseconds(100))
        }
        guard simulator.ledger.patches.count >= count else { throw BenchFailure("nothing is refreshed") }
    }

    /// The lines of a project that finds its sessions by the API key and calls with the dev key.
    func settings(in folder: BenchFolder, pace: String = "{}") throws -> String {
        let apiKey = try folder.write(Self.apiKey, to: "api-key")
        let devKey = try folder.write(Self.devKey, to: "dev-key")
        return """
              lab:
                endpoint: \(endpoint)
                project: \(Self.project)
                apiKeyFile: \(apiKey)
                devKeyFile: \(devKey)
                pace: \(pace)
                discovery: { every: 1s }
            """
    }
}
