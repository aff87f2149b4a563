// What an operator of Appwrite chooses: the version that runs, the limit's window, a project with its keys.

/// Milliseconds since 1970 UTC for an instant, or a plain length of time. The model knows no other unit.
package typealias Milliseconds = Int64

/// The two releases that were measured. They differ in few answers; each such place switches over this.
package enum AppwriteVersion: String, Sendable, CaseIterable {
    case v1_8_1 = "1.8.1"
    case v1_9_6 = "1.9.6"
}

/// Whether the server counts calls at all. With `_APP_OPTIONS_ABUSE=disabled` it still sends the rate headers.
package enum Metering: String, Sendable {
    case enabled
    case disabled
}

/// What Appwrite keeps its rows in, which decides how long an id may be.
package enum Store: String, Sendable, CaseIterable {
    case sql
    case mongoDB

    var longestID: Int {
        switch self {
        case .sql: 36
        case .mongoDB: 255
        }
    }
}

package struct ServerSettings: Sendable, Equatable {
    package var version: AppwriteVersion
    /// An hour on every real server; tests and demos shorten it.
    package var windowLength: Milliseconds
    package var metering: Metering
    package var store: Store

    package static let hour: Milliseconds = 3_600_000

    package init(
        version: AppwriteVersion = .v1_9_6, windowLength: Milliseconds = ServerSettings.hour,
        metering: Metering = .enabled, store: Store = .sql
    ) {
        self.version = version
        self.windowLength = windowLength
        self.metering = metering
        self.store = store
    }
}

/// A project as its owner sets it up.
package struct ProjectSetup: Sendable, Equatable {
    package var id: String
    /// How long a login lasts, and by how much a PATCH extends it. A year unless the owner chose otherwise.
    package var sessionLength: Milliseconds
    package var sessionsPerUser: SessionsPerUser
    package var accountService: AccountService
    package var apiKeys: [APIKey]
    package var devKeys: [DevKey]
    package var providers: [ProviderSetup]

    package static let year: Milliseconds = 31_536_000_000

    package init(
        id: String, sessionLength: Milliseconds = ProjectSetup.year, sessionsPerUser: SessionsPerUser = .asReleased,
        accountService: AccountService = .on, apiKeys: [APIKey] = [], devKeys: [DevKey] = [],
        providers: [ProviderSetup] = []
    ) {
        self.id = id
        self.sessionLength = sessionLength
        self.sessionsPerUser = sessionsPerUser
        self.accountService = accountService
        self.apiKeys = apiKeys
        self.devKeys = devKeys
        self.providers = providers
    }
}

package struct ProviderSetup: Sendable, Equatable {
    package var name: String
    package var behaviour: ProviderBehaviour

    /// Without a behaviour it is as that provider is known to be.
    package init(name: String, behaviour: ProviderBehaviour? = nil) {
        self.name = name
        self.behaviour = behaviour ?? .known(name)
    }
}

/// How many sessions a user keeps before a login removes the oldest.
package enum SessionsPerUser: Sendable, Equatable {
    /// Some ten in 1.8.1, no limit in 1.9.6.
    case asReleased
    case atMost(Int)
    case unlimited

    func limit(by version: AppwriteVersion) -> Int? {
        switch (self, version) {
        case (.asReleased, .v1_8_1): 10
        case (.asReleased, .v1_9_6), (.unlimited, _): nil
        case (.atMost(let count), _): count
        }
    }
}

/// The account routes as the owner left them in the console. A key still reads users when they are off.
package enum AccountService: String, Sendable {
    case on
    case serviceDisabled
    case apiDisabled
}

package struct APIKey: Sendable, Equatable {
    package var key: String
    package var scopes: [String]
    /// Nil: never.
    package var expiresAt: Milliseconds?

    package init(key: String, scopes: [String], expiresAt: Milliseconds? = nil) {
        self.key = key
        self.scopes = scopes
        self.expiresAt = expiresAt
    }

    func isExpired(now: Milliseconds) -> Bool {
        expiresAt.map { $0 <= now } ?? false
    }
}

/// Exempts a client's calls from the counter while it is valid; ignored silently once it is not.
package struct DevKey: Sendable, Equatable {
    package var key: String
    package var expiresAt: Milliseconds?

    package init(key: String, expiresAt: Milliseconds? = nil) {
        self.key = key
        self.expiresAt = expiresAt
    }

    func isValid(now: Milliseconds) -> Bool {
        expiresAt.map { $0 > now } ?? true
    }
}
