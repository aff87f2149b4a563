// Calls over the daemon's sockets, as an app or an operator makes them: by HTTP, reading JSON by its names.

import AppwriteSimulator
import Foundation
import Harness

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

    private func call(_ method: String, _ path: String, at socket: String, body: JSON? = nil) async throws -> Reply {
        let answer = try await HTTPCaller.send(
            method, HTTPCaller.address(socket: socket, path), json: try body.map(JSONCoding.encode))
        return Reply(
            status: answer.status, text: String(decoding: answer.body, as: UTF8.self),
            json: answer.body.isEmpty ? .null : try JSONCoding.decode(JSON.self, from: answer.body))
    }
}
