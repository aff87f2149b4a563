// An OAuth provider: what it has issued, what still works, and how it answers a refresh.

package struct Provider: Sendable {
    package let name: String
    package internal(set) var behaviour = ProviderBehaviour()
    package internal(set) var faults: [Fault] = []

    private var families: [Family] = []
    private var familyOf: [String: Int] = [:]

    init(name: String) {
        self.name = name
    }

    /// All refresh tokens that descend from one login.
    private struct Family: Sendable {
        let providerUID: String
        let lifetime: Lifetime
        var current: String
        var generation = 0
        var isRevoked = false
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
            let token = "rt_\(providerUID)_g0_\(dice.hex(digits: 8))"
            familyOf[token] = families.count
            families.append(Family(providerUID: providerUID, lifetime: lifetime, current: token))
            refresh = token
        }
        let access = "at_\(providerUID)_g0_\(dice.hex(digits: 8))"
        return issued(access: access, refresh: refresh, lifetime: lifetime)
    }

    /// A refresh when nothing is broken.
    mutating func refresh(_ token: String, dice: inout Dice) -> Outcome {
        guard let index = familyOf[token], !families[index].isRevoked else {
            return .refused(revokesFamily: false)
        }
        guard families[index].current == token else {
            switch behaviour.reuse {
            case .refused:
                return .refused(revokesFamily: false)
            case .revokesFamily:
                families[index].isRevoked = true
                return .refused(revokesFamily: true)
            }
        }
        families[index].generation += 1
        let family = families[index]
        let access = "at_\(family.providerUID)_g\(family.generation)_\(dice.hex(digits: 8))"
        switch behaviour.rotation {
        case .omits:
            return .issued(issued(access: access, refresh: nil, lifetime: family.lifetime))
        case .repeats:
            return .issued(issued(access: access, refresh: token, lifetime: family.lifetime))
        case .rotates:
            let next = "rt_\(family.providerUID)_g\(family.generation)_\(dice.hex(digits: 8))"
            familyOf[next] = index
            families[index].current = next
            return .issued(issued(access: access, refresh: next, lifetime: family.lifetime))
        }
    }

    /// Ends a login at the provider, as a user does who takes an app's rights back there.
    mutating func revokeFamily(of token: String) {
        guard let index = familyOf[token] else { return }
        families[index].isRevoked = true
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
