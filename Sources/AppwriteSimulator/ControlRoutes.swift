import AppwriteModel
import Foundation

/// The control routes, under `/_simulator/`: they set up a world, break it while it runs, and tell what was seen.
///
/// They speak JSON, need no credential, and answer only peers on loopback (403 else). Lengths of time are seconds
/// (fractions allowed), instants are unix milliseconds of the server's clock. What is left out stays as it was, or takes
/// its default.
/// A mistake is a 400 `{"error": "…"}`, an unknown project, session or user a 404. Calls without a result answer 204.
///
/// | route | body | answer |
/// |---|---|---|
/// | `POST /_simulator/projects` | ``ProjectForm``: adds a project or changes it; keys add up | |
/// | `DELETE /_simulator/projects/{project}/keys/{key}` | takes an API key or dev key back | |
/// | `POST /_simulator/projects/{project}/providers` | ``ProviderForm``: adds a provider or changes it | |
/// | `DELETE /_simulator/projects/{project}/providers/{name}` | the server no longer knows it | |
/// | `POST /_simulator/logins` | ``LoginForm`` | ``LoggedIn`` |
/// | `DELETE /_simulator/projects/{project}/sessions/{session}` | logs out | |
/// | `POST /_simulator/projects/{project}/sessions/{session}/revoke` | the user revokes it at the provider | |
/// | `POST /_simulator/projects/{project}/users/{user}` | ``UserForm``: blocks a user, lets one in, demands something | |
/// | `DELETE /_simulator/projects/{project}/users/{user}/sessions` | logs out everywhere, as a set password does | |
/// | `DELETE /_simulator/projects/{project}/users/{user}` | deletes a user | |
/// | `POST /_simulator/faults` | ``FaultForm``: replaces the faults there; an empty list heals | |
/// | `POST /_simulator/outage` | ``OutageForm``: a proxy answers in Appwrite's place, or nobody does | |
/// | `DELETE /_simulator/outage` | ends it | |
/// | `POST /_simulator/calls` | ``CallsForm``: others behind the same address spend the counter | |
/// | `POST /_simulator/clock` | ``AdvanceForm``: moves the server's clock | ``ClockForm`` |
/// | `GET /_simulator/clock` | | ``ClockForm`` |
/// | `GET /_simulator/ledger` | | ``LedgerForm`` |
/// | `POST /_simulator/scenario` | ``ScenarioForm``: projects, then logins, then faults | list of ``LoggedIn`` |
///
/// A project: `{"id": "demo", "apiKeys": [{"key": "standard_demo"}], "devKeys": [{"key": "dev", "expiresIn": 60}],`
/// `"providers": [{"name": "google", "lifetime": 60, "rotation": "repeats"}]}`. Further members: `sessionLength`
/// (a year), `sessionsPerUser` (as the version has it; 0: no limit), `accountService` (`on`, `serviceDisabled`,
/// `apiDisabled`). An API key without `scopes` may do all that the daemon needs (`users.read`, `users.write`).
///
/// A provider: `lifetime` (3600, or "forever"), `expiresIn` (`sent`, `omitted`), `rotation` (`rotates`, `repeats`,
/// `omits`), `refreshTokenAtLogin` (`sent`, `omitted`), `reuse` of a rotated refresh token (`refused`,
/// `revokesFamily`), `refusals` (`badRequest`, or `success`: a 200 that wipes the token), `logins` (`on`, `off`).
///
/// A user: `{"status": "blocked"}` or `"active"`; `{"demand": "passwordReset"}`, `"secondFactor"` or `"nothing"`.
///
/// A login: `{"project": "demo", "provider": "google", "providerUid": "anna"}`. Further members: `kind` (`oauth`,
/// `tokenFlow`, `email`, `anonymous`, `phone`, `magicURL`, `server`), `userId`, and for this login alone `lifetime`,
/// `refreshToken` (`sent`, `omitted`), `sessionExpiresIn`, `replaces` (the session whose cookie was there).
///
/// Faults: `{"project": "demo", "provider": "google", "faults": [{"answer": "refuses", "status": 400,`
/// `"error": "invalid_grant", "description": "gone: {refresh_token}", "times": 3}]}`, or `"session": "…"` in place of
/// the provider. The first fault of the list spoils the next `times` answers (all, without `times`), then the next
/// one's turn comes; a session's go before its provider's. `answer`: `asUsual`, `refuses` (`status`, `error`,
/// `description`), `refusesInText` (`status`, `text`), `emptySuccess`, `down`, `issuesRegardless`,
/// `noAdapter` (200 with the old token). Each may have `delay` and `ending`: `answered`, `droppedBeforeCommit`,
/// `droppedAfterCommit`, `hangs`.
///
/// Calls of others: `{"call": "patch", "times": 3, "host": "127.0.0.1", "ip": "127.0.0.1"}` (these are the defaults, but
/// for `times`, which is 1). A `delete` counts on where a `patch` does not.
///
/// An outage: `{"answer": "page", "status": 502, "times": 3}` (an HTML page, as proxies send), `{"answer": "hangUp"}` or
/// `{"answer": "silence", "only": "jwts"}` (nothing, until it is ended). It holds for all of /v1, or `only` for paths
/// that end so; for `times` requests or until it is ended. What it swallows never reaches the model.
struct ControlRoutes: Sendable {
    let simulator: Simulator

