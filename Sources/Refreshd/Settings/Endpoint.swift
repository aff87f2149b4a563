// The address of an Appwrite server, taken apart once and strictly: calls are built on it, and budgets are counted by
// its host name.

package import RefreshPolicy

/// `https://HOST[:PORT]/v1`, without user, query, fragment or closing slash.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    package enum Scheme: String, Hashable, Sendable {
        case https
        case http
    }

    package let scheme: Scheme
    /// Lower case; an IPv6 address without its brackets.
    package let host: HostName
    /// Nil for the scheme's own.
    package let port: Int?
    /// Starts with a slash and does not end with one.
    package let path: String

    package var description: String {
        let bracketed = host.rawValue.contains(":") ? "[\(host)]" : host.rawValue
        return "\(scheme.rawValue)://\(bracketed)\(port.map { ":\($0)" } ?? "")\(path)"
    }

    /// Whether calls stay on this machine.
    package var isLoopback: Bool {
        let name = host.rawValue
        if name == "localhost" || name.hasSuffix(".localhost") || name == "::1" { return true }
        let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers.first == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }

    package init(_ text: String) throws(EndpointFlaw) {
        let lower = text.lowercased()
        if lower.hasPrefix("https://") {
            scheme = .https
        } else if lower.hasPrefix("http://") {
            scheme = .http
        } else {
            throw .noScheme
        }
        let rest = text.dropFirst(scheme.rawValue.count + 3)
        let authority = rest.prefix { $0 != "/" }
        guard !rest.contains("@") else { throw .holdsLogin }
        (host, port) = try Self.hostAndPort(authority, standard: scheme == .https ? 443 : 80)

        var path = String(rest.dropFirst(authority.count))
        while path.hasSuffix("/") { path.removeLast() }
        guard !path.isEmpty else { throw .noPath }
        guard path.utf8.allSatisfy({ Self.isWordByte($0) || "/~".utf8.contains($0) }) else { throw .badPath }
        self.path = path
    }

    private static func hostAndPort(
        _ authority: Substring, standard: Int
    ) throws(EndpointFlaw) -> (HostName, Int?) {
        let host: Substring
        let tail: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw .badHost }
            host = authority[authority.index(after: authority.startIndex)..<end]
            tail = authority[authority.index(after: end)...]
            guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
                throw .badHost
            }
        } else {
            host = authority.prefix { $0 != ":" }
            tail = authority.dropFirst(host.count)
            guard !host.isEmpty, host.utf8.allSatisfy(isWordByte) else { throw .badHost }
        }
        guard !tail.isEmpty else { return (HostName(String(host)), nil) }
        let digits = tail.dropFirst()
        guard tail.first == ":", digits.allSatisfy(\.isWholeNumber), let port = UInt16(digits), port > 0 else {
            throw .badPort
        }
        return (HostName(String(host)), Int(port) == standard ? nil : Int(port))
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}

/// What is wrong with an address.
package enum EndpointFlaw: Error, Hashable, Sendable {
    case noScheme
    case holdsLogin
    case badHost
    case badPort
    case noPath
    case badPath

    package var words: String {
        switch self {
        case .noScheme: "It must start with https://."
        case .holdsLogin: "It must hold no user name and no password."
        case .badHost: "Its host must be a name of letters, digits, dots and hyphens, or an IP address."
        case .badPort: "Its port must be a number from 1 to 65535."
        case .noPath: "Its path is missing: Appwrite's API is under /v1."
        case .badPath: "Its path may hold letters, digits and . _ - ~ / only, and no query."
        }
    }
}
