// The answer that is given most, written straight into its bytes: beside HTTP itself, most of what a read costs would be
// `JSONEncoder`. A test holds it to what that makes of the same body.

import NIOCore

extension TokenBody {
    /// As `WireCoding` encodes it.
    var bytes: ByteBuffer {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(accessToken.secret.reveal().utf8.count + providerUID.utf8.count + 512)
        bytes.write("{\"access_token\":", text: accessToken.secret.reveal())
        if let expiresAt { bytes.write(",\"expires_at\":", text: expiresAt.iso) }
        if let expiresIn { bytes.writeString(",\"expires_in\":\(expiresIn)") }
        bytes.write(",\"issued_at\":", text: issuedAt.iso)
        bytes.writeString(minValidMet ? ",\"min_valid_met\":true" : ",\"min_valid_met\":false")
        bytes.write(",\"project\":", text: project)
        bytes.write(",\"provider\":", text: provider)
        bytes.write(",\"provider_uid\":", text: providerUID)
        bytes.write(",\"session_id\":", text: sessionID)
        bytes.write(",\"standing\":", text: standing)
        bytes.write(",\"token_type\":", text: tokenType)
        bytes.write(",\"user_id\":", text: userID)
        bytes.writeStaticString("}")
        return bytes
    }
}

extension ByteBuffer {
    fileprivate mutating func write(_ name: StaticString, text: String) {
        writeStaticString(name)
        writeStaticString("\"")
        if Self.isPlain(text) { writeString(text) } else { writeBytes(text.utf8.flatMap(Self.escaped)) }
        writeStaticString("\"")
    }

    private static func isPlain(_ text: String) -> Bool {
        for byte in text.utf8 where isEscaped(byte) { return false }
        return true
    }

    /// RFC 8259, 7: the quotation mark, the backslash and what is below the space.
    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func escaped(_ byte: UInt8) -> [UInt8] {
        guard isEscaped(byte) else { return [byte] }
        guard byte < 0x20 else { return [UInt8(ascii: "\\"), byte] }
        let digits = Array("0123456789abcdef".utf8)
        return Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 0xf)]]
    }
}
