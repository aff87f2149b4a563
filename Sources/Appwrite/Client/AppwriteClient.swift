// The port to Appwrite, over HTTP: which requests each call is made of, and what their answers mean for it.

package import RefreshEngine
package import RefreshPolicy
import Synchronization

/// Calls the Appwrite projects of the settings. Whoever makes one must `close()` it, or have it `run()`.
package final class AppwriteClient: AppwriteCalls {
    private struct State {
        var projects: [ProjectAlias: AppwriteProject] = [:]
        /// One for each proxy, and one for the calls that go through none.
        var transports: [ProxyGate?: Transport] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())
    private let connections: ConnectionLimits
    private let clock: any WallClock

    package init(
        projects: [AppwriteProject], connections: ConnectionLimits = ConnectionLimits(), clock: any WallClock
    ) {
        self.connections = connections
        self.clock = clock
        adopt(projects)
    }

    /// From now on these are called as they are here. Calls under way go on as they began; and a project that is not among
    /// these is still known, since what is under way for it may need another call.
    package func adopt(_ projects: [AppwriteProject]) {
        state.withLock { state in
            guard !state.isClosed else { return }
            for project in projects {
                state.projects[project.alias] = project
                let gate = ProxyGate(project.route)
                if state.transports[gate] == nil {
                    state.transports[gate] = Transport(through: gate, connections, clock: clock)
                }
            }
        }
    }

    /// Keeps the connections until the task is cancelled, then closes them; calls under way end as cancelled.
    package func run() async {
        let (untilCancelled, end) = AsyncStream<Never>.makeStream()
        for await _ in untilCancelled {}
        end.finish()
        await close()
    }

    /// Closes all connections; calls under way, and calls made later, end as cancelled.
    package func close() async {
        let transports = state.withLock { state in
            state.isClosed = true
            return state.transports.values
        }
        for transport in transports { await transport.close() }
    }

    package func look(at target: CallTarget) async -> (Look, AnswerHeaders?) {
        do throws(CallFailure) {
            let project = try project(target.key.project)
            switch target.credential {
            case .apiKey:
                let request = AppwriteRequest.listSessions(of: target.user, key: try project.key)
                return await ask(request, of: project) { answer throws(CallFailure) in
                    Look.list(try answer.sessions(of: target.user))
                }.orElse(Look.failed)
            case .secret(let secret):
                return await read(target.key.session, by: .secret(try secret.checked), of: project)
            case .mintedToken:
                switch try await mint(for: target, of: project) {
                case .understood(let token, _):
                    return await read(target.key.session, by: .token(token), of: project)
                case .failed(let failure, let headers): return (.failed(failure), headers)
                }
            }
        } catch {
            return (.failed(error), nil)
        }
    }

    package func spend(on target: CallTarget) async -> (SpendAnswer, AnswerHeaders?) {
        do throws(CallFailure) {
            let project = try project(target.key.project)
            switch target.credential {
            case .secret(let secret):
                return await refresh(target.key.session, by: .secret(try secret.checked), of: project)
            case .apiKey, .mintedToken:
                switch try await mint(for: target, of: project) {
                case .understood(let token, _):
                    return await refresh(target.key.session, by: .token(token), of: project)
                case .failed(let failure, let headers):
                    return (.notSent(failure), headers?.withoutRate)
                }
            }
        } catch {
            return (.notSent(error), nil)
        }
    }

    package func identities(
        of project: ProjectAlias, since: ServerTime, after cursor: String?
    ) async throws(CallFailure) -> IdentityPage {
        let project = try self.project(project)
        let start = cursor.flatMap { IdentityCursor($0) } ?? .from(since)
        let request = AppwriteRequest.listIdentities(from: start, key: try project.key)
        let (page, headers) = try await ask(request, of: project) { answer throws(CallFailure) in
            try answer.identities(from: start, pageSize: AppwriteRequest.pageSize)
        }.get()
        return IdentityPage(entries: page.entries, next: page.next?.text, headers: headers)
    }

    package func users(of project: ProjectAlias, after cursor: String?) async throws(CallFailure) -> UserPage {
        let project = try self.project(project)
        let request = AppwriteRequest.listUsers(after: cursor, key: try project.key)
        return try await ask(request, of: project) { answer throws(CallFailure) in
            try answer.users(pageSize: AppwriteRequest.pageSize)
        }.get().0
    }

    package func sessions(of user: UserID, in project: ProjectAlias) async throws(CallFailure) -> UserListing {
        let project = try self.project(project)
        let request = AppwriteRequest.listSessions(of: user, key: try project.key)
        let (sessions, headers) = try await ask(request, of: project) { answer throws(CallFailure) in
            try answer.sessions(of: user)
        }.get()
        return UserListing(sessions: sessions, headers: headers)
    }

    package func identify(
        secret: Secret, in project: ProjectAlias
    ) async throws(CallFailure) -> (SessionFacts, AnswerHeaders) {
        let project = try self.project(project)
        let request = AppwriteRequest.readCurrentSession(secret: try secret.checked)
        return try await ask(request, of: project) { answer throws(CallFailure) in
            try answer.session(asked: .readSession)
        }.get()
    }

    private func mint(for target: CallTarget, of project: AppwriteProject) async throws(CallFailure) -> Heard<Secret> {
        let request = AppwriteRequest.mintToken(for: target.key.session, of: target.user, key: try project.key)
        return await ask(request, of: project) { answer throws(CallFailure) in
            try answer.token(for: target.key.session, of: target.user)
        }
    }

    private func read(
        _ session: SessionID, by credential: AppwriteRequest.Credential, of project: AppwriteProject
    ) async -> (Look, AnswerHeaders?) {
        await ask(.readSession(session, by: credential), of: project) { answer throws(CallFailure) in
            Look.session(try answer.session(asked: .readSession))
        }.orElse(Look.failed)
    }

    /// The one call that may do something at Appwrite. What broke off is in doubt unless it provably never left.
    private func refresh(
        _ session: SessionID, by credential: AppwriteRequest.Credential, of project: AppwriteProject
    ) async -> (SpendAnswer, AnswerHeaders?) {
        if Task.isCancelled { return (.notSent(.silent(.cancelled)), nil) }
        switch await send(.refresh(session, by: credential), of: project, limit: project.limits.refresh) {
        case .answered(let answer, let headers):
            return (answer.refreshed, headers)
        case .broken(let broken, let headers):
            switch broken.departure {
            case .provablyNot: return (.notSent(.silent(broken.silence)), headers)
            case .perhaps: return (.lost(broken.silence), headers)
            }
        }
    }

    /// Makes a call that changes nothing at Appwrite.
    private func ask<Value: Sendable>(
        _ request: AppwriteRequest, of project: AppwriteProject,
        reading read: (RawAnswer) throws(CallFailure) -> Value
    ) async -> Heard<Value> {
        switch await send(request, of: project, limit: project.limits.other) {
        case .answered(let answer, let headers):
            do throws(CallFailure) {
                return .understood(try read(answer), headers)
            } catch {
                return .failed(error, headers)
            }
        case .broken(let broken, let headers):
            return .failed(.silent(broken.silence), headers)
        }
    }

    private func send(
        _ request: AppwriteRequest, of project: AppwriteProject, limit: Duration
    ) async -> Exchange<BrokenCall> {
        guard let transport = state.withLock({ $0.transports[ProxyGate(project.route)] }) else {
            return .broken(BrokenCall(.unreachable(.notConnected), .provablyNot), nil)
        }
        let exchange: Exchange<BrokenCall> = await transport.send(
            request.message(to: project), limit: limit, bodyLimit: request.bodyLimit)
        guard case .broken(let broken, let headers) = exchange, project.route.proxy != nil else { return exchange }
        return .broken(broken.throughProxy, headers)
    }

    private func project(_ alias: ProjectAlias) throws(CallFailure) -> AppwriteProject {
        guard let project = state.withLock({ $0.projects[alias] }) else { throw .refused(.projectUnknown) }
        return project
    }
}

