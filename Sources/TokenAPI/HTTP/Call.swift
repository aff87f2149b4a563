// One request on its way through a route: what was captured from its path, its query and its body.

import Hummingbird
import HummingbirdCore
import NIOCore
import RefreshPolicy

struct Call: Sendable {
    let request: Request
    let captured: [Substring]
    let peer: Peer
    let limits: Limits
    let interruption: Interruption

    /// The query, which may hold these parameters and no others.
    func query(_ allowed: Parameter...) throws(Problem) -> Query {
        try Query(request.uri.query, allowed: allowed)
    }

    /// The session of a path that captures `{project}/{session_id}`.
    func sessionKey() throws(Problem) -> SessionKey {
        guard captured.count == 2 else { preconditionFailure("a route without {project}/{session_id}") }
        return SessionKey(
            project: try Parameter.project.identifier(captured[0]),
            session: try Parameter.sessionID.identifier(captured[1]))
    }

    /// The user of a path that captures `{user}`.
    func user() throws(Problem) -> UserID {
        guard captured.count == 1 else { preconditionFailure("a route without {user}") }
        return try Parameter.user.identifier(captured[0])
    }

    /// The whole body, which must be JSON by its type.
    func json() async throws(Problem) -> ByteBuffer {
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased()
        guard type?.trimmingPrefix(while: \.isWhitespace) == "application/json" else {
            throw Problem(
                .unsupportedMediaType,
                detail: "The body must be JSON, with the header Content-Type: application/json. Nothing was done.")
        }
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= limits.body else { throw tooLarge }
        return try await received()
    }

    /// A body that comes in drops would hold its connection for ever.
    private func received() async throws(Problem) -> ByteBuffer {
        let (body, limit, time) = (request.body, limits.body, limits.receive)
        let ending = await withTaskGroup { group in
            group.addTask { () async -> Receipt in
                do {
                    return .whole(try await body.collect(upTo: limit))
                } catch is NIOTooManyBytesError {
                    return .tooLarge
                } catch {
                    return .cut
                }
            }
            group.addTask { () async -> Receipt in
                do { try await Task.sleep(for: time) } catch { return .cut }
                return .tooSlow
            }
            let first = await group.next()
            group.cancelAll()
            return first
        }
        switch ending {
        case .whole(let buffer): return buffer
        case .tooLarge: throw tooLarge
        case .tooSlow:
            throw Problem(
                .tooSlow, detail: "The body did not arrive within \(time.components.seconds) s. Nothing was done.")
        case .cut, nil:
            throw Problem(.badBody, detail: "The connection ended before the body did. Nothing was done.")
        }
    }

    private enum Receipt {
        case whole(ByteBuffer)
        case tooLarge
        case tooSlow
        case cut
    }

    private var tooLarge: Problem {
        Problem(.bodyTooLarge, detail: "A body may have \(limits.body) bytes at most. Nothing was done.")
    }
}