    func respond(to call: HTTPCall) -> HTTPAnswer {
        do {
            guard isLoopback(call.peer) else {
                throw ControlMistake("control routes answer loopback only", status: 403)
            }
            return try route(call)
        } catch let mistake as ControlMistake {
            return refusal(mistake)
        } catch {
            return refusal(ControlMistake("cannot read the body: \(error)"))
        }
    }

    private func route(_ call: HTTPCall) throws -> HTTPAnswer {
        let path = Array(call.path.dropFirst())
        switch (call.method, path.count, path.first) {
        case ("POST", 1, "projects"):
            setUp(try body(ProjectForm.self, call))
            return done
        case ("POST", 1, "logins"):
            return try answer(try logIn(try body(LoginForm.self, call)))
        case ("POST", 1, "faults"):
            try setFaults(try body(FaultForm.self, call))
            return done
        case ("POST", 1, "scenario"):
            return try answer(try play(try body(ScenarioForm.self, call)))
        case ("POST", 1, "outage"):
            simulator.setOutage(Outage(try body(OutageForm.self, call)))
            return done
        case ("DELETE", 1, "outage"):
            simulator.setOutage(nil)
            return done
        case ("POST", 1, "calls"):
            let form = try body(CallsForm.self, call)
            simulator.change {
                _ = $0.callAsOthers(
                    form.call ?? .patch, times: form.times ?? 1, host: form.host ?? "127.0.0.1",
                    ip: form.ip ?? "127.0.0.1", now: $1)
            }
            return done
        case ("POST", 1, "clock"):
            simulator.advance(by: Milliseconds(seconds: try body(AdvanceForm.self, call).advance))
            return try answer(ClockForm(now: simulator.now()))
        case ("GET", 1, "clock"):
            return try answer(ClockForm(now: simulator.now()))
        case ("GET", 1, "ledger"):
            return try answer(simulator.change { LedgerForm($0, now: $1) })
        case (_, 3..., "projects"):
            try changeProject(path[1], call.method, Array(path.dropFirst(2)), call)
            return done
        default:
            throw unknownRoute
        }
    }

