// An OAuth provider: what it has issued, what still works, and how it answers a refresh.

/// The provider's switch in the project. Off, nobody logs in through it, and sessions are refreshed all the same.
package enum ProviderLogins: String, Sendable, CaseIterable {
    case on
    case off
}

package struct Provider: Sendable {
    package let name: String
    package internal(set) var behaviour: ProviderBehaviour
    package internal(set) var logins: ProviderLogins = .on
    package internal(set) var faults: [Fault] = []

    private var families: [Descent: Family] = [:]

    init(name: String) {
        self.name = name
        behaviour = .known(name)
    }

    /// All refresh tokens that descend from one login.
    private struct Family: Sendable {
        let lifetime: Lifetime
        /// How many times it was refreshed.
        var refreshes = 0
        /// The generation of the refresh token in force.
        var generation = 0
        var isRevoked = false
    }

    /// The login that a refresh token descends from. Each token names it, so that no list of them is kept.
    private struct Descent: Hashable {
        let providerUID: String
        let seal: String

        func token(_ generation: Int) -> String {
            "rt_\(providerUID)_g\(generation)_\(seal)"
        }

        /// Nil: no refresh token of this provider looks like that.
        static func of(_ token: String) -> (Descent, generation: Int)? {
            guard token.hasPrefix("rt_") else { return nil }
            let words = token.dropFirst(3)
            guard let last = words.lastIndex(of: "_"), let middle = words[..<last].lastIndex(of: "_"),
                let generation = Int(words[words.index(after: middle)..<last].dropFirst())
            else { return nil }
            let descent = Descent(
                providerUID: String(words[..<middle]), seal: String(words[words.index(after: last)...]))
            return (descent, generation)
        }
    }

    /// What a login asked for: this provider's usual lifetime, or one of its own.
    package enum Lifetime: Sendable, Equatable {
        case usual
        /// Nil: for ever.
        case own(Milliseconds?)
    }

    /// Tokens handed out at once, and when the access token really ends.
    struct Issued {
        var access: String
        var refresh: String?
        /// What the provider says of the lifetime; nil: nothing.
        var expiresIn: Milliseconds?
        /// What is true; nil: never ends.
        var lifetime: Milliseconds?
    }

    enum Outcome {
        case issued(Issued)
        /// `revokesFamily`: the tokens of this login died just now.
        case refused(revokesFamily: Bool)
    }

    /// The tokens of a new login.
    mutating func logIn(
        providerUID: String, lifetime: Lifetime, refreshToken: ProviderBehaviour.RefreshTokenAtLogin,
        dice: inout Dice
    ) -> Issued {
        var refresh: String?
        switch refreshToken {
        case .omitted: break
        case .sent:
            let descent = Descent(providerUID: providerUID, seal: dice.hex(digits: 8))
            families[descent] = Family(lifetime: lifetime)
            refresh = descent.token(0)
        }
        let access = "at_\(providerUID)_g0_\(dice.hex(digits: 8))"
        return issued(access: access, refresh: refresh, lifetime: lifetime)
    }

    /// Whether a refresh by this token would be granted.
    package func accepts(_ token: String) -> Bool {
        guard let (descent, generation) = Descent.of(token), let family = families[descent] else { return false }
        return !family.isRevoked && family.generation == generation
    }

    /// A refresh when nothing is broken.
    mutating func refresh(_ token: String, dice: inout Dice) -> Outcome {
        guard let (descent, generation) = Descent.of(token), var family = families[descent], !family.isRevoked else {
            return .refused(revokesFamily: false)
        }
        guard family.generation == generation else {
            switch behaviour.reuse {
            case .refused:
                return .refused(revokesFamily: false)
            case .revokesFamily:
                families[descent]?.isRevoked = true
                return .refused(revokesFamily: true)
            }
        }
        family.refreshes += 1
        defer { families[descent] = family }
        let access = "at_\(descent.providerUID)_g\(family.refreshes)_\(dice.hex(digits: 8))"
        switch behaviour.rotation {
        case .omits:
            return .issued(issued(access: access, refresh: nil, lifetime: family.lifetime))
        case .repeats:
            return .issued(issued(access: access, refresh: token, lifetime: family.lifetime))
        case .rotates:
            family.generation += 1
            return .issued(
                issued(access: access, refresh: descent.token(family.generation), lifetime: family.lifetime))
        }
    }

    /// Ends a login at the provider, as a user does who takes an app's rights back there.
    mutating func revokeFamily(of token: String) {
        guard let (descent, _) = Descent.of(token) else { return }
        families[descent]?.isRevoked = true
    }

    /// Drops what is known of a login; its tokens are then unknown here.
    mutating func forgetFamily(of token: String) {
        guard let (descent, _) = Descent.of(token) else { return }
        families[descent] = nil
    }

    private func issued(access: String, refresh: String?, lifetime: Lifetime) -> Issued {
        let real =
            switch lifetime {
            case .usual: behaviour.lifetime
            case .own(let own): own
            }
        let said: Milliseconds? =
            switch behaviour.expiresIn {
            case .sent: real
            case .omitted: nil
            }
        return Issued(access: access, refresh: refresh, expiresIn: said, lifetime: real)
    }
}
