// Law 3: a token that works is served to its real end and never after, whatever the refresh is doing.

extension SessionRow {
    /// The token that may be handed out at `now`; nil when there is none that works.
    package func servable(at now: WallTime, by rules: ProjectRules) -> Token? {
        if case .ended = verdict { return nil }
        guard sessionExpiresAt > now else { return nil }
        return [token, next].lazy.compactMap { $0 }.first { token in
            end(of: token, by: rules).map { now < $0 } ?? true
        }
    }

    /// How long the servable token will live on: to its own end or the session's.
    package func remainingLife(at now: WallTime, by rules: ProjectRules) -> Duration? {
        guard let token = servable(at: now, by: rules) else { return nil }
        return min(end(of: token, by: rules) ?? sessionExpiresAt, sessionExpiresAt) - now
    }
}

/// The rows of a user at a provider as an app sees them.
package enum GrantView: Hashable, Sendable {
    case none
    /// All rows of one grant; the first is the one to serve from.
    case one([SessionRow])
    /// Several accounts at the provider, in the order of their ids there.
    case several([Grant])

    /// Sorts rows into grants. Rows that never held a token (token-flow sessions) make no grant of their own where a
    /// real one stands beside them; ended grants do not stand in the way of living ones.
    package init(_ rows: [SessionRow], at now: WallTime, by rules: ProjectRules, minValid: Duration) {
        let real = rows.filter { $0.token != nil || $0.hasRefreshToken }
        let living = real.filter { $0.standing != .ended }
        let shown = [living, real, rows].first { !$0.isEmpty } ?? []
        var grants: [Grant] = []
        for row in shown where !grants.contains(row.grant) { grants.append(row.grant) }
        switch grants.count {
        case 0: self = .none
        case 1: self = .one(Self.inOrderOfUse(shown, at: now, by: rules, minValid: minValid))
        default: self = .several(grants.sorted { $0.providerUID < $1.providerUID })
        }
    }

    /// The elected session's token when it lives long enough; else whichever lives longest; else the elected.
    private static func inOrderOfUse(
        _ rows: [SessionRow], at now: WallTime, by rules: ProjectRules, minValid: Duration
    ) -> [SessionRow] {
        let lives = rows.map { ($0, $0.remainingLife(at: now, by: rules) ?? .zero) }
        let sorted = lives.sorted { left, right in
            let leftServes = left.0.isElected && left.1 >= minValid
            let rightServes = right.0.isElected && right.1 >= minValid
            if leftServes != rightServes { return leftServes }
            if left.1 != right.1 { return left.1 > right.1 }
            if left.0.isElected != right.0.isElected { return left.0.isElected }
            return left.0.key < right.0.key
        }
        return sorted.map(\.0)
    }
}
