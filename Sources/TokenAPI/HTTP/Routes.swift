// Which path and method lead where: a table, so that a server's whole surface is read in one place.

import Hummingbird
import HummingbirdCore

/// One line of the table.
struct Route: Sendable {
    let method: HTTPRequest.Method
    /// As in `/v1/tokens/{project}/{session_id}`: a part in braces is captured.
    private let pattern: [Substring]
    let handle: @Sendable (Call) async throws(Problem) -> Answer

    init(
        _ method: HTTPRequest.Method, _ pattern: String,
        _ handle: @escaping @Sendable (Call) async throws(Problem) -> Answer
    ) {
        self.method = method
        self.pattern = pattern.split(separator: "/", omittingEmptySubsequences: false)
        self.handle = handle
    }

    /// The captured parts in their order; nil where the path is another.
    func match(_ path: [Substring]) -> [Substring]? {
        guard path.count == pattern.count else { return nil }
        var captured: [Substring] = []
        for (part, expected) in zip(path, pattern) {
            if expected.first == "{" {
                captured.append(part)
            } else if part != expected {
                return nil
            }
        }
        return captured
    }
}

/// All lines.
struct Routes: Sendable {
    private let table: [Route]

    init(_ table: [Route]) {
        self.table = table
    }

    func answer(_ request: Request, from peer: Peer, limits: Limits, interruption: Interruption) async -> Answer {
        do throws(Problem) {
            let (route, captured) = try find(request)
            return try await route.handle(
                Call(
                    request: request, captured: captured, peer: peer, limits: limits, interruption: interruption))
        } catch {
            return Answer(error)
        }
    }

    private func find(_ request: Request) throws(Problem) -> (Route, [Substring]) {
        let path = request.uri.path.split(separator: "/", omittingEmptySubsequences: false)
        var otherMethods: [String] = []
        for route in table {
            guard let captured = route.match(path) else { continue }
            if route.method == request.method { return (route, captured) }
            otherMethods.append(route.method.rawValue)
        }
        guard otherMethods.isEmpty else {
            var problem = Problem(
                .methodNotAllowed,
                detail: "This path takes \(otherMethods.joined(separator: " or ")). Nothing was done.")
            problem.allow = otherMethods
            throw problem
        }
        throw Problem(
            .noSuchPath,
            detail: """
                Nothing is served at this path. Tokens are read on the token socket, at /v1/tokens; sessions are \
                managed on the control socket, at /v1/sessions, /v1/users and /v1/status.
                """)
    }
}
