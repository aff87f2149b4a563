// The control socket: operators register, list, look, remove and refresh sessions, and forget users. No answer holds a
// token or secret.

package import Logging
package import RefreshEngine
import RefreshPolicy

extension SocketServer {
    package static func control(
        on listener: Listener, controlling control: any Controlling, keys: (any KeyChanging)? = nil, door: Doorkeeper,
        clock: any WallClock, limits: Limits = .control, logger: Logger,
        onListening: @escaping @Sendable () async -> Void = {}
    ) -> SocketServer {
        SocketServer(
            listener: listener, routes: ControlRoutes(control: control, keys: keys, door: door, clock: clock).table,
            limits: limits, logger: logger, onListening: onListening)
    }
}

struct ControlRoutes: Sendable {
    let control: any Controlling
    /// Nil where the key cannot be changed.
    var keys: (any KeyChanging)?
    let door: Doorkeeper
    let clock: any WallClock

    var table: Routes {
        let registration = Registration(control: control, door: door, socket: .control, clock: clock)
        return Routes(
            [
                Route(.post, "/v1/sessions", registration.register),
                Route(.get, "/v1/sessions", list),
                Route(.get, "/v1/sessions/{project}/{session_id}", show),
                Route(.delete, "/v1/sessions/{project}/{session_id}", remove),
                Route(.post, "/v1/sessions/{project}/{session_id}/refresh", refresh),
                Route(.delete, "/v1/users/{user}", forget),
                Route(.get, "/v1/status", status),
                Route(.get, "/v1/outlook", outlook),
            ] + (keys.map { KeyRoutes(keys: $0, door: door).table } ?? []))
    }

    @Sendable private func list(_ call: Call) async throws(Problem) -> Answer {
        let query = try call.query(.project, .user, .provider, .standing, .expiresWithin, .failing, .after, .limit)
        let project: ProjectAlias? = try query.identifier(.project)
        try admit(call, to: project)
        var filter = SessionFilter(
            project: project, user: try query.identifier(.user),
            provider: try query.identifier(.provider), standing: try query.standing())
        filter.isFailing = try query.truth(.failing)
        let after = try query.after()
        let within = try query.seconds(.expiresWithin, default: .zero, in: .seconds(1) ... .days(3650))
        if within > .zero { filter.ending = SessionFilter.Span(from: after?.end ?? now, to: now + within) }
        guard (after?.end != nil) == (after != nil && within > .zero) else {
            throw Parameter.after.problem("is of a list in another order: give the same parameters with every page.")
        }
        let limit = try query.number(
            .limit, default: call.limits.page, in: 1...call.limits.longestPage, of: "sessions")
        do {
            // One more than asked for tells whether there is a next page.
            let rows = try await call.interruption.limit { [control, filter] () async throws(ControlError) in
                try await control.sessions(matching: filter, after: after?.key, limit: limit + 1)
            }
            return Answer(.ok, SessionPageBody(rows, isByEnd: filter.ending != nil, limit: limit, now: now))
        } catch {
            throw .control(error, nil)
        }
    }

    @Sendable private func show(_ call: Call) async throws(Problem) -> Answer {
        _ = try call.query()
        let key = try call.sessionKey()
        try admit(call, to: key.project)
        do {
            return Answer(.ok, SessionBody(try await control.story(of: key), now: now))
        } catch {
            throw .control(error, key)
        }
    }

    @Sendable private func remove(_ call: Call) async throws(Problem) -> Answer {
        _ = try call.query()
        let key = try call.sessionKey()
        try admit(call, to: key.project)
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
        try admit(call, to: project)
        do {
            return Answer(.ok, ForgottenBody(user, try await control.forget(user, in: project)))
        } catch {
            throw .control(error, nil)
        }
    }

    @Sendable private func refresh(_ call: Call) async throws(Problem) -> Answer {
        let maxWait = try call.query(.maxWait).seconds(.maxWait, default: .zero, in: .zero...call.limits.longestWait)
        let key = try call.sessionKey()
        try admit(call, to: key.project)
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
        try admit(call, to: nil)
        do {
            return Answer(.ok, StatusBody(try await control.status()))
        } catch {
            throw .control(error, nil)
        }
    }

    @Sendable private func outlook(_ call: Call) async throws(Problem) -> Answer {
        let limit = try call.query(.limit).number(
            .limit, default: 10, in: 1...call.limits.longestPage, of: "sessions")
        try admit(call, to: nil)
        do {
            return Answer(.ok, OutlookBody(try await control.outlook(limit: limit), try await control.status()))
        } catch {
            throw .control(error, nil)
        }
    }

    /// - Parameter project: nil for all.
    private func admit(_ call: Call, to project: ProjectAlias?) throws(Problem) {
        try door.admit(Intent(.control, project: project), of: call.peer, at: .control)
    }

    private var now: WallTime { clock.now() }
}
