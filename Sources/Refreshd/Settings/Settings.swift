// What an operator can set. Most defaults stand in the modules that use them, beside their reasons, and are used from
// there; what belongs to the whole program has its default here.

package import Appwrite
package import Logging
package import RefreshEngine
package import RefreshPolicy
package import Systemd
package import TokenAPI
import UnixSockets

/// All settings of one run.
package struct Settings: Equatable, Sendable {
    /// In the order of their aliases; at least one.
    package var projects: [ProjectSettings]
    package var state: StateSettings
    package var sockets: SocketSettings
    /// Who may do what; without rules, who may connect may do what the socket is for.
    package var access = AccessRules()
    package var waits = Waits()
    package var calls = CallLimits()
    package var log = LogSettings()

    /// The defaults, as far as `folders` say otherwise.
    package init(projects: [ProjectSettings], folders: ServiceFolders = ServiceFolders()) {
        self.projects = projects.sorted { $0.alias < $1.alias }
        state = StateSettings(folders: folders)
        sockets = SocketSettings(folders: folders)
    }

    /// Where the settings are, unless the command line says otherwise.
    package static let usualFile = "/etc/refreshd/refreshd.yaml"

    /// What the policy decides by, for a run that starts now.
    package func rules(at now: WallTime) -> Rules {
        Rules(projects: projects.map { $0.rules(at: now) }, waits: waits)
    }
}

/// One Appwrite project.
package struct ProjectSettings: Equatable, Sendable {
    package var endpoint: Endpoint
    package var project: AppwriteProjectID
    /// Without one, sessions are not found but must be registered by their secrets.
    package var apiKey: SecretSource?
    /// With one, Appwrite does not count the calls.
    package var devKey: SecretSource?
    /// When the dev key ends, which Appwrite tells nobody: it ignores the key from then on. Nil where nobody said so.
    package var devKeyExpires: WallTime?
    /// Whether secrets may cross a network in clear.
    package var plainHTTP: Endpoint.PlainHTTP = .loopbackOnly
    /// A PEM file of the authorities to trust in place of the system's.
    package var caFile: String?
    package var route = RouteSettings()
    /// Whether the server has no limit to calls, with a dev key or without.
    package var isUnlimited = false
    /// How sessions are found; of use with an API key only.
    package var discovery: SearchRules
    /// Alias, budget, pace and waits of the project, as they stand in the settings: what holds now, `rules(at:)` says.
    package var rules: ProjectRules

    package init(endpoint: Endpoint, project: AppwriteProjectID, rules: ProjectRules) {
        self.endpoint = endpoint
        self.project = project
        self.rules = rules
        discovery = SearchRules(project: rules.alias)
    }

    package var alias: ProjectAlias { rules.alias }

    /// What the policy decides by: Appwrite counts the calls of a dev key that has expired.
    package func rules(at now: WallTime) -> ProjectRules {
        guard let devKeyExpires, devKeyExpires <= now, !isUnlimited else { return rules }
        var rules = rules
        rules.metering = .metered
        return rules
    }
}

/// How a project's Appwrite is reached.
package struct RouteSettings: Equatable, Sendable {
    package var proxy: Proxy?
    /// Where USER:PASSWORD for the proxy are.
    package var proxyLogin: SecretSource?
    package var ipVersion = IPVersion.any

    package init() {}
}

/// Where refreshd keeps its store, and the key that seals it.
package struct StateSettings: Hashable, Sendable {
    package var directory: String
    /// Used where systemd passes a credential of this name and `keyFile` is not set. One of another name than the usual
    /// must be passed: no key is made in its place.
    package var keyCredential = usualKeyCredential
    /// The file of the key. Nil for the credential; and where there is none, for a file in `directory` which the
    /// first start makes.
    package var keyFile: String?

    package static let usualKeyCredential = "refreshd-key"

    package init(folders: ServiceFolders = ServiceFolders()) {
        directory = folders.state ?? "/var/lib/refreshd"
    }
}

/// The sockets to listen on, where systemd passes none of their kind.
package struct SocketSettings: Hashable, Sendable {
    /// Apps read tokens here.
    package var token: SocketPath
    /// And here: sockets of other groups, or with rules of their own. In the order of their names.
    package var further: [NamedSocket] = []
    /// Operators act here: it gives away no token, but registers and removes sessions.
    package var control: SocketPath

    package init(folders: ServiceFolders = ServiceFolders()) {
        let folder = folders.runtime ?? UsualSockets.folder
        token = SocketPath("\(folder)/\(UsualSockets.tokenName)", mode: SocketPath.tokenMode)
        control = SocketPath("\(folder)/\(UsualSockets.controlName)", mode: SocketPath.controlMode)
    }

    /// All token sockets.
    package var tokens: [NamedSocket] { [NamedSocket(name: .token, place: token)] + further }

    /// Each, as rules of `access` name it.
    var all: [NamedSocket] { tokens + [NamedSocket(name: .control, place: control)] }
}

package struct NamedSocket: Hashable, Sendable {
    package let name: SocketName
    package var place: SocketPath
}

/// In which form messages are written.
package enum LogFormat: String, Hashable, CaseIterable, Sendable {
    /// The journal where standard error leads to it, text on a terminal, else JSON.
    case auto
    /// Entries of the journal with fields; where no journal is, as `auto`.
    case journal
    /// Readable lines on standard error.
    case text
    /// Objects on standard error, one a line.
    case json
}

package struct LogSettings: Hashable, Sendable {
    /// The least important messages to write.
    package var level: Logger.Level = .info
    package var format = LogFormat.auto

    package init() {}
}
