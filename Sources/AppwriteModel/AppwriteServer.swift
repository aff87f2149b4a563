/// A pure model of an Appwrite server and of the OAuth providers behind it, as far as their sessions go.
///
/// It is the independent witness against which the daemon is tried: it shares no code with the daemon's policy and
/// speaks in plain strings and milliseconds. Nothing in it reads a clock or rolls dice of its own: every call is told
/// `now`, and randomness comes from `seed`. It never iterates a dictionary, so one seed and one list of calls give one
/// history.
///
/// The parts: who may call (`Authentication`), what is counted (`WindowCounter`, `ForeignCalls`), the refresh in its
/// phases (`Patch`), what providers do (`Provider`, `KnownProviders`), reads (`Reading`, `Listing`), who logs in and out
/// (`Logins`), and the record of all that was seen (`Ledger`).
///
/// It is made for millions of calls: none goes through all rows but the lists, and `forget(before:)` drops what is over.
package struct AppwriteServer: Sendable {
    package private(set) var settings: ServerSettings
    package internal(set) var ledger = Ledger()
    /// In the order in which they were set up.
    package private(set) var projectIDs: [String] = []

    var dice: Dice
    var projects: [String: Project] = [:]
    var counter: WindowCounter
    var patches = PatchesUnderWay()

    package init(settings: ServerSettings = ServerSettings(), seed: UInt64 = 1) {
        self.settings = settings
        dice = Dice(seed: seed)
        counter = WindowCounter(windowLength: settings.windowLength)
    }

    /// The project of that id, to look at.
    package func project(_ id: String) -> Project? {
        projects[id]
    }

    /// Adds a project, or replaces the settings of one that is there; its users and sessions stay, and keys add up.
    package mutating func setUp(_ setup: ProjectSetup) {
        if projects[setup.id] == nil { projectIDs.append(setup.id) }
        var project = projects[setup.id] ?? Project(id: setup.id)
        project.sessionLength = setup.sessionLength
        project.accountService = setup.accountService
        project.sessionsPerUser = setup.sessionsPerUser
        for key in setup.apiKeys {
            project.apiKeys[key.key] = key
        }
        for key in setup.devKeys {
            project.devKeys[key.key] = key
        }
        projects[setup.id] = project
        for provider in setup.providers {
            setProvider(provider.name, of: setup.id, to: provider.behaviour)
        }
    }

    /// Puts another version in the server's place; all rows stay as the old one wrote them.
    package mutating func install(_ version: AppwriteVersion) {
        settings.version = version
    }

    /// Changes how long logins and PATCHes make a session last from now on.
    package mutating func setSessionLength(_ length: Milliseconds, of project: String) {
        projects[project]?.sessionLength = length
    }

    /// Removes an API key: from now on it is as wrong as any other text.
    package mutating func removeKey(_ key: String, of project: String) {
        projects[project]?.apiKeys[key] = nil
        projects[project]?.devKeys[key] = nil
    }

    /// Adds a provider, or changes how a known one behaves from now on; tokens issued before keep their own ends.
    package mutating func setProvider(_ name: String, of project: String, to behaviour: ProviderBehaviour) {
        projects[project]?.providers[name, default: Provider(name: name)].behaviour = behaviour
    }

    /// Switches logins through a provider off or on; its sessions are refreshed all the same.
    package mutating func setLogins(_ logins: ProviderLogins, through provider: String, of project: String) {
        projects[project]?.providers[provider]?.logins = logins
    }

    /// Makes a provider unknown to the server; sessions that name it stay.
    package mutating func removeProvider(_ name: String, of project: String) {
        projects[project]?.providers[name] = nil
    }

    /// Forgets what was over before `instant`, so that a world of many years does not grow: records of PATCHes that
    /// ended, dead tokens, ended sessions. A PATCH that has hung since before then is cut. No answer changes, but for
    /// tokens of forgotten sessions, which their provider then does not know.
    package mutating func forget(before instant: Milliseconds) {
        for patch in ledger.patches where patch.ending == nil && patch.at < instant {
            losePatch(patch.number, as: .hangs, now: instant)
        }
        ledger.forget(before: instant)
        for id in projectIDs {
            projects[id]?.forget(before: instant)
        }
    }

    /// Sets what goes wrong at a provider, for all its sessions or for one; an empty list heals it.
    package mutating func setFaults(_ faults: [Fault], at target: FaultTarget, of project: String) {
        switch target {
        case .provider(let name):
            projects[project]?.providers[name, default: Provider(name: name)].faults = faults
        case .session(let id):
            projects[project]?.sessionFaults[id] = faults.isEmpty ? nil : faults
        }
    }
}

/// Where a fault sits. A session's own faults go before its provider's.
package enum FaultTarget: Sendable, Equatable {
    case provider(String)
    case session(String)
}
