// Asking a program over HTTP, on a port or a UNIX socket.

import AsyncHTTPClient
package import Foundation
import Glibc
import NIOCore
import UnixSockets

package enum HTTPCaller {
    package struct Answer: Sendable {
        package let status: Int
        package let body: Data
    }

    /// Only a hung program takes longer; a slow machine does not.
    private static let patience: TimeAmount = .minutes(5)
    /// Far more than any answer of ours.
    private static let largestAnswer = 64 * 1024 * 1024

    private static let client = {
        // No redirects and no second try: what is not there is told at once.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// The address of a path on a UNIX socket.
    package static func address(socket: String, _ path: String) -> String {
        "http+unix://\(socket.replacing("/", with: "%2F"))\(path)"
    }

    package static func send(_ method: String, _ url: String, json: Data? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .RAW(value: method)
        // A connection of its own: one kept from before a kill would only fail.
        request.headers.add(name: "Connection", value: "close")
        if let json {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(json)
        }
        let response = try await client.execute(request, timeout: patience)
        let body = try await response.body.collect(upTo: largestAnswer)
        return Answer(status: Int(response.status.code), body: Data(body.readableBytesView))
    }
}

/// Whether somebody takes connections at the socket of that path.
package func accepts(_ path: String) throws(HarnessTrouble) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw HarnessTrouble("no socket", errno: errno) }
    defer { close(descriptor) }
    return withSocketAddress(path) { connect(descriptor, $0, $1) } == 0
}
