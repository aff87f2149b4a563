// `queries[]` out of a URL: Appwrite's JSON form, one object a query.
package import AppwriteModel
import Foundation

extension Query {
    /// The values of `queries[]`, `queries[0]`, … in the order they were sent.
    package static func all(in items: [(name: String, value: String)]) throws(Refusal) -> [Query] {
        var queries: [Query] = []
        for item in items where item.name == "queries" || item.name.hasPrefix("queries[") {
            queries.append(try Query(json: item.value))
        }
        return queries
    }

    private init(json text: String) throws(Refusal) {
        // `try?`: what was wrong with the text is said by Appwrite in words of its own.
        guard let json = try? JSONCoding.decode(JSON.self, from: Data(text.utf8)), let method = json["method"]?.text
        else { throw .badQuery("Syntax error") }
        let attribute = json["attribute"]?.text ?? ""
        let values = json["values"]?.elements ?? []
        if let comparison = Comparison(rawValue: method) {
            var wanted: [QueryValue] = []
            for value in values {
                wanted.append(try QueryValue(value, of: attribute))
            }
            self = .compare(comparison, attribute: attribute, values: wanted)
        } else if let direction = Direction(rawValue: method) {
            self = .order(direction, attribute: attribute)
        } else {
            switch method {
            case "limit": self = .limit(try Self.count(values, method))
            case "offset": self = .offset(try Self.count(values, method))
            case "cursorAfter":
                guard let id = values.first?.text else { throw .badQuery("Invalid cursor") }
                self = .cursorAfter(id)
            default: throw .badQuery("Invalid query method: \(method)")
            }
        }
    }

    private static func count(_ values: [JSON], _ method: String) throws(Refusal) -> Int {
        guard let count = values.first?.integer else { throw .badQuery("Invalid \(method)") }
        return count
    }
}

extension QueryValue {
    private static let dates: Set<String> = [
        "$createdAt", "$updatedAt", "providerAccessTokenExpiry", "registration",
    ]

    fileprivate init(_ json: JSON, of attribute: String) throws(Refusal) {
        switch json {
        case .bool(let truth): self = .truth(truth)
        case .string(let text) where Self.dates.contains(attribute):
            guard let instant = Timestamps.instant(text) else {
                throw .badQuery("Query value is invalid for attribute \"\(attribute)\"")
            }
            self = .instant(instant)
        case .string(let text): self = .text(text)
        case .null, .number, .array, .object:
            throw .badQuery("Query value is invalid for attribute \"\(attribute)\"")
        }
    }
}
