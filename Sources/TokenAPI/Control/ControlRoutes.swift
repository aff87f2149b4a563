// The control socket: operators register, list, look, remove and refresh sessions, and forget users. No answer holds a
// token or secret.

import Foundation
package import Logging
package import RefreshEngine
import RefreshPolicy

extension SocketServer {
    package static func control(
        on listener: Listener, named name: SocketName = .control, controlling control: any Controlling,
        clock: any WallClock, keys: (any KeyChanging)? = nil, limits: Limits = .control, logger: Logger,
        onListening: @escaping @Sendable () async -> Void = {}
    ) -> SocketServer {
        SocketServer(
            name: name, listener: listener, routes: ControlRoutes(control: control, keys: keys, clock: clock).table,
            limits: limits, logger: logger, onListening: onListening)
    }
}

struct ControlRoutes: Sendable {
    let control: any Controlling
    /// Nil where the key cannot be changed.
    var keys: (any KeyChanging)?
    let clock: any WallClock

    var table: Routes {
        let keys = keys.map { KeyRoutes(keys: $0).table } ?? []
        return Routes(
            [
                Route(.post, "/v1/sessions", register),
                Route(.get, "/v1/sessions", list),
                Route(.get, "/v1/sessions/{project}/{session_id}", show),
                Route(.delete, "/v1/sessions/{project}/{session_id}", remove),
                Route(.post, "/v1/sessions/{project}/{session_id}/refresh", refresh),
                Route(.delete, "/v1/users/{user}", forget),
                Route(.get, "/v1/status", status),
                Route(.get, "/v1/outlook", outlook),
            ] + keys)
    }

    @Sendable private func register(_ call: Call) async throws(Problem) -> Answer {
        _ = try call.query()
        let body = try await call.json()
        let registration: RegistrationBody
        do {
            registration = try WireCoding.decode(from: Data(body.readableBytesView))
        } catch {
            // The error itself may quote the secret.
            throw Problem(
                .badBody,
                detail: #"The body must be a JSON object such as {"project": "…", "secret": "…"}. Nothing was done."#)
        }
        let project: ProjectAlias = try Parameter.project.identifier(registration.project)
        let secret = registration.secret.secret
        guard Self.canBeHeader(secret) else {
            throw Problem(
                .secretRefused,
                detail: """
                    `secret` cannot be a session's secret: Appwrite's are one word of up to \(Self.longestSecret) \
                    printable ASCII characters. Nothing was done. Give the secret as Appwrite gave it, and nothing else.
                    """)
        }
        do {
            return Answer(.created, SessionBody(try await control.register(secret: secret, in: project), now: now))
        } catch {
            throw .registration(error, in: project)
        }
    }

    @Sendable private func list(_ call: Call) async throws(Problem) -> Answer {
        let query = try call.query(.project, .user, .provider, .standing, .expiresWithin, .failing, .after, .limit)
        var filter = SessionFilter(
            project: try query.identifier(.project), user: try query.identifier(.user),
            provider: try query.identifier(.provider), standing: try query.standing())
        filter.isFailing = try query.truth(.failing)
        let after = try query.after()
        let within = try query.seconds(.expiresWithin, default: .zero, longest: .days(3650))
        if within > .zero { filter.ending = SessionFilter.Span(from: after?.end ?? now, to: now + within) }
        guard (after?.end != nil) == (after != nil && within > .zero) else {
            throw Parameter.after.problem("is of a list in another order: give the same parameters with every page.")
        }
        let limit = try query.number(
            .limit, default: call.limits.page, in: 1...call.limits.longestPage, of: "sessions")
        do {
            // One more than asked for tells whether there is a next page.
            let rows = try await control.sessions(matching: filter, after: after?.key, limit: limit + 1)
            return Answer(.ok, SessionPageBody(rows, isByEnd: filter.ending != nil, limit: limit, now: now))
        } catch {
            throw .control(error, nil)
        }
    }

    @Sendable private func show(_ call: Call) async throws(Problem) -> Answer {
        _ = try call.query()
        let key = try call.sessionKey()
        do {
            return Answer(.ok, SessionBody(try await control.story(of: key), now: now))
        } catch {
            throw .control(error, key)
        }
    }

    @Sendable private func remove(_ call: Call) async throws(Problem) -> Answer {
        _ = try call.query()
        let key = try call.sessionKey()
        do {
            try await control.remove(key)
            return .done
        } catch {
            throw .control(error, key)
        }
    }

    @Sendable private func forget(_ call: Call) async throws(Problem) -> Answer {
        let project: ProjectAlias? = try call.query(.project).identifier(.project)
        let user = try call.user()
        do {
            return Answer(.ok, ForgottenBody(user, try await control.forget(user, in: project)))
        } catch {
            throw .control(error, nil)
        }
    }

    @Sendable private func refresh(_ call: Call) async throws(Problem) -> Answer {
        let maxWait = try call.query(.maxWait).seconds(.maxWait, default: .zero, longest: call.limits.longestWait)
        let key = try call.sessionKey()
        do {
            let report = try await call.interruption.limit { [control] () async throws(ControlError) in
                try await control.refresh(key, maxWait: maxWait)
            }
            return Answer(.ok, RefreshBody(report, now: now))
        } catch {
            throw .control(error, key)
        }
    }

    @Sendable private func status(_ call: Call) async throws(Problem) -> Answer {
        _ = try call.query()
        do {
            return Answer(.ok, StatusBody(try await control.status()))
        } catch {
            throw .control(error, nil)
        }
    }

    @Sendable private func outlook(_ call: Call) async throws(Problem) -> Answer {
        let limit = try call.query(.limit).number(
            .limit, default: 10, in: 1...call.limits.longestPage, of: "sessions")
        do {
            return Answer(.ok, OutlookBody(try await control.outlook(limit: limit), try await control.status()))
        } catch {
            throw .control(error, nil)
        }
    }

    private var now: WallTime { clock.now() }

    /// Appwrite's are some 300 bytes.
    private static let longestSecret = 4096

    /// A secret travels in a header field: a line break in it would be another field.
    private static func canBeHeader(_ secret: Secret) -> Bool {
        let bytes = secret.reveal().utf8
        return bytes.count <= longestSecret && bytes.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
