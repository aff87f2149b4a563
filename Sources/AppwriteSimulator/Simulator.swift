// The simulator as a library: the model behind a lock and a clock, reached by HTTP or straight by a test.
package import AppwriteModel
import ServiceLifecycle
import Synchronization

package struct SimulatorSettings: Sendable {
    package var server: ServerSettings
    package var clock: SimulatorClock
    /// All chance comes from here: ids, secrets, tokens.
    package var seed: UInt64
    package var listen: ListenAddress
    /// How much later than need be each answer comes, as over a network.
    package var latency: Milliseconds

    package init(
        server: ServerSettings = ServerSettings(), clock: SimulatorClock = .system, seed: UInt64 = 1,
        listen: ListenAddress = ListenAddress(), latency: Milliseconds = 0
    ) {
        self.server = server
        self.clock = clock
        self.seed = seed
        self.listen = listen
        self.latency = latency
    }
}

package struct ListenAddress: Sendable, Equatable {
    package var host: String
    /// 0: any free one.
    package var port: Int

    package init(host: String = "127.0.0.1", port: Int = 0) {
        self.host = host
        self.port = port
    }
}

/// An Appwrite server of make-believe.
///
///     try await withSimulator { url, simulator in
///         simulator.change { server, now in
///             server.setUp(ProjectSetup(id: "demo", providers: [ProviderSetup(name: "google")]))
///         }
///         let session = try simulator.logIn(Login(project: "demo", provider: "google", providerUID: "anna"))
///         // … point a client at "\(url)/v1" …
///         simulator.advance(by: 3_600_000)
///         let patches = simulator.ledger.patches
///     }
package final class Simulator: Sendable {
    package let settings: SimulatorSettings
    let signer: JWTSigner
    private let state: Mutex<State>

    private struct State {
        var server: AppwriteServer
        /// How far this server's clock is ahead of the one it was given.
        var skew: Milliseconds = 0
        var outage: Outage?
        var calls = 0
    }

    package init(_ settings: SimulatorSettings = SimulatorSettings()) {
        self.settings = settings
        signer = JWTSigner(secret: "simulator-\(settings.seed)")
        state = Mutex(State(server: AppwriteServer(settings: settings.server, seed: settings.seed)))
    }

    /// Looks at the model or changes it, at one instant of the server's clock. `change` runs under a lock: it must not
    /// call back into the simulator.
    @discardableResult
    package func change<Result, Failure: Error>(
        _ change: (inout AppwriteServer, _ now: Milliseconds) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try state.withLock { state throws(Failure) in
            try change(&state.server, settings.clock.now() + state.skew)
        }
    }

    /// The server's clock, its skew included.
    package func now() -> Milliseconds {
        change { _, now in now }
    }

    /// Moves the server's clock; a negative length moves it back.
    package func advance(by length: Milliseconds) {
        state.withLock { $0.skew += length }
    }

    /// How many requests under /v1 came so far.
    package var calls: Int {
        state.withLock { $0.calls }
    }

    /// Everything the server saw so far.
    package var ledger: Ledger {
        change { server, _ in server.ledger }
    }

    package func logIn(_ login: Login) throws(ClosedToLogins) -> LoggedIn {
        guard let session = change({ $0.logIn(login, now: $1) }) else { throw ClosedToLogins(id: login.project) }
        return LoggedIn(session, of: login.project)
    }

    /// From now on /v1 is out of reach; nil ends it.
    package func setOutage(_ outage: Outage?) {
        state.withLock { $0.outage = outage }
    }

    /// A JWT as `POST /users/{id}/jwts` would mint it, for tests that need one of their own making.
    package func jwt(_ claims: JWTClaims) -> String {
        signer.sign(claims)
    }

    /// Answers one exchange without a socket.
    package func respond(to call: HTTPCall) async -> HTTPReply {
        if call.path.first == "_simulator" {
            return .answer(ControlRoutes(simulator: self).respond(to: call))
        }
        state.withLock { $0.calls += 1 }
        if settings.latency > 0 {
            // Where the simulator shuts down, nobody waits for the answer.
            do { try await wait(settings.latency) } catch { return .hangUp }
        }
        if let outage = takeOutage(for: call) {
            if outage.answer == .silence { await waitForEnd(of: outage) }
            return outage.reply
        }
        let version = change { server, _ in server.settings.version }
        return await AppwriteRoutes(simulator: self, version: version).respond(to: call)
    }

    private func takeOutage(for call: HTTPCall) -> Outage? {
        state.withLock { state in
            guard let outage = state.outage, outage.meets(call) else { return nil }
            state.outage = outage.rest
            return outage
        }
    }

    private func waitForEnd(of outage: Outage) async {
        do {
            try await cancelWhenGracefulShutdown {
                while self.state.withLock({ $0.outage == outage }) {
                    try await Task.sleep(for: .milliseconds(10))
                }
            }
        } catch {
            // The simulator is shutting down: that ends all outages.
        }
    }

    /// Throws when the simulator shuts down before.
    func wait(_ length: Milliseconds) async throws {
        guard length > 0 else { return }
        try await cancelWhenGracefulShutdown { [settings] in
            try await settings.clock.wait(length)
            try Task.checkCancellation()
        }
    }

    /// Always ends by throwing.
    func waitForShutdown() async throws {
        try await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: .seconds(3600))
            }
        }
    }
}

package struct ClosedToLogins: Error, CustomStringConvertible {
    let id: String

    package var description: String {
        "Nobody can log in to project \"\(id)\": it was never set up, or the provider's logins are off."
    }
}
