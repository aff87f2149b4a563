// What a certificate says of itself, as far as an operator needs it to renew it in time.

import NIOSSL
package import RefreshPolicy

package struct ServerCertificate: Hashable, Sendable {
    package let validFrom: ServerTime
    package let validUntil: ServerTime
    /// Who signed it, such as "Let's Encrypt (R11)": foreign text, empty where it has no name.
    package let issuer: String
    /// Whether it vouches for itself.
    package let isSelfSigned: Bool

    /// Nil where it cannot be read.
    init?(_ certificate: NIOSSLCertificate) {
        guard let bytes = try? certificate.toDERBytes() else { return nil }  // Then there is nothing to tell.
        self.init(
            der: bytes, validFrom: ServerTime(milliseconds: Int64(certificate.notValidBefore) * 1000),
            validUntil: ServerTime(milliseconds: Int64(certificate.notValidAfter) * 1000))
    }

    /// Certificate → tbsCertificate → version (optional), serial number, algorithm, issuer, validity, subject
    /// (RFC 5280, 4.1).
    init?(der: [UInt8], validFrom: ServerTime, validUntil: ServerTime) {
        var whole = DERReader(der[...])
        guard var certificate = whole.next(0x30), var signed = certificate.next(0x30) else { return nil }
        _ = signed.next(0xA0)
        guard signed.next(0x02) != nil, signed.next(0x30) != nil, let issuer = signed.next(0x30),
            signed.next(0x30) != nil, let subject = signed.next(0x30)
        else { return nil }
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.issuer = Self.name(in: issuer)
        isSelfSigned = issuer.rest.elementsEqual(subject.rest)
    }

    /// Organisation and common name, as far as they are there.
    private static func name(in reader: DERReader) -> String {
        var reader = reader
        var organisation = ""
        var common = ""
        while var set = reader.next(0x31) {
            guard var pair = set.next(0x30), let attribute = pair.next(0x06), let value = pair.next() else { continue }
            let text = String(decoding: value.rest, as: UTF8.self)
            switch Array(attribute.rest) {
            case [0x55, 0x04, 0x03]: common = text
            case [0x55, 0x04, 0x0A]: organisation = text
            default: break
            }
        }
        if organisation.isEmpty || common.isEmpty { return organisation + common }
        return "\(organisation) (\(common))"
    }
}

/// Reads DER (X.690) from its start: tag, length, content.
struct DERReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// The content of the next value, where it has this tag; otherwise nothing is read.
    mutating func next(_ tag: UInt8) -> DERReader? {
        rest.first == tag ? next() : nil
    }

    mutating func next() -> DERReader? {
        let bytes = rest
        guard bytes.count >= 2 else { return nil }
        var start = bytes.startIndex + 2
        var length = Int(bytes[bytes.startIndex + 1])
        if length >= 0x80 {
            let count = length - 0x80
            guard (1...4).contains(count), bytes.endIndex - start >= count else { return nil }
            length = bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
            start += count
        }
        guard bytes.endIndex - start >= length else { return nil }
        rest = bytes[(start + length)...]
        return DERReader(bytes[start..<start + length])
    }
}