/// What a free call gave, with the headers of its answer either way.
private enum Heard<Value: Sendable> {
    case understood(Value, AnswerHeaders)
    case failed(CallFailure, AnswerHeaders?)

    func get() throws(CallFailure) -> (Value, AnswerHeaders) {
        switch self {
        case .understood(let value, let headers): return (value, headers)
        case .failed(let failure, _): throw failure
        }
    }

    func orElse(_ instead: (CallFailure) -> Value) -> (Value, AnswerHeaders?) {
        switch self {
        case .understood(let value, let headers): (value, headers)
        case .failed(let failure, let headers): (instead(failure), headers)
        }
    }
}

extension AppwriteProject {
    /// A call with the API key, where none is set, is refused before it is made.
    fileprivate var key: Secret {
        get throws(CallFailure) {
            guard let apiKey else { throw .refused(.keyRefused) }
            return apiKey
        }
    }
}

extension Secret {
    /// What cannot be a header is no secret of a session's.
    fileprivate var checked: Secret {
        get throws(CallFailure) {
            guard fitsHeader else { throw .refused(.loginRefused) }
            return self
        }
    }
}

extension AnswerHeaders {
    /// Minting is not counted: should its answer speak of a limit, it is another one than that of refreshes.
    fileprivate var withoutRate: AnswerHeaders {
        var headers = self
        headers.rate = nil
        return headers
    }
}
