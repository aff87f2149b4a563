// Where a page of identities starts. A login moves its identity to the end of the order by time, and Appwrite's own
// cursor is an identity: if that one moved between two pages, all that lies between would be passed over. So a page
// starts at the time that the last one reached, and by Appwrite's cursor only among identities of one and the same
// millisecond, which an import may leave behind in great number.

import RefreshPolicy

struct IdentityCursor: Hashable, Sendable {
    let since: ServerTime
    /// The last identity seen of those written at `since`.
    let after: String?

    init(since: ServerTime, after: String? = nil) {
        self.since = since
        self.after = after
    }

    /// Reads `text`; nil where it was not made here.
    init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard let time = parts.first, let since = ServerTime(iso8601: String(time)) else { return nil }
        self.init(since: since, after: parts.count == 2 ? String(parts[1]) : nil)
    }

    /// `2026-11-23T22:29:38.705+00:00`, and the identity after a space.
    var text: String {
        after.map { "\(since.iso8601) \($0)" } ?? since.iso8601
    }

    /// The page after one that ended with this identity. What was written at its time is given once more.
    func following(last id: String, at time: ServerTime) -> IdentityCursor {
        time > since ? IdentityCursor(since: time) : IdentityCursor(since: since, after: id)
    }
}
