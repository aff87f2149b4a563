// What is written of a row that is there: the columns of the groups that changed, since every column written costs, and
// one of an index or a sealed one the most.

import RefreshPolicy

/// Columns that change together.
struct ColumnGroups: OptionSet {
    let rawValue: Int

    /// Where the session comes from, and who speaks for it.
    static let login = ColumnGroups(rawValue: 1)
    /// What a look or a refresh brought.
    static let outcome = ColumnGroups(rawValue: 2)
    /// How the session stands, and what is next.
    static let course = ColumnGroups(rawValue: 4)

    /// In which the rows of one session differ. What is of neither of the first two is of the course.
    init(from stored: SessionRow, to row: SessionRow) {
        self = []
        var like = stored
        // These are written with the grant.
        (like.lastReadAt, like.heat) = (row.lastReadAt, row.heat)
        var known = like
        (like.user, like.provider, like.providerUID) = (row.user, row.provider, row.providerUID)
        (like.source, like.keep, like.secret) = (row.source, row.keep, row.secret)
        (like.hasRefreshToken, like.createdAt, like.foundAt) = (row.hasRefreshToken, row.createdAt, row.foundAt)
        // Two accounts of a provider may be one text to Swift, and are two to the store, which keeps the bytes.
        if like != known || stored.grant != row.grant { insert(.login) }
        known = like
        (like.token, like.next, like.sessionExpiresAt) = (row.token, row.next, row.sessionExpiresAt)
        like.episodes = row.episodes
        if like != known { insert(.outcome) }
        if like != row { insert(.course) }
    }

    init(rawValue: Int) {
        self.rawValue = rawValue
    }
}

extension SessionColumn {
    /// Empty for what names the row and never changes.
    var group: ColumnGroups {
        switch self {
        case .project, .sessionID: []
        case .userID, .provider, .providerUID, .source, .keep, .sealedSecret, .hasRefreshToken, .createdAt, .foundAt:
            .login
        case .sealedToken, .issuedAt, .expiresAt, .sealedNext, .nextIssuedAt, .nextExpiresAt, .sessionExpiresAt,
            .episodes:
            .outcome
        case .lookedAt, .verdict, .failures, .sinceAt, .retryAt, .isElected, .attempt, .sentAt, .standing, .reason,
            .oauthError, .wakeAt, .want, .priority, .period:
            .course
        }
    }
}

/// The statement that writes some groups of columns, and what it binds, in this order.
struct RowUpdate {
    let sql: String
    let columns: [SessionColumn]

    static func of(_ groups: ColumnGroups) -> RowUpdate { all[groups.rawValue] }

    private static let all = (0..<8).map { RowUpdate(ColumnGroups(rawValue: $0)) }

    private init(_ groups: ColumnGroups) {
        let changed = SessionColumn.allCases.filter { !$0.group.isDisjoint(with: groups) }
        let names = changed.map { "\($0.name) = ?" }.joined(separator: ", ")
        sql = "UPDATE session SET \(names) WHERE project = ? AND session_id = ?"
        columns = changed + [.project, .sessionID]
    }
}
