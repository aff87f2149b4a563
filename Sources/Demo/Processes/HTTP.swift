// The demo's one way to ask somebody over HTTP, on a port or a UNIX socket.

import AsyncHTTPClient
import Foundation
import NIOCore

struct HTTP: Sendable {
    let client: HTTPClient

    struct Answer: Sendable {
        let status: Int
        let body: Data
    }

    /// Far more than the ledger of a minute.
    private static let largestAnswer = 64 * 1024 * 1024
    /// Only a hung program takes so long; a slow machine does not.
    private static let patience: TimeAmount = .seconds(30)

    /// No redirects and no second try: what is not there is told at once.
    static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        return configuration
    }

    func get(_ url: String) async throws -> Answer {
        try await send(HTTPClientRequest(url: url))
    }

    func delete(_ url: String) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .DELETE
        return try await send(request)
    }

    func post(_ url: String, _ body: some Encodable) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(try JSONEncoder().encode(body))
        return try await send(request)
    }

    /// The address of a path on a UNIX socket.
    static func address(socket: String, _ path: String) throws -> String {
        guard let url = URL(httpURLWithSocketPath: socket, uri: path) else {
            throw DemoFailure("no address can be made of \(socket)")
        }
        return url.absoluteString
    }

    private func send(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await client.execute(request, timeout: Self.patience)
        let body = try await response.body.collect(upTo: Self.largestAnswer)
        return Answer(status: Int(response.status.code), body: Data(body.readableBytesView))
    }
}
