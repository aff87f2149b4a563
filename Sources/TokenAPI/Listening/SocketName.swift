// What a socket is called: in the settings, in a socket unit's `FileDescriptorName=`, and wherever a rule holds for one
// of several.

/// `control`, `token`, or `token-NAME` for a token socket beside the first.
package struct SocketName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package static let control = SocketName(known: "control")
    /// The first one.
    package static let token = SocketName(known: "token")

    /// What the names of further token sockets begin with.
    package static let tokenPrefix = "token-"
    /// The longest NAME.
    package static let longest = 32
    /// What is expected where a name is none.
    package static let expected =
        "control, token or token-NAME, where NAME has 1 to \(longest) lowercase letters, digits and hyphens"

    /// Nil for anything else.
    package init?(_ text: String) {
        guard text != Self.control.rawValue, text != Self.token.rawValue else {
            rawValue = text
            return
        }
        guard text.hasPrefix(Self.tokenPrefix) else { return nil }
        let name = text.utf8.dropFirst(Self.tokenPrefix.utf8.count)
        guard (1...Self.longest).contains(name.count), name.allSatisfy(Self.isNameByte) else { return nil }
        rawValue = text
    }

    private init(known: String) {
        rawValue = known
    }

    package var description: String { rawValue }

    /// What a socket is for.
    package enum Role: Hashable, Sendable {
        case token
        case control
    }

    package var role: Role { self == .control ? .control : .token }

    package static func < (left: SocketName, right: SocketName) -> Bool { left.rawValue < right.rawValue }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
