// One HTTP exchange, free of any server library: what came in, what goes out.
import AppwriteModel
package import Foundation

package struct HTTPCall: Sendable {
    package var method: String
    /// Path and query as sent, percent-encoded.
    package var target: String
    package var headers: [(name: String, value: String)]
    package var body: Data
    /// Address of the peer of the connection.
    package var peer: String

    package init(
        method: String, target: String, headers: [(name: String, value: String)], body: Data = Data(),
        peer: String = "127.0.0.1"
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
    }

    /// Parts of the path, decoded.
    var path: [String] {
        target.prefix { $0 != "?" }.split(separator: "/").map(Self.decoded)
    }

    /// The query's parts, decoded, in the order sent.
    var query: [(name: String, value: String)] {
        guard let mark = target.firstIndex(of: "?") else { return [] }
        return target[target.index(after: mark)...].split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1).map { part in
                Self.decoded(part.replacing("+", with: " "))
            }
            return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
        }
    }

    private static func decoded(_ part: Substring) -> String {
        guard part.utf8.contains(UInt8(ascii: "%")) else { return String(part) }
        return part.removingPercentEncoding ?? String(part)
    }

    func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }?.value
    }

    /// Name of the host without its port.
    var host: String {
        let authority = (header("Host") ?? "localhost").lowercased()
        guard let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") else { return authority }
        return String(authority[..<colon])
    }

    func cookie(_ name: String) -> String? {
        for pair in (header("Cookie") ?? "").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name {
                return String(parts[1])
            }
        }
        return nil
    }
}

package enum HTTPReply: Sendable {
    case answer(HTTPAnswer)
    /// The connection is closed without a word.
    case hangUp
}

package struct HTTPAnswer: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: Data

    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
