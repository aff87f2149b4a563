// Whose call a request is: its credentials wherever they stand, and the address that its counter goes by.
import AppwriteModel
import Foundation

extension Caller {
    init(_ call: HTTPCall, version: AppwriteVersion, signer: JWTSigner) {
        let project = call.header("X-Appwrite-Project")
        // A cookie goes before the header, unless it says nothing.
        let cookie = project.flatMap { call.cookie("a_session_\($0)") ?? call.cookie("a_session_\($0)_legacy") }
        let secret =
            cookie.flatMap(SessionSecret.init(wire:))
            ?? call.header("X-Appwrite-Session").flatMap(SessionSecret.init(wire:))
        self.init(
            project: project, host: call.host, ip: Self.clientAddress(of: call, version: version),
            secret: secret, jwt: call.header("X-Appwrite-JWT").map(signer.read),
            apiKey: call.header("X-Appwrite-Key"), devKey: call.header("X-Appwrite-Dev-Key"))
    }

    /// The first `X-Forwarded-For` value; 1.9.6 believes it only when it is an address.
    private static func clientAddress(of call: HTTPCall, version: AppwriteVersion) -> String {
        let forwarded = call.header("X-Forwarded-For")?.split(separator: ",", omittingEmptySubsequences: false).first?
            .trimmingCharacters(in: .whitespaces)
        guard let forwarded, !forwarded.isEmpty else { return call.peer }
        switch version {
        case .v1_8_1: return forwarded
        case .v1_9_6: return isAddress(forwarded) ? forwarded : call.peer
        }
    }
}

/// Whether a text is an IP address of either family, without port or zone.
private func isAddress(_ text: String) -> Bool {
    text.contains(":") ? isIPv6(text) : isIPv4(text[...])
}

private func isIPv4(_ text: Substring) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
        && parts.allSatisfy { part in
            part.allSatisfy(\.isNumber) && UInt8(part).map { String($0) == part } ?? false
        }
}

/// Eight groups, or fewer around one `::`; an IPv4 address may stand for the last two.
private func isIPv6(_ text: String) -> Bool {
    let halves = text.components(separatedBy: "::")
    guard halves.count <= 2 else { return false }
    var groups = 0
    for half in halves where !half.isEmpty {
        let parts = half.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, half == halves.last, isIPv4(part) {
                groups += 2
            } else if (1...4).contains(part.count), part.allSatisfy(\.isHexDigit) {
                groups += 1
            } else {
                return false
            }
        }
    }
    return halves.count == 2 ? groups < 8 : groups == 8
}
