// A token socket: apps read tokens; and those that a rule allows it hand in sessions.

package import Logging
package import RefreshEngine

extension SocketServer {
    /// Serves tokens. What the port has it answers at once; only `max_wait` makes a request wait.
    /// - Parameter name: by which rules name the socket.
    package static func tokens(
        on listener: Listener, named name: SocketName = .token, reading tokens: any TokenReading,
        registering control: any Controlling, door: Doorkeeper, clock: any WallClock, limits: Limits = Limits(),
        logger: Logger, onListening: @escaping @Sendable () async -> Void = {}
    ) -> SocketServer {
        let registration = Registration(control: control, door: door, socket: name, clock: clock)
        return SocketServer(
            listener: listener,
            routes: TokenRoutes(
                tokens: tokens, registration: registration, door: door, socket: name, clock: clock
            ).table,
            limits: limits, logger: logger, onListening: onListening)
    }
}

struct TokenRoutes: Sendable {
    let tokens: any TokenReading
    let registration: Registration
    let door: Doorkeeper
    let socket: SocketName
    let clock: any WallClock

    var table: Routes {
        Routes([
            Route(.get, "/v1/tokens", byGrant),
            Route(.get, "/v1/tokens/{project}/{session_id}", bySession),
            Route(.post, "/v1/sessions", registration.register),
        ])
    }

    @Sendable private func byGrant(_ call: Call) async throws(Problem) -> Answer {
        let query = try call.query(.project, .user, .provider, .providerUID, .minValid, .maxWait)
        let subject = TokenRequest.Subject.grant(
            project: try query.identifier(.project), user: try query.required(.user),
            provider: try query.required(.provider),
            // Appwrite keeps no longer one.
            providerUID: try query.text(.providerUID, longest: 2048))
        return try await read(subject, query, call)
    }

    @Sendable private func bySession(_ call: Call) async throws(Problem) -> Answer {
        try await read(.session(call.sessionKey()), call.query(.minValid, .maxWait), call)
    }

    private func read(_ subject: TokenRequest.Subject, _ query: Query, _ call: Call) async throws(Problem) -> Answer {
        let defaults = TokenRequest(subject: subject)
        var request = TokenRequest(
            subject: subject,
            minValid: try query.seconds(
                .minValid, default: defaults.minValid, in: .zero...call.limits.longestMinValid),
            maxWait: try query.seconds(.maxWait, default: defaults.maxWait, in: .zero...call.limits.longestWait))
        request.subject = try await admit(subject, call)
        let reply: TokenReply
        if request.maxWait > .zero {
            reply = await call.interruption.limit { [tokens, request] in await tokens.token(for: request) }
        } else {
            reply = await tokens.token(for: request)
        }
        if case .token(let token, _) = reply { door.note(readOf: token.key, token.grant, by: call.peer, at: socket) }
        return try answer(reply, to: subject, call.limits)
    }

    /// What may be read of it: where a project had to be known to say so, it is named. Who must name one is told those that
    /// may be read, and no others.
    private func admit(_ subject: TokenRequest.Subject, _ call: Call) async throws(Problem) -> TokenRequest.Subject {
        switch subject {
        case .grant(let project, let user, let provider, let providerUID):
            var intent = Intent(.read, project: project, user: user, provider: provider)
            if project == nil, !door.decision(on: intent, of: call.peer, at: socket).isAllowed {
                let known = tokens.projects
                if known.count == 1 {
                    intent.project = known.first
                } else {
                    let readable = known.filter { project in
                        let one = Intent(.read, project: project, user: user, provider: provider)
                        return door.decision(on: one, of: call.peer, at: socket).isAllowed
                    }
                    guard readable.isEmpty else { throw .projectNeeded(readable) }
                }
            }
            try door.admit(intent, of: call.peer, at: socket)
            return .grant(project: intent.project, user: user, provider: provider, providerUID: providerUID)
        case .session(let key):
            try await door.admit(
                readOf: key, by: call.peer, at: socket, failure: { (error: StoreError) in .notNow(error.words) },
                find: { [tokens] () async throws(StoreError) in try await tokens.grant(of: key) })
            return subject
        }
    }

    private func answer(
        _ reply: TokenReply, to subject: TokenRequest.Subject, _ limits: Limits
    ) throws(Problem) -> Answer {
        let now = clock.now()
        switch reply {
        case .token(let token, let minValidMet):
            return Answer(TokenBody(token, minValidMet: minValidMet, now: now))
        case .unavailable(let unavailability):
            throw .unavailable(unavailability, now: now, longestWait: limits.longestWait)
        case .ended(let key, let reason):
            throw .ended(key, reason)
        case .severalGrants(let grants):
            throw .severalGrants(grants)
        case .unknownSession:
            throw .unknownSession(subject)
        case .unknownProject(let known):
            throw .unknownProject(known)
        case .projectNeeded(let known):
            throw .projectNeeded(known)
        case .notNow(let why):
            throw .notNow(why)
        }
    }
}
