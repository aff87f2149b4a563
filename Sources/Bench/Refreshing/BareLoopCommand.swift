// `refreshd-bench loop`: the least that makes the same calls by the library that refreshd calls by: no store, no budget,
// no care for what comes back.

import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

struct BareLoopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loop", abstract: "Make the calls of so many refreshes, and no other.", shouldDisplay: false)

    @Option var endpoint: String
    /// Lines of "USER SESSION SECRET".
    @Option var logins: String
    @Option var flight: Int
    /// As one does who has an API key and no secrets.
    @Flag var discover = false

    func run() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = flight
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let lines = try String(contentsOfFile: logins, encoding: .utf8).split(separator: "\n")
        if discover {
            for _ in 0..<max(1, lines.count / 100) {
                try await call(client, .GET, "/users/identities", [("X-Appwrite-Key", Provider.apiKey)])
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            var rest = lines[...]
            for _ in 0..<flight {
                if let line = rest.popFirst() { group.addTask { try await refresh(line, client) } }
            }
            while try await group.next() != nil {
                if let line = rest.popFirst() { group.addTask { try await refresh(line, client) } }
            }
        }
        // What it has used is asked while it lives; whoever asks, ends it.
        while true { try await Task.sleep(for: .seconds(60)) }
    }

    private func refresh(_ line: Substring, _ client: HTTPClient) async throws {
        let words = line.split(separator: " ").map(String.init)
        let session = "/account/sessions/\(words[1])"
        var credential = ("X-Appwrite-Session", words[2])
        if discover {
            let key = [("X-Appwrite-Key", Provider.apiKey)]
            try await call(client, .GET, "/users/\(words[0])/sessions", key)
            let body = #"{"sessionId":"\#(words[1])","duration":60}"#
            let minted = try await call(client, .POST, "/users/\(words[0])/jwts", key, body: body)
            credential = ("X-Appwrite-JWT", try JSONDecoder().decode(Minted.self, from: Data(buffer: minted)).jwt)
        } else {
            try await call(client, .GET, session, [credential])
        }
        try await call(client, .PATCH, session, [credential, ("X-Appwrite-Dev-Key", Provider.devKey)])
    }

    @discardableResult
    private func call(
        _ client: HTTPClient, _ method: HTTPMethod, _ path: String, _ headers: [(String, String)], body: String? = nil
    ) async throws -> ByteBuffer {
        var request = HTTPClientRequest(url: endpoint + path)
        request.method = method
        request.headers.add(contentsOf: [("X-Appwrite-Project", Provider.project)] + headers)
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let answer = try await client.execute(request, timeout: .seconds(60))
        guard (200...299).contains(answer.status.code) else {
            throw BenchFailure("\(method) \(path): \(answer.status)")
        }
        return try await answer.body.collect(upTo: 1 << 20)
    }

    private struct Minted: Decodable {
        let jwt: String
    }
}
