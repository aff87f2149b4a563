// What a JWT of Appwrite's says of itself. Its signature is not checked: it came from Appwrite over the same
// connection that it goes back on.

import Foundation

struct TokenClaims: Decodable {
    let userId: String
    let sessionId: String

    /// Nil unless three parts of base64url (RFC 7515), the middle one holding both claims.
    init?(of token: String) {
        let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isBase64URL) }),
            let payload = Self.decoded(String(Substring(parts[1]))),
            // Not in this form: then it is no JWT of Appwrite's, whatever the reason.
            let claims = try? WireFormat.decode(TokenClaims.self, from: payload)
        else { return nil }
        self = claims
    }

    private static func decoded(_ base64URL: String) -> Data? {
        let base64 = base64URL.replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: base64 + String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4))
    }

    private static func isBase64URL(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
    }
}
