// A secret on its way through a socket: the two bodies that carry one carry it in this type.

package import RefreshPolicy

/// Coded as its value; printed, dumped and reflected as `<secret>` (law 7).
package struct WireSecret: Codable, Hashable, Sendable {
    package let secret: Secret

    package init(_ secret: Secret) {
        self.secret = secret
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let secret = Secret(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "an empty secret")
        }
        self.secret = secret
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(secret.reveal())
    }
}
