// Lists by query, as Appwrite's `queries[]` describe them: filters, order, cursor and limit over rows.

package struct Page<Row: Sendable>: Sendable {
    /// How many rows match the filters, wherever the cursor stands. Appwrite counts no further than 5000.
    package let total: Int
    package let rows: [Row]
}

/// One query, already out of its JSON.
package enum Query: Sendable, Equatable {
    case compare(Comparison, attribute: String, values: [QueryValue])
    case order(Direction, attribute: String)
    case limit(Int)
    case offset(Int)
    case cursorAfter(String)

    var isOrder: Bool {
        switch self {
        case .order: true
        case .compare, .limit, .offset, .cursorAfter: false
        }
    }

    package enum Comparison: String, Sendable, CaseIterable {
        case equal
        case notEqual
        case lessThan
        case lessThanEqual
        case greaterThan
        case greaterThanEqual
    }

    package enum Direction: String, Sendable, CaseIterable {
        case orderAsc
        case orderDesc
    }
}

package enum QueryValue: Sendable, Equatable {
    case text(String)
    case instant(Milliseconds)
    case truth(Bool)

    func precedes(_ other: QueryValue) -> Bool {
        switch (self, other) {
        case (.text(let mine), .text(let theirs)): mine.utf8.lexicographicallyPrecedes(theirs.utf8)
        case (.instant(let mine), .instant(let theirs)): mine < theirs
        case (.truth(let mine), .truth(let theirs)): !mine && theirs
        case (.text, _), (.instant, _), (.truth, _): false
        }
    }
}

/// A row that can be listed: its id, and its attributes as the schema names them.
package protocol ListedRow: Sendable {
    var id: String { get }
    /// How to read an attribute, found once for all rows; nil for a name that is not in the schema.
    static func reader(of attribute: String) -> (@Sendable (Self) -> QueryValue)?
}

extension Identity: ListedRow {
    package static func reader(of attribute: String) -> (@Sendable (Identity) -> QueryValue)? {
        switch attribute {
        case "$id": { .text($0.id) }
        case "$createdAt": { .instant($0.createdAt) }
        case "$updatedAt": { .instant($0.updatedAt) }
        case "userId": { .text($0.userID) }
        case "provider": { .text($0.provider) }
        case "providerUid": { .text($0.providerUID) }
        case "providerEmail": { .text($0.email) }
        case "providerAccessTokenExpiry": { .instant($0.accessTokenExpiry) }
        default: nil
        }
    }
}

extension User: ListedRow {
    package static func reader(of attribute: String) -> (@Sendable (User) -> QueryValue)? {
        switch attribute {
        case "$id": { .text($0.id) }
        case "$createdAt", "registration": { .instant($0.createdAt) }
        case "$updatedAt": { .instant($0.updatedAt) }
        case "name": { .text($0.name) }
        case "email": { .text($0.email) }
        case "status": { .truth($0.status == .active) }
        default: nil
        }
    }
}

private let usualLimit = 25
private let greatestLimit = 5000

func page<Row: ListedRow>(of rows: [Row], _ queries: [Query]) throws(Refusal) -> Page<Row> {
    var matching = rows
    var limit = usualLimit
    var offset = 0
    var cursor: String?
    for query in queries {
        switch query {
        case .compare(let comparison, let attribute, let values):
            let read = try reader(of: attribute, in: Row.self)
            matching = matching.filter { matches(read($0), comparison, values) }
        case .order(_, let attribute): _ = try reader(of: attribute, in: Row.self)
        case .limit(let count):
            guard (1...greatestLimit).contains(count) else {
                throw .badQuery("Invalid limit: Value must be a valid range between 1 and 5,000")
            }
            limit = count
        case .offset(let count):
            guard (0...greatestLimit).contains(count) else {
                throw .badQuery("Invalid offset: Value must be a valid range between 0 and 5,000")
            }
            offset = count
        case .cursorAfter(let id): cursor = id
        }
    }
    let ordered = sorted(matching, by: queries)
    var first = 0
    if let cursor {
        // A cursor must name a row that exists; it need not match the filters, and has its place all the same.
        let all = sorted(rows, by: queries)
        guard let place = all.firstIndex(where: { $0.id == cursor }) else { throw .cursorNotFound(cursor) }
        let passed = Set(all[...place].map(\.id))
        first = ordered.prefix { passed.contains($0.id) }.count
    }
    return Page(
        total: min(matching.count, greatestLimit), rows: Array(ordered.dropFirst(first + offset).prefix(limit)))
}

private func reader<Row: ListedRow>(
    of attribute: String, in row: Row.Type
) throws(Refusal) -> (Row) -> QueryValue {
    guard let reader = Row.reader(of: attribute) else {
        throw .badQuery("Attribute not found in schema: \(attribute)")
    }
    return reader
}

private func matches(_ value: QueryValue, _ comparison: Query.Comparison, _ wanted: [QueryValue]) -> Bool {
    guard let first = wanted.first else { return false }
    switch comparison {
    case .equal: return wanted.contains(value)
    case .notEqual: return !wanted.contains(value)
    case .lessThan: return value.precedes(first)
    case .lessThanEqual: return value.precedes(first) || value == first
    case .greaterThan: return first.precedes(value)
    case .greaterThanEqual: return first.precedes(value) || value == first
    }
}

/// Rows come in order of creation; a wished order goes first and keeps that one among equals.
private func sorted<Row: ListedRow>(_ rows: [Row], by queries: [Query]) -> [Row] {
    guard queries.contains(where: \.isOrder) else { return rows }
    let isBefore = order(queries, of: Row.self)
    return rows.enumerated().sorted { one, other in
        if isBefore(one.element, other.element) { return true }
        if isBefore(other.element, one.element) { return false }
        return one.offset < other.offset
    }.map(\.element)
}

private func order<Row: ListedRow>(_ queries: [Query], of row: Row.Type) -> (Row, Row) -> Bool {
    let orders = queries.compactMap { query -> (Query.Direction, (Row) -> QueryValue)? in
        guard case .order(let direction, let attribute) = query else { return nil }
        return Row.reader(of: attribute).map { (direction, $0) }
    }
    return { one, other in
        for (direction, read) in orders {
            let (mine, theirs) = (read(one), read(other))
            if mine == theirs { continue }
            switch direction {
            case .orderAsc: return mine.precedes(theirs)
            case .orderDesc: return theirs.precedes(mine)
            }
        }
        return false
    }
}

extension Refusal {
    package static func badQuery(_ reason: String) -> Refusal {
        badArgument("queries", "Invalid query: \(reason)")
    }
}
