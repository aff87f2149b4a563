// Which rows a listing shows, and in what order.

package import RefreshPolicy

/// What is nil shows all.
package struct SessionFilter: Hashable, Sendable {
    package var project: ProjectAlias?
    package var user: UserID?
    package var provider: ProviderName?
    package var standing: Standing?
    /// Those that live, and whose token ends in this time; the earliest first. Without it, rows come by their keys.
    package var ending: Span?
    /// Only those whose last refresh failed, or whose credential was refused.
    package var isFailing = false

    package init(
        project: ProjectAlias? = nil, user: UserID? = nil, provider: ProviderName? = nil, standing: Standing? = nil
    ) {
        self.project = project
        self.user = user
        self.provider = provider
        self.standing = standing
    }

    /// A time from its begin on, and up to its end.
    package struct Span: Hashable, Sendable {
        /// On a page that is not the first, where the last row of the page before ended.
        package let begin: WallTime
        package let end: WallTime

        package init(from begin: WallTime, to end: WallTime) {
            self.begin = begin
            self.end = end
        }
    }

    /// Whether a row is shown on the page behind `after`.
    package func shows(_ row: SessionRow, after: SessionKey?) -> Bool {
        guard (project ?? row.key.project) == row.key.project, (user ?? row.user) == row.user,
            (provider ?? row.provider) == row.provider, (standing ?? row.standing) == row.standing,
            !isFailing || row.verdict.isTroubled
        else { return false }
        guard let ending else { return after.map { $0 < row.key } ?? true }
        guard row.standing != .ended, let end = row.token?.expiresAt, ending.begin <= end, end <= ending.end else {
            return false
        }
        return after.map { (ending.begin, $0) < (end, row.key) } ?? true
    }

    package func isBefore(_ left: SessionRow, _ right: SessionRow) -> Bool {
        guard ending != nil, let leftEnd = left.token?.expiresAt, let rightEnd = right.token?.expiresAt else {
            return left.key < right.key
        }
        return (leftEnd, left.key) < (rightEnd, right.key)
    }
}

extension Verdict {
    fileprivate var isTroubled: Bool {
        switch self {
        case .sound, .ended: false
        case .failing, .suspected, .needsLogin: true
        }
    }
}
