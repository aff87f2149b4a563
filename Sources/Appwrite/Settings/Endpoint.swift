// Where an Appwrite is: an endpoint as people write it, checked and taken apart.

import Foundation
package import RefreshPolicy

/// An API endpoint such as `https://cloud.example.org/v1`, without a slash at its end.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// Scheme, host, port and path, ready for a route to be put after it.
    package let description: String
    /// What Appwrite counts our calls by: the host alone, in lower case.
    package let hostName: HostName
    package let isEncrypted: Bool

    /// Tells one mistake in words for people; the text is not repeated in it, since it may hold a password.
    package init(_ text: String, plainHTTP: PlainHTTP) throws(EndpointMistake) {
        guard let colon = text.range(of: "://"), !text[..<colon.lowerBound].isEmpty else { throw .noScheme }
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased() else { throw .notAURL }
        guard scheme == "https" || scheme == "http" else { throw .unknownScheme }
        guard parts.user == nil, parts.password == nil else { throw .userInfo }
        guard parts.query == nil, parts.fragment == nil else { throw .query }
        guard let bracketed = parts.host?.lowercased(), Self.isHost(bracketed) else { throw .noHost }
        if let port = parts.port, !(1...65_535).contains(port) { throw .notAURL }
        let path = parts.percentEncodedPath.trimmingSuffix("/")
        guard !path.isEmpty else { throw .noPath }
        guard Self.isPath(path) else { throw .notAURL }
        guard path.split(separator: "/").last == "v1" else { throw .otherPath }

        let host = bracketed.filter { $0 != "[" && $0 != "]" }
        isEncrypted = scheme == "https"
        guard isEncrypted || plainHTTP == .anywhere || Self.isLoopback(host) else { throw .plainHTTP }
        hostName = HostName(host)
        // The scheme's own port is left out, so that one endpoint has one form.
        let usualPort = isEncrypted ? 443 : 80
        let port = parts.port.map { $0 == usualPort ? "" : ":\($0)" } ?? ""
        description = "\(scheme)://\(host.contains(":") ? "[\(host)]" : host)\(port)\(path)"
    }

    /// The version of IP that the host's address is of; nil where the host is a name.
    package var ipVersion: IPVersion? {
        if hostName.rawValue.contains(":") { return .six }
        let octets = hostName.rawValue.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets.allSatisfy { UInt8($0) != nil } ? .four : nil
    }

    /// Where unencrypted calls may go: they show keys and tokens to whoever listens.
    package enum PlainHTTP: Hashable, Sendable {
        case loopbackOnly
        case anywhere
    }

    static func isHost(_ host: String) -> Bool {
        if host.hasPrefix("[") {
            return host.hasSuffix("]") && host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || ":.".contains($0) }
        }
        return !host.isEmpty && !host.hasPrefix(".") && !host.hasPrefix("-")
            && host.utf8.allSatisfy { RequestPath.isUnreserved($0) && $0 != UInt8(ascii: "~") }
    }

    private static func isPath(_ path: String) -> Bool {
        path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().allSatisfy { segment in
            !segment.isEmpty && segment != "." && segment != ".."
                && segment.utf8.allSatisfy { RequestPath.isUnreserved($0) || $0 == UInt8(ascii: "%") }
        }
    }

    /// The endpoint that was probably meant by a text that is none, for people; nil where that cannot be told, or the
    /// text may hold a password.
    package static func suggestion(for text: String) -> String? {
        guard !text.contains("@") else { return nil }
        let rest = text.range(of: "//").map { text[$0.upperBound...] } ?? text[...].drop { $0 == ":" }
        let address = rest.prefix { !"?#".contains($0) }
        guard address.first != "/" else { return nil }
        var parts = address.split(separator: "/")
        // With one slash, the scheme is a part of its own.
        if parts.first?.hasSuffix(":") == true { parts.removeFirst() }
        guard let host = parts.first else { return nil }
        // What stands before the API's version is a prefix of its path; what stands behind is a route.
        let path = parts.dropFirst().firstIndex(of: "v1").map { parts[1..<$0].map { "/\($0)" }.joined() } ?? ""
        let scheme = text.lowercased().hasPrefix("http:") ? "http" : "https"
        do throws(EndpointMistake) {
            return try Endpoint("\(scheme)://\(host)\(path)/v1", plainHTTP: .anywhere).description
        } catch {
            return nil
        }
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return octets.count == 4 && octets.first == 127 && octets.allSatisfy { $0 != nil }
    }
}

/// What is wrong with an endpoint.
package enum EndpointMistake: String, Error, Hashable, CaseIterable, Sendable, CustomStringConvertible {
    case noScheme = "the endpoint needs https:// before the host"
    case notAURL = "the endpoint is no URL"
    case unknownScheme = "the endpoint's scheme must be https, or http to this machine"
    case userInfo =
        "the endpoint must hold no user and no password: keys are named by apiKeyCredential and devKeyCredential"
    case query = "the endpoint must hold no query and no fragment"
    case noHost = "the endpoint needs a host name in ASCII letters, or an IP address"
    case noPath = "the endpoint needs the path of the API, /v1"
    case otherPath = "the endpoint must end with the path of the API, /v1"
    case plainHTTP =
        "plain http shows the keys to whoever listens: use https, or allow plain http for this project if the network is yours"

    package var description: String { rawValue }
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> String {
        var trimmed = Substring(self)
        while trimmed.last == character { trimmed.removeLast() }
        return String(trimmed)
    }
}
