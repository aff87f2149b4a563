// The port to the store: the only memory that refreshd has.

package import RefreshPolicy

/// Where sessions, budgets and marks are kept. One loop writes; anybody reads. A secret that cannot be read back is
/// missing from its row and takes no other row with it: a row without its token wants a look, which brings it back.
package protocol SessionStore: Sendable {
    /// Writes all changes in one transaction. When it returns, they are on disk (law 8); when it throws, none is.
    func commit(_ changes: [Change]) async throws(StoreError)

    /// The rows of each, all as of one moment.
    func rows(of lookups: [Lookup], _ place: ReadPlace) async throws(StoreError) -> [[SessionRow]]

    /// Who lays claim to calls in these projects, the greatest priority first.
    func contenders(in projects: [ProjectAlias], limit: Int) async throws(StoreError) -> [Contender]

    /// The earliest `wakeAt` of these projects.
    func nextWake(in projects: [ProjectAlias]) async throws(StoreError) -> WallTime?

    /// Rows in the filter's order, for listings; `after` is the last key of the page before.
    func sessions(matching filter: SessionFilter, after: SessionKey?, limit: Int) async throws(StoreError)
        -> [SessionRow]

    /// How many sessions of each project stand how: kept by the writes, so that asking costs nothing.
    func counts() async throws(StoreError) -> [StandingCount]

    /// What a start needs to go on where the last run ended.
    func recall() async throws(StoreError) -> StoredState
}

/// What rows are asked for.
package enum Lookup: Hashable, Sendable {
    /// The one, or none.
    case session(SessionKey)
    /// All rows of one user of a project, whatever their provider.
    case user(UserID, ProjectAlias)
    /// Rows of these projects whose `wakeAt` has come by `at`, oldest first; and rows that would sleep past `latest`,
    /// further ahead than any rule allows (law 9).
    case due(at: WallTime, latest: WallTime, in: [ProjectAlias], limit: Int)
    /// The rows that an errand is for, in its order.
    case errand(Errand)
}

/// Where a read stands to the writes.
package enum ReadPlace: Hashable, Sendable {
    /// In line with them, after all that came before it: for the loop, which makes them.
    case inLine
    /// Beside them, as of the last commit: for whoever must not wait for one under way.
    case beside
}

extension SessionStore {
    package func rows(of lookup: Lookup) async throws(StoreError) -> [SessionRow] {
        try await rows(of: [lookup], .beside).first ?? []
    }

    package func session(_ key: SessionKey) async throws(StoreError) -> SessionRow? {
        try await rows(of: .session(key)).first
    }

    package func sessions(of user: UserID, in project: ProjectAlias) async throws(StoreError) -> [SessionRow] {
        try await rows(of: .user(user, project))
    }

    package func due(
        at now: WallTime, latest: WallTime, in projects: [ProjectAlias], limit: Int
    ) async throws(StoreError) -> [SessionRow] {
        try await rows(of: .due(at: now, latest: latest, in: projects, limit: limit))
    }

    package func rows(for errand: Errand) async throws(StoreError) -> [SessionRow] {
        try await rows(of: .errand(errand))
    }
}

package struct StandingCount: Hashable, Sendable {
    package let project: ProjectAlias
    package let standing: Standing
    package let count: Int

    package init(project: ProjectAlias, standing: Standing, count: Int) {
        self.project = project
        self.standing = standing
        self.count = count
    }
}

/// Why the store did not do it. Texts are for people and hold no secret.
package enum StoreError: Error, Hashable, Sendable {
    /// Passing: disk full, read-only, locked. What was not written is not lost; the loop tries again.
    case unavailable(String)
    /// The file cannot be trusted or read any more.
    case damaged(String)

    package var words: String {
        switch self {
        case .unavailable(let words), .damaged(let words): words
        }
    }
}
