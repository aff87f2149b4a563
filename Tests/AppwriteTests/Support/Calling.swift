// A client of one project, for the tests of calls, and the targets they call on.

import RefreshEngine
import RefreshPolicy
import Testing

@testable import Appwrite

struct Calling {
    let clock: HandClock
    let client: AppwriteClient

    /// Runs a client of the project `main` at `endpoint` while `body` uses it.
    static func on<Value>(
        _ endpoint: String, apiKey: String = "standard_key", devKey: String = "", caFile: String? = nil,
        route: Route = Route(), connections: ConnectionLimits = ConnectionLimits(),
        _ body: (Calling) async throws -> Value
    ) async throws -> Value {
        let project = try AppwriteProject(
            alias: try #require(ProjectAlias("main")),
            endpoint: try Endpoint(endpoint, plainHTTP: .anywhere),
            projectID: try #require(AppwriteProjectID("peer")), apiKey: Secret(apiKey), devKey: Secret(devKey),
            caFile: caFile, route: route)
        let calling = Calling(project, connections)
        do {
            let value = try await body(calling)
            await calling.client.close()
            return value
        } catch {
            await calling.client.close()
            throw error
        }
    }

    private init(_ project: AppwriteProject, _ connections: ConnectionLimits) {
        clock = HandClock()
        client = AppwriteClient(projects: [project], connections: connections, clock: clock)
    }
}

extension CallTarget {
    /// The session `s1` of the user `u1`.
    static func session(by credential: Credential, in project: String = "main") throws -> CallTarget {
        CallTarget(
            key: SessionKey(
                project: try #require(ProjectAlias(project)), session: try #require(SessionID("s1"))),
            user: try #require(UserID("u1")), credential: credential)
    }

    static func withSecret(_ secret: String = "c2VjcmV0", in project: String = "main") throws -> CallTarget {
        try session(by: .secret(try #require(Secret(secret))), in: project)
    }
}
