// Paths and queries: whatever enters a URL is percent-encoded here.

import Foundation

/// A route under an endpoint, such as `/account/sessions/abc`, with its query.
struct RequestPath: Hashable, Sendable {
    private(set) var text = ""

    /// Each component is encoded as one segment.
    init(_ components: String...) {
        self.init(components)
    }

    init(_ components: [String]) {
        for component in components { text += "/" + Self.encoded(component) }
    }

    /// With Appwrite's queries, each a JSON object in a `queries[]` parameter of its own.
    func with(_ queries: [ListQuery]) -> RequestPath {
        var path = self
        for (index, query) in queries.enumerated() {
            path.text += (index == 0 ? "?" : "&") + "queries%5B%5D=" + Self.encoded(query.json)
        }
        return path
    }

    /// Of RFC 3986: what stands for itself anywhere in a URL.
    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }

    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            if isUnreserved(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}

/// One of Appwrite's list queries.
enum ListQuery: Hashable, Sendable {
    case greaterThanEqual(attribute: String, value: String)
    case lessThanEqual(attribute: String, value: String)
    case orderAscending(attribute: String)
    case limit(Int)
    case cursorAfter(String)

    /// As in `{"attribute":"$updatedAt","method":"orderAsc"}`.
    var json: String {
        switch self {
        case .greaterThanEqual(let attribute, let value): comparison("greaterThanEqual", attribute, value)
        case .lessThanEqual(let attribute, let value): comparison("lessThanEqual", attribute, value)
        case .orderAscending(let attribute): #"{"method":"orderAsc","attribute":\#(quoted(attribute))}"#
        case .limit(let count): #"{"method":"limit","values":[\#(count)]}"#
        case .cursorAfter(let id): #"{"method":"cursorAfter","values":[\#(quoted(id))]}"#
        }
    }

    private func comparison(_ method: String, _ attribute: String, _ value: String) -> String {
        #"{"method":"\#(method)","attribute":\#(quoted(attribute)),"values":[\#(quoted(value))]}"#
    }

    /// A JSON string (RFC 8259, 7).
    private func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
