// Another client of the same address and host name: what it spends is missing from the window that the daemon draws on,
// and what it does to a session the daemon has to find out.

import AppwriteModel
import AppwriteSimulator

struct Strangers: Sendable {
    let world: World
    let records: Records
    /// Of its own project, which the daemon knows nothing of.
    private let own: LoggedIn

    private static let patience: Duration = .seconds(2)

    init(_ world: World, _ records: Records) throws {
        self.world = world
        self.records = records
        world.simulator.change { server, _ in
            server.setUp(ProjectSetup(id: Cast.foreign, providers: [ProviderSetup(name: Cast.patient)]))
        }
        own = try Self.logIn(world)
    }

    /// One call for a session of its own.
    func spend(_ dice: inout SeededDice) async throws {
        if Bool.random(using: &dice) {
            await call("PATCH", own, as: .ownRefresh)
        } else {
            await call("DELETE", try Self.logIn(world), as: .ownLogout)
        }
    }

    func refresh(kept isMeant: (Tenant) -> Bool, _ dice: inout SeededDice) async {
        let kept = records.tenants.filter(isMeant)
        guard let tenant = kept.randomElement(using: &dice) else { return }
        await call("PATCH", tenant.login, as: .refresh)
    }

    func logOut(_ tenant: Tenant) async {
        await call("DELETE", tenant.login, as: .logout)
    }

    private static func logIn(_ world: World) throws -> LoggedIn {
        try world.simulator.logIn(Login(project: Cast.foreign, provider: Cast.patient, providerUID: "stranger"))
    }

    private func call(_ method: String, _ login: LoggedIn, as kind: ForeignCall.Kind) async {
        let at = world.simulator.now()
        let request = HTTPCall(
            method: method, target: "/v1/account/sessions/\(login.sessionId)",
            headers: [
                ("Host", Cast.host), ("X-Appwrite-Project", login.project), ("X-Appwrite-Session", login.secret),
            ])
        // They meet the same faults as the daemon does, and hang up in time.
        let reply = await withTaskGroup(of: HTTPReply.self) { group in
            group.addTask { [world] in await world.simulator.respond(to: request) }
            group.addTask {
                // Cancelled means that the answer has come.
                try? await Task.sleep(for: Self.patience)
                return .hangUp
            }
            defer { group.cancelAll() }
            return await group.next() ?? .hangUp
        }
        let status: Int? =
            switch reply {
            case .answer(let answer): answer.status
            case .hangUp: nil
            }
        records.change { $0.foreignCalls.append(ForeignCall(at: at, kind: kind, status: status)) }
    }
}
