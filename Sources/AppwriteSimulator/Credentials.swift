// The two credentials of an Appwrite user on the wire: session secrets (base64 of JSON) and JWTs (HS256).
package import AppwriteModel
import Crypto
import Foundation

extension SessionSecret {
    private struct Wire: Codable {
        let id: String
        let secret: String
    }

    /// Base64 of `{"id":userId,"secret":…}`. Nil: it is nothing of the kind, which Appwrite takes for no login at all.
    package init?(wire text: String) {
        guard let data = Data(base64Encoded: padded(text)),
            // `try?`: garbage is an expected answer here, and its cause is nobody's concern.
            let wire = try? JSONCoding.decode(Wire.self, from: data)
        else { return nil }
        self.init(userID: wire.id, secret: wire.secret)
    }

    package var wire: String {
        Data(#"{"id":"\#(userID)","secret":"\#(secret)"}"#.utf8).base64EncodedString()
    }
}

/// Mints and verifies the JWTs of one server.
package struct JWTSigner: Sendable {
    private let key: SymmetricKey

    package init(secret: String) {
        key = SymmetricKey(data: Data(secret.utf8))
    }

    private struct Payload: Codable {
        let userId: String
        let sessionId: String
        let exp: Int64
    }

    package func sign(_ claims: JWTClaims) -> String {
        let payload = """
            {"userId":"\(claims.userID)","sessionId":"\(claims.sessionID)","exp":\(claims.expiresAt / 1000)}
            """
        let signed = base64URL(Data(#"{"typ":"JWT","alg":"HS256"}"#.utf8)) + "." + base64URL(Data(payload.utf8))
        return signed + "." + base64URL(Data(HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: key)))
    }

    /// The payload alone, whoever signed it. Nil: it cannot be read.
    package static func claims(of token: String) -> JWTClaims? {
        let segments = token.split(separator: ".", omittingEmptySubsequences: false)
        guard segments.count == 3, let data = Data(base64Encoded: padded(String(segments[1]))),
            // `try?`: garbage is an expected answer here, and its cause is nobody's concern.
            let payload = try? JSONCoding.decode(Payload.self, from: data)
        else { return nil }
        return JWTClaims(userID: payload.userId, sessionID: payload.sessionId, expiresAt: payload.exp * 1000)
    }

    package func read(_ token: String) -> JWTCredential {
        let segments = token.split(separator: ".", omittingEmptySubsequences: false)
        guard segments.count == 3 else { return .broken(.incompleteSegments) }
        guard let claims = Self.claims(of: token) else { return .broken(.syntaxError) }
        guard let code = Data(base64Encoded: padded(String(segments[2]))),
            HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: Data("\(segments[0]).\(segments[1])".utf8), using: key)
        else { return .broken(.badSignature) }
        return .signed(claims)
    }
}

private func base64URL(_ data: Data) -> String {
    data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}

/// Standard base64 with padding, out of either alphabet with or without it.
private func padded(_ text: String) -> String {
    let standard = text.utf8.filter { $0 != UInt8(ascii: "=") }.map { byte in
        switch byte {
        case UInt8(ascii: "-"): UInt8(ascii: "+")
        case UInt8(ascii: "_"): UInt8(ascii: "/")
        default: byte
        }
    }
    let count = standard.count
    return String(decoding: standard, as: UTF8.self) + String(repeating: "=", count: (4 - count % 4) % 4)
}
