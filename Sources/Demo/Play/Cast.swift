// Who plays: every session of the demo, and why it is there.

/// One session, and the part it has in the play.
struct Role: Hashable, Sendable {
    /// The user's id at Appwrite, and its name at the provider.
    let user: String
    let provider: String
    let stage: Stage
    /// How long each of its access tokens really lives; nil: for ever.
    let life: Duration?
    var part: Part = .kept

    /// As the table names it; a grant with two sessions shows one of them as `old`.
    var name: String { part == .spare ? "\(user)/\(provider) old" : "\(user)/\(provider)" }
}

/// A project of the play. The two have host names of their own, so Appwrite counts their calls apart.
enum Stage: String, CaseIterable, Sendable {
    /// Ten calls a window, two of them kept back: each of the seven sessions that are refreshed here needs one call a
    /// window at most, and the eighth is for trouble.
    case metered
    /// Its calls carry a dev key and are not counted.
    case devKey = "devkey"
}

enum Part: Hashable, Sendable {
    /// Renewed again and again.
    case kept
    /// An older login of the same account: never touched while the newer one works.
    case spare
    /// Its refresh is under way when refreshd is killed. A second one with the same refresh token would make the
    /// provider revoke the whole login.
    case crashes
    /// Its provider answers the first refresh with nothing, and Appwrite wipes the token it has stored.
    case emptyOnce
    /// Its provider refuses every refresh, and says the refresh token aloud.
    case refused
    /// Its user logs out in the middle.
    case logsOut
    /// Comes later, and is registered by its session secret.
    case registers
    /// Its provider states no end and gives no refresh token.
    case unexpiring
    /// Its provider gives no refresh token: a refresh could only do harm.
    case noRefreshToken
    /// Logged in by the token flow: Appwrite keeps no provider token for it.
    case tokenFlow

    /// When a reader of its grant has a right to a token.
    var promise: Promise {
        switch self {
        case .kept, .crashes, .emptyOnce, .registers, .unexpiring: .always
        case .logsOut: .untilLogout
        case .refused, .noRefreshToken: .untilTokenEnds
        case .spare, .tokenFlow: .never
        }
    }

    /// Whether it cannot last through the play without being refreshed.
    var needsRefresh: Bool {
        switch self {
        case .kept, .crashes, .emptyOnce, .registers: true
        case .spare, .refused, .logsOut, .unexpiring, .noRefreshToken, .tokenFlow: false
        }
    }
}

enum Promise: Hashable, Sendable {
    case always
    case untilLogout
    case untilTokenEnds
    case never
}

enum Cast {
    /// On the metered stage a token is renewed ten seconds, or a third of its life, before it ends. With lives of 30 s
    /// and more that is once a window of 20 s at most, whatever the windows' phase. They differ, so that not all come
    /// at once.
    static let roles = [
        Role(user: "anna", provider: "google", stage: .metered, life: .seconds(30)),
        Role(user: "ben", provider: "google", stage: .metered, life: .seconds(32), part: .logsOut),
        Role(user: "carl", provider: "spotify", stage: .metered, life: .seconds(36), part: .crashes),
        Role(user: "dora", provider: "microsoft", stage: .metered, life: .seconds(33), part: .spare),
        Role(user: "dora", provider: "microsoft", stage: .metered, life: .seconds(33)),
        Role(user: "emil", provider: "google", stage: .metered, life: .seconds(40)),
        Role(user: "fay", provider: "slack", stage: .metered, life: .seconds(45), part: .emptyOnce),
        Role(user: "gina", provider: "google", stage: .metered, life: .seconds(31)),
        Role(user: "hana", provider: "okta", stage: .devKey, life: .seconds(24), part: .refused),
        Role(user: "ivan", provider: "github", stage: .devKey, life: nil, part: .unexpiring),
        Role(user: "jane", provider: "dropbox", stage: .devKey, life: .seconds(30), part: .noRefreshToken),
        Role(user: "kim", provider: "google", stage: .devKey, life: .seconds(24), part: .tokenFlow),
        Role(user: "lena", provider: "google", stage: .devKey, life: .seconds(24), part: .registers),
        Role(user: "nils", provider: "google", stage: .devKey, life: .seconds(20)),
    ]

    /// What differs from an ordinary provider, which rotates its refresh tokens.
    static let providers = [
        ProviderSetup(name: "google", rotation: "repeats"),
        ProviderSetup(name: "spotify", rotation: "rotates", reuse: "revokesFamily"),
        ProviderSetup(name: "microsoft", rotation: "rotates"),
        ProviderSetup(name: "slack", rotation: "repeats"),
        ProviderSetup(name: "okta", rotation: "rotates"),
        ProviderSetup(name: "github", expiresIn: "omitted", refreshTokenAtLogin: "omitted"),
        ProviderSetup(name: "dropbox", refreshTokenAtLogin: "omitted"),
    ]
}

/// How a provider behaves, in the words of the simulator.
struct ProviderSetup: Encodable, Sendable {
    let name: String
    var rotation: String?
    var reuse: String?
    var expiresIn: String?
    var refreshTokenAtLogin: String?
}

/// A role on stage: its session as the simulator made it.
struct Player: Hashable, Sendable {
    let role: Role
    let sessionID: String
}
