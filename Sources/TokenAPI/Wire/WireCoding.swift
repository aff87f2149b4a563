// The one way from the wire's structs to JSON and back, for servers and clients alike.

package import Foundation

/// JSON as the sockets speak it. Names are snake_case by explicit `CodingKeys`; what is not known is left out.
package enum WireCoding {
    /// Sorted keys: the same answer is the same bytes, for people, tests and `diff`.
    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    private static let decoder = JSONDecoder()

    package static func encode(_ body: some Encodable) throws -> Data {
        try encoder.encode(body)
    }

    /// Throws `DecodingError`. Do not print it where the body may hold a secret: it may quote what it could not read.
    package static func decode<Body: Decodable>(_ type: Body.Type = Body.self, from data: Data) throws -> Body {
        try decoder.decode(type, from: data)
    }
}
