// How an OAuth provider behaves when all is well, and what may go wrong with its next answers.

package struct ProviderBehaviour: Sendable, Equatable {
    /// How long its access tokens really live; nil: for ever.
    package var lifetime: Milliseconds?
    /// Whether it says so. Appwrite then stores "now" as the expiry of a token that may live for ever.
    package var expiresIn: ExpiresIn
    package var rotation: Rotation
    package var refreshTokenAtLogin: RefreshTokenAtLogin
    package var reuse: Reuse
    package var refusals: Refusals

    package init(
        lifetime: Milliseconds? = ServerSettings.hour, expiresIn: ExpiresIn = .sent, rotation: Rotation = .rotates,
        refreshTokenAtLogin: RefreshTokenAtLogin = .sent, reuse: Reuse = .refused, refusals: Refusals = .badRequest
    ) {
        self.lifetime = lifetime
        self.expiresIn = expiresIn
        self.rotation = rotation
        self.refreshTokenAtLogin = refreshTokenAtLogin
        self.reuse = reuse
        self.refusals = refusals
    }

    package enum ExpiresIn: String, Sendable, CaseIterable {
        case sent
        case omitted
    }

    /// What a refresh does to the refresh token.
    package enum Rotation: String, Sendable, CaseIterable {
        /// A new one each time; the old one is dead.
        case rotates
        /// The answer repeats the old one.
        case repeats
        /// The answer has none, and the old one stays good.
        case omits
    }

    package enum RefreshTokenAtLogin: String, Sendable, CaseIterable {
        case sent
        case omitted
    }

    /// What happens when a rotated refresh token comes back.
    package enum Reuse: String, Sendable, CaseIterable {
        /// `invalid_grant`, nothing more.
        case refused
        /// `invalid_grant`, and all tokens of that login die with it.
        case revokesFamily
    }

    /// How it says no to a refresh token.
    package enum Refusals: String, Sendable, CaseIterable {
        /// 400 `invalid_grant`.
        case badRequest
        /// 200 with the error in its body: Appwrite then stores an empty access token over a good one.
        case success
    }
}

/// Something that goes wrong with a provider's answers, for a number of them or until it is lifted.
package struct Fault: Sendable, Equatable {
    package var answer: FaultyAnswer
    /// How long the provider takes.
    package var delay: Milliseconds
    package var ending: PatchEnding
    /// How many answers it spoils; nil: all, until it is lifted.
    package var times: Int?

    package init(
        _ answer: FaultyAnswer = .asUsual, delay: Milliseconds = 0, ending: PatchEnding = .answered, times: Int? = nil
    ) {
        self.answer = answer
        self.delay = delay
        self.ending = ending
        self.times = times
    }
}

package enum FaultyAnswer: Sendable, Equatable {
    /// Nothing is wrong with the answer itself: for a mere delay, hang or lost connection.
    case asUsual
    /// An OAuth error. In what is said `{refresh_token}` is replaced by the refresh token that was sent: there are
    /// providers that echo it.
    case refuses(status: Int, error: String, description: String?)
    /// A refusal that is no JSON: Appwrite passes its text on. `{refresh_token}` is replaced as above.
    case refusesInText(status: Int, text: String)
    /// 200 with `{}` or with `{"error":…}`: Appwrite stores an empty access token.
    case emptySuccess
    /// No answer that Appwrite can read: unreachable, a redirect, a 200 without JSON.
    case down
    /// New tokens whatever was sent, an empty refresh token too.
    case issuesRegardless
    /// Appwrite does not find the provider's adapter and asks nobody: 200, the session is extended, the old token stays.
    /// Set at one session it makes that session alone behave so, whatever the version.
    case noAdapter
}

/// How a PATCH ends for the client.
package enum PatchEnding: String, Sendable, CaseIterable {
    case answered
    /// The provider has answered, Appwrite has stored nothing, and the connection is lost.
    case droppedBeforeCommit
    /// Stored, and the connection is lost.
    case droppedAfterCommit
    /// The provider never answers, and Appwrite sets no time limit.
    case hangs
}

/// What a provider told Appwrite.
package enum ProviderAnswer: Sendable, Equatable {
    case tokens(access: String, refresh: String?, expiresIn: Milliseconds?)
    case emptySuccess
    case refused(status: Int, message: String)
    case unreadable
    /// Nobody was asked.
    case notAsked
}
