// What can be learnt of an Appwrite without spending anything or changing anything: who answers at an endpoint, and what
// it says to the project and its key. For `refreshd check`; the daemon asks none of this.

package import RefreshEngine
package import RefreshPolicy

/// Asks about one project. Whoever makes one must `close()` it.
package struct Probe: Sendable {
    let project: AppwriteProject
    let limits: ConnectionLimits
    private let transport: Transport

    package init(
        of project: AppwriteProject, limits: ConnectionLimits = ConnectionLimits(), clock: any WallClock
    ) {
        self.project = project
        self.limits = limits
        transport = Transport(through: ProxyGate(project.route), limits, clock: clock)
    }

    package func close() async {
        await transport.close()
    }

    /// Who answers at the endpoint, and what the answer's headers say of its clock.
    package func greeting() async -> (Greeting, AnswerHeaders?) {
        switch await ask(.readVersion) {
        case .answered(let answer, let headers): (answer.greeting, headers)
        case .broken(let trouble, _): (.silent(trouble), nil)
        }
    }

    /// Whether Appwrite knows the project; no key is shown.
    package func projectAnswer() async -> ProjectAnswer {
        switch await ask(.listNobodysSessions) {
        case .answered(let answer, _): answer.ofProject
        case .broken(let trouble, _): .unclear(.silent(trouble))
        }
    }

    /// Whether the key has the scope `users.read`.
    package func mayReadUsers(_ key: Secret) async -> KeyAnswer {
        await ask(.listOneUser(key: key)) { status, _ in status == 200 }
    }

    /// Whether the key has the scope `users.write`, by a JWT for a user that is not there.
    package func mayMintTokens(_ key: Secret) async -> KeyAnswer {
        await ask(.mintNobodysToken(key: key)) { status, type in status == 201 || type == "user_not_found" }
    }

    /// What the key may read besides, of what can be asked for: a key needs no scope that refreshd does not use.
    package func needlessScopes(_ key: Secret) async -> [String] {
        var scopes: [String] = []
        for (scope, route) in Self.needless {
            let answer = await ask(.listOne(of: route, key: key)) { status, _ in status == 200 }
            if answer == .allowed { scopes.append(scope) }
        }
        return scopes
    }

    /// Lists that each need one scope; a version that has no such list answers 404.
    private static let needless: [(scope: String, route: [String])] = [
        ("teams.read", ["teams"]), ("databases.read", ["databases"]), ("buckets.read", ["storage", "buckets"]),
        ("functions.read", ["functions"]),
    ]

    private func ask(_ request: AppwriteRequest, granted: (Int, String?) -> Bool) async -> KeyAnswer {
        switch await ask(request) {
        case .answered(let answer, _): answer.ofKey(granted: granted)
        case .broken(let trouble, _): .unclear(.silent(trouble))
        }
    }

    private func ask(_ request: AppwriteRequest) async -> Exchange<ConnectionTrouble> {
        await transport.send(
            request.message(to: project), limit: project.limits.other, bodyLimit: request.bodyLimit)
    }
}
