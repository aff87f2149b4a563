// How a project's Appwrite is reached: directly, by one version of IP or any, or through a proxy.

import Foundation
package import RefreshPolicy

/// An HTTP proxy. Calls pass it by `CONNECT`, those of http:// too; those of https:// are encrypted all the way.
package struct Proxy: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    package let port: Int

    /// Takes `http://HOST:PORT` and nothing else. The text is not repeated in a mistake, since it may hold a password.
    package init(_ text: String) throws(ProxyMistake) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(), text.contains("://")
        else { throw .notAURL }
        guard parts.user == nil, parts.password == nil else { throw .userInfo }
        guard scheme == "http" else { throw .otherScheme }
        guard ["", "/"].contains(parts.percentEncodedPath), parts.query == nil, parts.fragment == nil else {
            throw .path
        }
        guard let bracketed = parts.host?.lowercased(), Endpoint.isHost(bracketed) else { throw .notAURL }
        guard let port = parts.port, (1...65_535).contains(port) else { throw .noPort }
        host = bracketed.filter { $0 != "[" && $0 != "]" }
        self.port = port
    }

    package var description: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

/// What is wrong with a proxy, and what to write.
package enum ProxyMistake: String, Error, Hashable, CaseIterable, Sendable, CustomStringConvertible {
    case notAURL = "write http://HOST:PORT"
    case userInfo =
        "user and password do not stand here: put USER:PASSWORD into a credential or a file, and name it by proxyLoginCredential or proxyLoginFile"
    case otherScheme =
        "the proxy itself is spoken to by http (calls to https:// are encrypted all the way through it): write http://HOST:PORT"
    case path = "a proxy has a host and a port only: write http://HOST:PORT"
    case noPort = "write the port too: http://HOST:PORT"

    package var description: String { rawValue }
}

/// Which version of IP is used to reach a host: Appwrite counts calls by IP address, so that a machine with two has
/// two counters, and which of them a call goes to is chance.
package enum IPVersion: String, Hashable, CaseIterable, Sendable {
    case four = "4"
    case six = "6"
    case any

    /// The address that connections start from: any of that version. A socket so bound reaches no other version.
    var localAddress: String? {
        switch self {
        case .four: "0.0.0.0"
        case .six: "::"
        case .any: nil
        }
    }
}

/// How a project's Appwrite is reached.
package struct Route: Hashable, Sendable {
    package var proxy: Proxy?
    /// `USER:PASSWORD` for the proxy.
    package var proxyLogin: Secret?
    /// Without a proxy only: a proxy chooses itself.
    package var ipVersion = IPVersion.any

    package init() {}
}
