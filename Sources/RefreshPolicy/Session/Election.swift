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

    /// Greater is better. A session whose refresh token was refused comes after its spares: they are tried before the
    /// user is asked to log in again. The key breaks ties, so that the choice does not depend on the order of rows.
    private static func rank(_ row: SessionRow, _ now: WallTime, _ rules: ProjectRules) -> Rank {
        var usable = 0
        if case .ended = row.verdict { usable = 0 } else { usable = row.token == nil ? 1 : 2 }
        if row.mayBeSpentOn(at: now, by: rules) {
            if case .needsLogin = row.verdict { usable = 3 } else { usable = 4 }
        }
        return Rank(usable: usable, createdAt: row.createdAt, key: row.key)
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
