// Of a grant's sessions one is elected and kept; the others are spares. Every device makes a session of its own, each
// with its own refresh token, and one fresh token is enough for an app.

package enum Election {
    /// The rows of one user with `isElected` set anew, grant by grant: the newest login that can be refreshed; where
    /// none can, the newest that lives.
    package static func held(among rows: [SessionRow], at now: WallTime, by rules: ProjectRules) -> [SessionRow] {
        rows.map { row in
            var row = row
            let rivals = rows.filter { $0.grant == row.grant }
            row.isElected = rivals.max { rank($0, now, rules) < rank($1, now, rules) }?.key == row.key
            return row
        }
    }

    /// So many failures in a row, over some ten minutes, are more than a blip or a restart: a spare may do better.
    private static let patience = 4

    /// Greater is better. A session whose refresh token was refused, or that fails and fails, comes after its spares: they
    /// are tried before the user is asked to log in again. The key breaks ties, so that the choice does not depend on the
    /// order of rows.
    private static func rank(_ row: SessionRow, _ now: WallTime, _ rules: ProjectRules) -> Rank {
        Rank(usable: usable(row, now, rules), createdAt: row.createdAt, key: row.key)
    }

    private static func usable(_ row: SessionRow, _ now: WallTime, _ rules: ProjectRules) -> Int {
        guard row.mayBeSpentOn(at: now, by: rules) else {
            if case .ended = row.verdict { return 0 }
            return row.token == nil ? 1 : 2
        }
        switch row.verdict {
        case .needsLogin, .ended: return 3
        case .failing(let failures, _) where failures >= patience: return 4
        case .sound, .failing, .suspected: return 5
        }
    }

    private struct Rank: Comparable {
        let usable: Int
        let createdAt: WallTime
        let key: SessionKey

        static func < (left: Rank, right: Rank) -> Bool {
            (left.usable, left.createdAt, left.key) < (right.usable, right.createdAt, right.key)
        }
    }
}
