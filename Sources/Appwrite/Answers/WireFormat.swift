// The one JSON decoder setup for Appwrite's wire.

import Foundation

enum WireFormat {
    static func decode<Value: Decodable>(_ type: Value.Type, from body: Data) throws -> Value {
        try JSONDecoder().decode(type, from: body)
    }
}
