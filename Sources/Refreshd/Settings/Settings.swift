// What an operator can set, with every default. Numbers that decisions rest on have theirs in `RefreshPolicy`, beside
// their reasons, and are used from there.

package import Logging
package import RefreshPolicy

/// All settings of one run.
package struct Settings: Hashable, Sendable {
    /// In the order of their aliases; at least one.
    package var projects: [ProjectSettings]
    package var state: StateSettings
    package var sockets: SocketSettings
    package var waits = Waits()
    package var calls = CallSettings()
    package var log = LogSettings()

    /// The defaults, as far as `folders` say otherwise.
    package init(projects: [ProjectSettings], folders: ServiceFolders = ServiceFolders()) {
        self.projects = projects.sorted { $0.alias < $1.alias }
        state = StateSettings(folders: folders)
        sockets = SocketSettings(folders: folders)
    }

    /// Where the settings are, unless the command line says otherwise.
    package static let usualFile = "/etc/refreshd/refreshd.yaml"

    /// What the policy decides by.
    package var rules: Rules {
        Rules(projects: projects.map(\.rules), waits: waits)
    }
}

/// One Appwrite project.
package struct ProjectSettings: Hashable, Sendable {
    package var endpoint: Endpoint
    package var project: AppwriteProjectID
    /// Without one, sessions are not found but must be registered by their secrets.
    package var apiKey: SecretPlace?
    /// With one, Appwrite does not count the calls.
    package var devKey: SecretPlace?
    /// Whether secrets may cross a network in clear.
    package var plainHTTP: PlainHTTP = .toLoopbackOnly
    /// A PEM file of the authorities to trust in place of the system's.
    package var caFile: String?
    package var discovery = DiscoverySettings()
    /// Alias, budget, pace and waits of the project.
    package var rules: ProjectRules

    package init(endpoint: Endpoint, project: AppwriteProjectID, rules: ProjectRules) {
        self.endpoint = endpoint
        self.project = project
        self.rules = rules
    }

    package var alias: ProjectAlias { rules.alias }
}

package enum PlainHTTP: Hashable, Sendable {
    case toLoopbackOnly
    case allowed
}

/// How sessions are found with an API key.
package struct DiscoverySettings: Hashable, Sendable {
    /// How often the identities written since the last time are asked for: one free request.
    package var every: Duration = .seconds(60)
    /// How far each question reaches back before the newest answer: logins under way may be written out of order.
    package var overlap: Duration = .seconds(120)
    /// How often all users are walked: it finds what identities do not tell, such as very old sessions.
    package var walkEvery: Duration = .seconds(6 * 3600)

    package init() {}
}

/// Where refreshd keeps its store, and the key that seals it.
package struct StateSettings: Hashable, Sendable {
    package var directory: String
    /// Used where systemd passes a credential of this name and `keyFile` is not set.
    package var keyCredential = "refreshd-key"
    /// The file of the key. Nil for the credential; and where there is none, for a file in `directory` which the
    /// first start makes.
    package var keyFile: String?

    package init(folders: ServiceFolders = ServiceFolders()) {
        directory = folders.state ?? "/var/lib/refreshd"
    }
}

/// The sockets to listen on.
package struct SocketSettings: Hashable, Sendable {
    /// Apps read tokens here.
    package var token: SocketFile
    /// Operators act here: it gives away no token, but registers and removes sessions.
    package var control: SocketFile

    package init(folders: ServiceFolders = ServiceFolders()) {
        let folder = folders.runtime ?? "/run/refreshd"
        token = SocketFile(path: folder + "/token.sock", mode: 0o660)
        control = SocketFile(path: folder + "/control.sock", mode: 0o600)
    }
}

package struct SocketFile: Hashable, Sendable {
    package var path: String
    /// The file's permissions: who may write to a socket may connect.
    package var mode: UInt32
    /// The name or number of the file's group; nil for the daemon's own.
    package var group: String?

    package init(path: String, mode: UInt32, group: String? = nil) {
        self.path = path
        self.mode = mode
        self.group = group
    }

    /// The kernel's limit for the path of a UNIX socket, in bytes: `sun_path` has 108 with the closing zero.
    package static let longestPath = 107
}

/// Limits of the calls to Appwrite.
package struct CallSettings: Hashable, Sendable {
    /// How long a refresh is waited for. Appwrite itself waits for the provider without any limit.
    package var refreshTimeout: Duration = .seconds(60)
    /// How long a read is waited for.
    package var readTimeout: Duration = .seconds(10)

    package init() {}
}

package struct LogSettings: Hashable, Sendable {
    /// The least important messages to write.
    package var level: Logger.Level = .info

    package init() {}
}

/// Appwrite's id of a project.
package typealias AppwriteProjectID = Identifier<AppwriteProjectIDKind>

package enum AppwriteProjectIDKind: IdentifierKind {
    package static let noun = "Appwrite project id"
    package static let longest = 255
    /// Appwrite's own project; its sessions are administrators'.
    package static let refused = ["console"]
}
