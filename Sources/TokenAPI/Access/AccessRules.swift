// Who may do what: the operator's rules in their order, of which the first that fits decides. A pure value: names of
// users and groups have become numbers before.

package import RefreshPolicy

/// What may be allowed.
package enum Right: String, CaseIterable, Hashable, Sendable {
    /// To read tokens, on a token socket.
    case read
    /// To hand in a session by its secret, on any socket. It gives nothing to read: no token, no list.
    case register
    /// All that the control socket does. It gives away no token, and includes to register there.
    case control
}

/// What somebody wants to do. What is nil is not limited: it must be allowed for all.
package struct Intent: Hashable, Sendable {
    package let right: Right
    package var project: ProjectAlias?
    package var user: UserID?
    package var provider: ProviderName?

    package init(
        _ right: Right, project: ProjectAlias? = nil, user: UserID? = nil, provider: ProviderName? = nil
    ) {
        self.right = right
        self.project = project
        self.user = user
        self.provider = provider
    }
}

/// Why something is allowed or refused.
package enum Grounds: Hashable, Sendable {
    case rule(AccessRule)
    /// Rules speak of it, and none fits.
    case noRuleFits
    /// No rule speaks of the right on this socket: there, whoever may connect may do what the socket is for.
    case standard
    /// Root and the daemon's own user, who have the store and its key: they are not locked out by a slip.
    case owner
}

package enum Decision: Hashable, Sendable {
    case allowed(Grounds)
    case refused(Grounds)

    package var grounds: Grounds {
        switch self {
        case .allowed(let grounds), .refused(let grounds): grounds
        }
    }

    package var isAllowed: Bool {
        if case .allowed = self { true } else { false }
    }
}

package struct AccessRules: Hashable, Sendable {
    package var rules: [AccessRule]

    package init(_ rules: [AccessRule] = []) {
        self.rules = rules
    }

    /// - Parameter daemon: the user that the daemon runs as.
    package func decision(on intent: Intent, of peer: Peer, at socket: SocketName, daemon: UInt32) -> Decision {
        let clauses = clauses(on: intent.right, for: peer, at: socket, daemon: daemon)
        return clauses.first { $0.fits(intent) }?.decision ?? .refused(.noRuleFits)
    }

    /// All that holds of a right for a peer, in order: the first clause that fits decides, and the last fits everything.
    package func clauses(on right: Right, for peer: Peer, at socket: SocketName, daemon: UInt32) -> [Clause] {
        if right == .control, socket == .control, peer.user == 0 || peer.user == daemon {
            return [Clause(.allowed(.owner))]
        }
        var clauses: [Clause] = []
        var isSpokenOf = false
        for rule in rules where rule.speaks(of: right, at: socket) {
            isSpokenOf = true
            guard rule.fits(peer) else { continue }
            clauses.append(Clause(rule.effect == .allow ? .allowed(.rule(rule)) : .refused(.rule(rule))))
            if rule.isForAll { return clauses }
        }
        switch (right, socket.role) {
        case (.register, .control):
            // Who may control may register too, where no rule says otherwise.
            return clauses + self.clauses(on: .control, for: peer, at: socket, daemon: daemon)
        case (.read, .token), (.control, .control):
            clauses.append(Clause(isSpokenOf ? .refused(.noRuleFits) : .allowed(.standard)))
        case (.register, .token):
            clauses.append(Clause(.refused(isSpokenOf ? .noRuleFits : .standard)))
        case (.read, .control), (.control, .token):
            clauses.append(Clause(.refused(.standard)))
        }
        return clauses
    }
}

/// What follows for some of what may be asked, or for all that the clauses before leave.
package struct Clause: Hashable, Sendable {
    package let decision: Decision

    init(_ decision: Decision) {
        self.decision = decision
    }

    package func fits(_ intent: Intent) -> Bool {
        if case .rule(let rule) = decision.grounds { rule.fits(intent) } else { true }
    }
}