    private func changeProject(_ project: String, _ method: String, _ rest: [String], _ call: HTTPCall) throws {
        guard simulator.change({ server, _ in server.project(project) != nil }) else {
            throw ControlMistake("no project \"\(project)\"", status: 404)
        }
        switch (method, rest.count, rest[0]) {
        case ("POST", 1, "providers"):
            let form = try body(ProviderForm.self, call)
            simulator.change { server, _ in
                let existing = server.project(project)?.provider(form.name)
                server.setProvider(form.name, of: project, to: ProviderBehaviour(form, existing: existing))
                setLogins(form, of: project, at: &server)
            }
        case ("DELETE", 2, "providers"):
            simulator.change { server, _ in server.removeProvider(rest[1], of: project) }
        case ("DELETE", 2, "keys"):
            simulator.change { server, _ in server.removeKey(rest[1], of: project) }
        case ("DELETE", 2, "sessions"):
            try require(session: rest[1], of: project)
            simulator.change { _ = $0.endSession(rest[1], of: project, now: $1) }
        case ("POST", 3, "sessions") where rest[2] == "revoke":
            try require(session: rest[1], of: project)
            simulator.change { $0.revokeAtProvider(rest[1], of: project, now: $1) }
        case ("POST", 2, "users"):
            let form = try body(UserForm.self, call)
            try require(user: rest[1], of: project)
            simulator.change { server, now in
                if let status = form.status { server.setStatus(status, ofUser: rest[1], in: project, now: now) }
                if let demand = form.demand { server.setDemand(demand, onUser: rest[1], in: project) }
            }
        case ("DELETE", 3, "users") where rest[2] == "sessions":
            try require(user: rest[1], of: project)
            simulator.change { $0.endSessions(ofUser: rest[1], in: project, now: $1) }
        case ("DELETE", 2, "users"):
            try require(user: rest[1], of: project)
            simulator.change { $0.deleteUser(rest[1], of: project, now: $1) }
        default:
            throw unknownRoute
        }
    }

    /// Sets up a whole world: what the executable reads from a file at its start.
    func play(_ scenario: ScenarioForm) throws(ControlMistake) -> [LoggedIn] {
        for project in scenario.projects ?? [] {
            setUp(project)
        }
        var sessions: [LoggedIn] = []
        for login in scenario.logins ?? [] {
            sessions.append(try logIn(login))
        }
        for faults in scenario.faults ?? [] {
            try setFaults(faults)
        }
        return sessions
    }

    private func setUp(_ form: ProjectForm) {
        simulator.change { server, now in
            server.setUp(ProjectSetup(form, existing: server.project(form.id), now: now))
            for provider in form.providers ?? [] {
                setLogins(provider, of: form.id, at: &server)
            }
        }
    }

    private func setLogins(_ form: ProviderForm, of project: String, at server: inout AppwriteServer) {
        guard let logins = form.logins else { return }
        server.setLogins(logins, through: form.name, of: project)
    }

    private func logIn(_ form: LoginForm) throws(ControlMistake) -> LoggedIn {
        guard let session = simulator.change({ $0.logIn(Login(form, now: $1), now: $1) }) else {
            throw ControlMistake(ClosedToLogins(id: form.project).description, status: 404)
        }
        return LoggedIn(session, of: form.project)
    }

    private func setFaults(_ form: FaultForm) throws(ControlMistake) {
        let target = try form.target()
        var faults: [Fault] = []
        for fault in form.faults {
            faults.append(try Fault(fault))
        }
        simulator.change { server, _ in server.setFaults(faults, at: target, of: form.project) }
    }

    private func require(session: String, of project: String) throws(ControlMistake) {
        guard simulator.change({ server, _ in server.project(project)?.session(session) != nil }) else {
            throw ControlMistake("no session \"\(session)\"", status: 404)
        }
    }

    private func require(user: String, of project: String) throws(ControlMistake) {
        guard simulator.change({ server, _ in server.project(project)?.user(user) != nil }) else {
            throw ControlMistake("no user \"\(user)\"", status: 404)
        }
    }

    private let unknownRoute = ControlMistake("no such control route", status: 404)

    private func isLoopback(_ address: String) -> Bool {
        address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.")
    }

    private func body<Form: Decodable>(_ form: Form.Type, _ call: HTTPCall) throws -> Form {
        try JSONCoding.decode(form, from: call.body)
    }

    private func answer(_ value: some Encodable) throws -> HTTPAnswer {
        HTTPAnswer(
            status: 200, headers: [("Content-Type", "application/json")], body: try JSONCoding.encode(value))
    }

    private var done: HTTPAnswer { HTTPAnswer(status: 204, headers: [], body: Data()) }

    private func refusal(_ mistake: ControlMistake) -> HTTPAnswer {
        HTTPAnswer(
            status: mistake.status, headers: [("Content-Type", "application/json")],
            body: JSON.object(["error": .string(mistake.text)]).data)
    }
}
