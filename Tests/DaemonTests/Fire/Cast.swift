// Who is in the fire: sessions of every kind that the daemon keeps, at providers that forgive much and little, under
// waits short enough that a test sees them end.

import AppwriteModel
import AppwriteSimulator

/// A session that the daemon keeps, or is to keep.
struct Tenant: Sendable {
    let login: LoggedIn
    let part: Part

    var id: String { login.sessionId }

    enum Part: Sendable {
        /// Found by the API key.
        case found
        /// Found, and now and then refreshed by another client too.
        case shared
        /// Found, until it is logged out; then its user logs in anew.
        case leaving
        /// Registered by its secret, which alone opens it.
        case registered
        /// Found, and refreshed with a dev key, as often as its token wants.
        case exempt

        /// The daemon's name of the project.
        var alias: String {
            switch self {
            case .found, .shared, .leaving: "main"
            case .registered: "keyless"
            case .exempt: "exempt"
            }
        }

        /// Appwrite's name of the project.
        var project: String {
            switch self {
            case .found, .shared, .leaving: "demo"
            case .registered: "test"
            case .exempt: "lab"
            }
        }
    }
}

enum Cast {
    /// The project of the other client's own sessions.
    static let foreign = "theirs"
    /// Of all but the exempt: the name that Appwrite counts under.
    static let host = "127.0.0.1"
    /// What a window allows.
    static let limit = 10
    static let window: Duration = .seconds(6)
    static let doubtFor: Duration = .seconds(12)
    static let refreshTimeout: Duration = .seconds(3)
    static let readTimeout: Duration = .seconds(2)
    static let lookFor: Duration = .seconds(3)
    /// Calls of one project under way at once.
    static let lanes = 3
    /// The projects under `host`, each with as many lanes.
    static let meteredProjects = 2

    /// Does not rotate its refresh token.
    static let patient = "google"
    /// Rotates it, and revokes the whole login when an old one comes again.
    static let strict = "spotify"

    static func behaviour(of provider: String, lifetime: Milliseconds) -> ProviderBehaviour {
        provider == strict
            ? ProviderBehaviour(lifetime: lifetime, rotation: .rotates, reuse: .revokesFamily)
            : ProviderBehaviour(lifetime: lifetime, rotation: .omits)
    }

    static var plan: Plan {
        var plan = Plan()
        plan.window = window.inMilliseconds
        var settings = DaemonSettings()
        // No reserve: whoever believes that a call is left makes it.
        let budget = ["window": "6s", "openingDelay": "1s", "reserve": "0"]
        let pace = ["maxInFlight": "\(lanes)"]
        settings.projects = [
            .init(alias: Tenant.Part.found.alias, project: Tenant.Part.found.project, budget: budget, pace: pace),
            .init(
                alias: Tenant.Part.registered.alias, project: Tenant.Part.registered.project, apiKey: nil,
                budget: budget, pace: pace),
            .init(
                alias: Tenant.Part.exempt.alias, host: "localhost", project: Tenant.Part.exempt.project,
                devKey: "devkey9d20ffab34", pace: pace),
        ]
        for index in settings.projects.indices {
            settings.projects[index].discovery = ["every": "500ms", "walkEvery": "1s"]
        }
        settings.waits["doubtFor"] = "12s"
        settings.waits["lookFor"] = "3s"
        settings.calls = ["refreshTimeout": "3s", "readTimeout": "2s"]
        plan.settings = settings
        return plan
    }

    /// Everybody who is there from the beginning.
    static func enter(_ world: World) throws -> [Tenant] {
        let parts: [(Tenant.Part, String, Int)] = [
            (.found, strict, 4), (.found, patient, 3), (.shared, patient, 2), (.leaving, patient, 2),
            (.leaving, strict, 1), (.exempt, patient, 5),
        ]
        return try parts.flatMap { part, provider, count in
            try (1...count).map { try world.admit("\(part)-\(provider)-\($0)", as: part, at: provider) }
        }
    }
}

extension World {
    /// Logs a user in, to be kept by the daemon.
    func admit(_ account: String, as part: Tenant.Part, at provider: String) throws -> Tenant {
        let login = Login(project: part.project, provider: provider, providerUID: account)
        return Tenant(login: try simulator.logIn(login), part: part)
    }

    /// How long tokens issued from now on live.
    func setLifetimes(under load: Round.Load) {
        switch load {
        case .heavy: setLifetimes(patient: 8000, exempt: 6000, strict: 14_000)
        case .light: setLifetimes(patient: 24_000, exempt: 8000, strict: 40_000)
        }
    }

    func setLifetimes(patient: Milliseconds, exempt: Milliseconds, strict: Milliseconds) {
        simulator.change { server, _ in
            for part in [Tenant.Part.found, .registered, .exempt] {
                let usual = part == .exempt ? exempt : patient
                for (provider, lifetime) in [(Cast.patient, usual), (Cast.strict, strict)] {
                    server.setProvider(
                        provider, of: part.project, to: Cast.behaviour(of: provider, lifetime: lifetime))
                }
            }
        }
    }

    /// What goes wrong at the providers from now on, one answer after another.
    func spoilProviders(rounds: Int, dice: inout SeededDice) {
        for part in [Tenant.Part.found, .registered, .exempt] {
            for provider in [Cast.patient, Cast.strict] {
                let isPatient = provider == Cast.patient
                setFaults(
                    BadDays.faults(rounds: rounds, survivesLoss: isPatient, dice: &dice), at: provider, of: part)
            }
        }
    }

    func healProviders() {
        for part in [Tenant.Part.found, .registered, .exempt] {
            for provider in [Cast.patient, Cast.strict] { setFaults([], at: provider, of: part) }
        }
    }

    private func setFaults(_ faults: [Fault], at provider: String, of part: Tenant.Part) {
        simulator.change { server, _ in server.setFaults(faults, at: .provider(provider), of: part.project) }
    }
}

extension Duration {
    var inMilliseconds: Milliseconds { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
