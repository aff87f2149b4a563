// Calls over the daemon's sockets, as an app or an operator makes them: by HTTP, reading JSON by its names.

import AppwriteSimulator
import AsyncHTTPClient
import Foundation
import Glibc

struct Reply: Sendable {
    let status: Int
    let text: String
    let json: JSON

    subscript(_ name: String) -> String? { json[name]?.text }
}

extension Daemon {
    /// Reads the token of a login's grant.
    func token(
        of login: LoggedIn, project: String = "main", minValid: Int? = nil, maxWait: Int? = nil,
        at socket: String? = nil
    ) async throws -> Reply {
        let grant = "project=\(project)&user=\(login.userId)&provider=\(login.provider)"
        return try await call("GET", "/v1/tokens?\(grant)" + wishes(minValid, maxWait), at: socket ?? tokenSocket)
    }

    /// Reads the token of one session.
    func token(
        ofSession login: LoggedIn, project: String = "main", minValid: Int? = nil, maxWait: Int? = nil
    ) async throws -> Reply {
        let path = "/v1/tokens/\(project)/\(login.sessionId)?" + wishes(minValid, maxWait)
        return try await call("GET", path, at: tokenSocket)
    }

    private func wishes(_ minValid: Int?, _ maxWait: Int?) -> String {
        (minValid.map { "&min_valid=\($0)" } ?? "") + (maxWait.map { "&max_wait=\($0)" } ?? "")
    }

    func control(_ method: String, _ path: String, body: JSON? = nil) async throws -> Reply {
        try await call(method, path, at: controlSocket, body: body)
    }

    func register(_ login: LoggedIn, in project: String = "main") async throws -> Reply {
        try await control("POST", "/v1/sessions", body: ["project": .string(project), "secret": .string(login.secret)])
    }

    func show(_ login: LoggedIn, project: String = "main") async throws -> Reply {
        try await control("GET", "/v1/sessions/\(project)/\(login.sessionId)")
    }

    /// Asks for a refresh as an operator; waits for its end up to `maxWait` seconds, or not at all.
    @discardableResult
    func refresh(_ login: LoggedIn, project: String = "main", maxWait: Int = 0) async throws -> Reply {
        try await control("POST", "/v1/sessions/\(project)/\(login.sessionId)/refresh?max_wait=\(maxWait)")
    }

    /// Calls left in the window, by a host's name.
    func callsLeft(at host: String = "127.0.0.1") async throws -> Int? {
        let hosts = try await control("GET", "/v1/status").json["hosts"]?.elements ?? []
        return hosts.first { $0["name"]?.text == host }?["remaining"]?.integer
    }

    private static let client = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private func call(_ method: String, _ path: String, at socket: String, body: JSON? = nil) async throws -> Reply {
        var request = HTTPClientRequest(url: "http+unix://\(socket.replacing("/", with: "%2F"))\(path)")
        request.method = .RAW(value: method)
        // A connection of its own: one kept from before a kill would only fail.
        request.headers.add(name: "Connection", value: "close")
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(try JSONCoding.encode(body))
        }
        let response = try await Self.client.execute(request, timeout: .minutes(5))
        let data = Data(buffer: try await response.body.collect(upTo: 1 << 24))
        return Reply(
            status: Int(response.status.code), text: String(decoding: data, as: UTF8.self),
            json: data.isEmpty ? .null : try JSONCoding.decode(JSON.self, from: data))
    }
}

/// Whether somebody takes connections at the socket of that path.
func accepts(_ path: String) throws -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Mishap("no socket: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    return withSocketAddress(path) { connect(descriptor, $0, $1) } == 0
}

/// A UNIX socket's address as the kernel takes it.
func withSocketAddress<Value>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
