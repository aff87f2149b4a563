// Where a page of identities starts. A login moves its identity to the end of the order by time, and Appwrite's own
// cursor is an identity: if that one moved between two pages, all that lies between would be passed over. So a page
// starts at the time that the last one reached. Only where one millisecond has more identities than a page, as an import
// leaves them behind, they are gone through in the order in which they were made, which no login changes.

import RefreshPolicy

enum IdentityCursor: Hashable, Sendable {
    /// Written at this time or later, by time.
    case from(ServerTime)
    /// Written at this very time, by age; after this identity, where one is named.
    case at(ServerTime, after: String?)

    /// Reads `text`; nil where it was not made here.
    init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        guard (1...3).contains(words.count), let time = ServerTime(iso8601: words[words.count == 1 ? 0 : 1])
        else { return nil }
        switch (words.count, words[0]) {
        case (1, _): self = .from(time)
        case (2, "at"): self = .at(time, after: nil)
        case (3, "at"): self = .at(time, after: words[2])
        default: return nil
        }
    }

    /// `2026-11-23T22:29:38.705+00:00`, or `at` this time and the identity after it.
    var text: String {
        switch self {
        case .from(let time): time.iso8601
        case .at(let time, after: nil): "at \(time.iso8601)"
        case .at(let time, after: let id?): "at \(time.iso8601) \(id)"
        }
    }

    var queries: [ListQuery] {
        let attribute = "$updatedAt"
        switch self {
        case .from(let time):
            return [
                .greaterThanEqual(attribute: attribute, value: time.iso8601), .orderAscending(attribute: attribute),
            ]
        case .at(let time, let id):
            return [
                .greaterThanEqual(attribute: attribute, value: time.iso8601),
                .lessThanEqual(attribute: attribute, value: time.iso8601),
            ] + (id.map { [.cursorAfter($0)] } ?? [])
        }
    }

    /// The next page after one that was full and ended with this identity.
    func afterFull(endingWith id: String, writtenAt end: ServerTime) -> IdentityCursor {
        switch self {
        case .from(let start): end > start ? .from(end) : .at(start, after: nil)
        case .at(let time, _): .at(time, after: id)
        }
    }

    /// The next page after one that was not full; nil where there is none.
    var afterRest: IdentityCursor? {
        switch self {
        case .from: nil
        case .at(let time, _): .from(ServerTime(milliseconds: time.milliseconds + 1))
        }
    }
}
