// The token socket: apps read tokens, and nothing else.

package import Logging
package import RefreshEngine

extension SocketServer {
    /// Serves tokens. What the port has it answers at once; only `max_wait` makes a request wait.
    package static func tokens(
        on listener: Listener, named name: SocketName = .token, reading tokens: any TokenReading, clock: any WallClock,
        limits: Limits = Limits(),
        logger: Logger, onListening: @escaping @Sendable () async -> Void = {}
    ) -> SocketServer {
        SocketServer(
            name: name, listener: listener, routes: TokenRoutes(tokens: tokens, clock: clock).table, limits: limits,
            logger: logger, onListening: onListening)
    }
}

struct TokenRoutes: Sendable {
    let tokens: any TokenReading
    let clock: any WallClock

    var table: Routes {
        Routes([
            Route(.get, "/v1/tokens", byGrant),
            Route(.get, "/v1/tokens/{project}/{session_id}", bySession),
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
        let request = TokenRequest(
            subject: subject,
            minValid: try query.seconds(
                .minValid, default: defaults.minValid, longest: call.limits.longestMinValid),
            maxWait: try query.seconds(.maxWait, default: defaults.maxWait, longest: call.limits.longestWait))
        let reply: TokenReply
        if request.maxWait > .zero {
            reply = await call.interruption.limit { [tokens] in await tokens.token(for: request) }
        } else {
            reply = await tokens.token(for: request)
        }
        return try answer(reply, to: subject, call.limits)
    }

    private func answer(
        _ reply: TokenReply, to subject: TokenRequest.Subject, _ limits: Limits
    ) throws(Problem) -> Answer {
        let now = clock.now()
        switch reply {
        case .token(let token, let minValidMet):
            return Answer(.ok, TokenBody(token, minValidMet: minValidMet, now: now))
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
