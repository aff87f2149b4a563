// What can be learnt of an Appwrite without spending anything or changing anything: who answers at an endpoint, and what
// it says to the project and its key. For `refreshd check`; the daemon asks none of this.

import AsyncHTTPClient
import Foundation
import NIOCore
package import RefreshEngine
package import RefreshPolicy

/// Asks about one project. Whoever makes one must `close()` it.
package struct Probe: Sendable {
    let project: AppwriteProject
    let limits: ConnectionLimits
    private let http: HTTPClient
    private let clock: any WallClock

    package init(
        of project: AppwriteProject, limits: ConnectionLimits = ConnectionLimits(), clock: any WallClock
    ) {
        self.project = project
        self.limits = limits
        self.clock = clock
        http = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: limits.configuration(through: ProxyGate(project.route)))
    }

    package func close() async {
        do {
            try await http.shutdown()
        } catch {
            // It is closed already, which is all that is wanted.
        }
    }

    /// Who answers at the endpoint, and what the answer's headers say of its clock.
    package func greeting() async -> (Greeting, AnswerHeaders?) {
        switch await ask(.readVersion) {
        case .answered(let answer, let headers): (answer.greeting, headers)
        case .silent(let trouble): (.silent(trouble), nil)
        }
    }

    /// Whether Appwrite knows the project; no key is shown.
    package func projectAnswer() async -> ProjectAnswer {
        switch await ask(.listNobodysSessions) {
        case .answered(let answer, _): answer.ofProject
        case .silent(let trouble): .unclear(.silent(trouble))
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

    private enum Reply: Sendable {
        case answered(RawAnswer, AnswerHeaders)
        case silent(ConnectionTrouble)
    }

    private func ask(_ request: AppwriteRequest, granted: (Int, String?) -> Bool) async -> KeyAnswer {
        switch await ask(request) {
        case .answered(let answer, _): answer.ofKey(granted: granted)
        case .silent(let trouble): .unclear(.silent(trouble))
        }
    }

    private func ask(_ request: AppwriteRequest) async -> Reply {
        let limit = project.limits.other
        return await withTaskGroup(of: Reply.self) { race in
            race.addTask { await exchange(request) }
            race.addTask {
                do {
                    try await clock.sleep(for: limit)
                } catch {
                    // The exchange has ended: nobody reads this.
                }
                return .silent(.answerTimedOut)
            }
            let first = await race.next() ?? .silent(.cut)
            race.cancelAll()
            return first
        }
    }

    private func exchange(_ request: AppwriteRequest) async -> Reply {
        var message = HTTPClientRequest(url: request.url(at: project.endpoint))
        message.method = request.method
        message.headers = request.headers(for: project)
        message.body = request.body.map { .bytes(Array($0.utf8)) }
        message.tlsConfiguration = project.tlsConfiguration
        do {
            let start = clock.steady()
            let response = try await http.execute(message, deadline: .distantFuture)
            let fields = HeaderFields(response.headers.map { ($0.name, $0.value) })
            let receivedAt = clock.now()
            let headers = fields.headers(sentAt: receivedAt - (clock.steady() - start), receivedAt: receivedAt)
            let body = try await response.body.collect(upTo: request.bodyLimit)
            return .answered(
                RawAnswer(status: Int(response.status.code), fields: fields, body: Data(body.readableBytesView)),
                headers)
        } catch {
            return .silent(ConnectionTrouble(error))
        }
    }
}
