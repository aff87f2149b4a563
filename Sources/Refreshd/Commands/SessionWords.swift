// A session in words for people: a line, or a row of a table.

import TokenAPI
import Vocabulary

enum SessionWords {
    static let columns = [
        Table.Column("SESSION", least: 16), Table.Column("USER", least: 8), Table.Column("PROVIDER"),
        Table.Column("STANDING", tone: Tone.ofStanding), Table.Column("TOKEN"), Table.Column("REASON", least: 12),
    ]

    static func cells(of session: SessionBody) -> [String] {
        [
            "\(session.project)/\(session.sessionID)", session.userID, session.provider, session.standing,
            token(of: session), session.reason,
        ]
    }

    /// Such as "main/abc of user u1 at google: fresh (renewed), token ends in 42m".
    static func line(of session: SessionBody) -> String {
        let name = "\(session.project)/\(session.sessionID) of user \(session.userID) at \(session.provider)"
        let stand = "\(session.standing) (\(session.reason))"
        return "\(name): \(stand), token \(token(of: session))".shown(limit: 1000)
    }

    static func token(of session: SessionBody) -> String {
        if let seconds = session.expiresIn { return seconds > 0 ? "ends in \(TimeWords.short(seconds))" : "ended" }
        return session.issuedAt == nil ? "none" : "no known end"
    }
}
