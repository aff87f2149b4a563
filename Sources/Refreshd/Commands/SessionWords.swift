// A session in words for people: a line, a row of a table, or all that is known of it.

import TokenAPI

enum SessionWords {
    static let columns = [
        Table.Column("SESSION", least: 16), Table.Column("USER", least: 8), Table.Column("PROVIDER"),
        Table.Column("STANDING"), Table.Column("TOKEN"), Table.Column("REASON", least: 12),
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

    static func details(of session: SessionBody) -> String {
        var rows = [
            ["session", "\(session.project)/\(session.sessionID)"],
            ["user", session.userID],
            ["provider", session.provider],
            ["account", session.providerUID.isEmpty ? "not told" : session.providerUID],
            ["standing", "\(session.standing): \(session.reason)"],
            ["token", token(of: session) + (session.expiresAt.map { ", at \(TimeWords.moment($0))" } ?? "")],
        ]
        if let issuedAt = session.issuedAt { rows.append(["issued", TimeWords.moment(issuedAt)]) }
        if let retryAt = session.retryAt { rows.append(["next try", TimeWords.moment(retryAt)]) }
        if session.failures > 0 { rows.append(["failures", "\(session.failures) in a row"]) }
        rows += [
            ["refresh token", session.hasRefreshToken ? "there is one" : "none: it cannot be refreshed"],
            ["session ends", TimeWords.moment(session.sessionExpiresAt)],
            ["credential", session.source == "secret" ? "its secret" : "the project's API key"],
            ["kept fresh", keep(of: session)],
            ["last read", session.lastReadAt.map(TimeWords.moment) ?? "never"],
            ["created", TimeWords.moment(session.createdAt)],
            ["found", TimeWords.moment(session.foundAt)],
            ["looked at", TimeWords.moment(session.lookedAt)],
        ]
        return Table([Table.Column(""), Table.Column("")], rows: rows).text(width: nil, heading: .left)
    }

    private static func token(of session: SessionBody) -> String {
        if let seconds = session.expiresIn { return seconds > 0 ? "ends in \(TimeWords.short(seconds))" : "ended" }
        return session.issuedAt == nil ? "none" : "no known end"
    }

    private static func keep(of session: SessionBody) -> String {
        guard session.elected else { return "no: another session of the same account is" }
        let word = session.keep == "always" ? "as long as it lives" : "while it is read"
        return word + ", where no keep rule of the settings fits"
    }
}
