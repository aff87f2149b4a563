// Appwrite as a test tells it to be: it holds sessions, renews them as the real one does, answers otherwise where a
// script says so, hangs where a gate is shut, and records what it was asked.

package import RefreshEngine
package import RefreshPolicy
import Synchronization

package final class ScriptedAppwrite: AppwriteCalls {
    package enum Call: Hashable, Sendable {
        case look(SessionKey)
        case spend(SessionKey)
        case identities(since: ServerTime)
        case users
        case sessions(UserID)
        case identify
    }

    private struct State {
        var clock: any WallClock
        /// The server's time at the steady clock's zero: no step of this machine's clock moves it.
        var epoch: Int64
        var sessions: [SessionKey: SessionFacts] = [:]
        var secrets: [Secret: SessionKey] = [:]
        var identities: [IdentityPage.Entry] = []
        var users: [UserID] = []
        var spendScripts: [SessionKey: [SpendAnswer]] = [:]
        var lookScripts: [SessionKey: [Look]] = [:]
        var unreadable: [UserID: CallFailure] = [:]
        var searchFailure: CallFailure?
        var rate: RateHeaders?
        var calls: [Call] = []
        var tokens = 0
        var onCall: @Sendable (Call) -> Void = { _ in }
    }

    private let state: Mutex<State>
    private let machine: any WallClock
    private let pageSize: Int

    /// Shut, looks or spends hang on their way back: the server has done them.
    package let looks = Gate()
    package let spends = Gate()
    /// Shut, everything that the search asks hangs.
    package let searches = Gate()

    package init(clock: any WallClock, pageSize: Int = 2) {
        state = Mutex(
            State(clock: clock, epoch: clock.now().milliseconds - clock.steady().wholeMilliseconds))
        machine = clock
        self.pageSize = pageSize
    }

    // What the test says.

    package var calls: [Call] { state.withLock { $0.calls } }

    package func forgetCalls() { state.withLock { $0.calls = [] } }

    /// Told of each call as it leaves, before it has any effect.
    package func onCall(_ body: @escaping @Sendable (Call) -> Void) { state.withLock { $0.onCall = body } }

    /// The clock that stamps answers, as the caller's adapter does.
    package func stamp(by clock: any WallClock) { state.withLock { $0.clock = clock } }

    package var serverTime: ServerTime {
        ServerTime(milliseconds: state.withLock { $0.epoch } + machine.steady().wholeMilliseconds)
    }

    /// Time passes that the caller's machine does not count.
    package func goOn(by duration: Duration) { state.withLock { $0.epoch += duration.wholeMilliseconds } }

    /// A session as it is from now on, and its user; a login where `identity` says when it was written.
    package func put(
        _ facts: SessionFacts, in project: ProjectAlias, secret: Secret? = nil, identity: ServerTime? = nil
    ) {
        let key = SessionKey(project: project, session: facts.session)
        state.withLock { state in
            state.sessions[key] = facts
            if !state.users.contains(facts.user) { state.users.append(facts.user) }
            if let secret { state.secrets[secret] = key }
            if let identity {
                state.identities.removeAll { $0.user == facts.user }
                state.identities.append(IdentityPage.Entry(user: facts.user, updatedAt: identity))
                state.identities.sort { $0.updatedAt < $1.updatedAt }
            }
        }
    }

    package func facts(of key: SessionKey) -> SessionFacts? { state.withLock { $0.sessions[key] } }

    package func remove(_ key: SessionKey) { state.withLock { $0.sessions[key] = nil } }

    /// The user is gone, with all sessions; the identity may be listed still.
    package func remove(_ user: UserID) {
        state.withLock { state in
            state.users.removeAll { $0 == user }
            state.sessions = state.sessions.filter { $0.value.user != user }
        }
    }

    /// The answer to the next spend on this session that has none yet; it has no effect on the session.
    package func answer(_ answer: SpendAnswer, toSpendOn key: SessionKey) {
        state.withLock { $0.spendScripts[key, default: []].append(answer) }
    }

    package func answer(_ look: Look, toLookAt key: SessionKey) {
        state.withLock { $0.lookScripts[key, default: []].append(look) }
    }

    package func setRate(_ rate: RateHeaders?) { state.withLock { $0.rate = rate } }
    package func failSearches(with failure: CallFailure?) { state.withLock { $0.searchFailure = failure } }
    package func fail(readingOf user: UserID, with failure: CallFailure?) {
        state.withLock { $0.unreadable[user] = failure }
    }

    // What the engine asks.

    package func look(at target: CallTarget) async -> (Look, AnswerHeaders?) {
        let start = record(.look(target.key))
        let look = state.withLock { state in
            if let scripted = Self.next(&state.lookScripts[target.key]) { return scripted }
            switch target.credential {
            case .apiKey:
                guard state.users.contains(target.user) else { return Look.failed(.refused(.userUnknown)) }
                return .list(Self.sessions(of: target.user, in: target.key.project, state))
            case .secret, .mintedToken:
                return state.sessions[target.key].map { .session($0) } ?? .failed(.refused(.loginRefused))
            }
        }
        guard await looks.pass() else { return (.failed(.silent(.cancelled)), nil) }
        return (look, headers(start))
    }

    package func spend(on target: CallTarget) async -> (SpendAnswer, AnswerHeaders?) {
        let start = record(.spend(target.key))
        let time = serverTime
        let (answer, rate) = state.withLock { state in
            (Self.next(&state.spendScripts[target.key]) ?? Self.renew(target.key, at: time, &state), state.rate)
        }
        guard await spends.pass() else { return (.lost(.cancelled), nil) }
        if case .lost = answer { return (answer, nil) }
        return (answer, headers(start, rate: rate))
    }

    package func identities(
        of project: ProjectAlias, since: ServerTime, after cursor: String?
    ) async throws(CallFailure) -> IdentityPage {
        let start = record(.identities(since: since))
        let (failure, all) = state.withLock { state in
            (state.searchFailure, state.identities.filter { $0.updatedAt >= since })
        }
        try await searched(failure)
        let (entries, next) = page(of: all, after: cursor)
        return IdentityPage(entries: entries, next: next, headers: headers(start))
    }

    package func users(of project: ProjectAlias, after cursor: String?) async throws(CallFailure) -> UserPage {
        _ = record(.users)
        let (failure, all) = state.withLock { ($0.searchFailure, $0.users) }
        try await searched(failure)
        let (users, next) = page(of: all, after: cursor)
        return UserPage(users: users, next: next)
    }

    package func sessions(of user: UserID, in project: ProjectAlias) async throws(CallFailure) -> UserListing {
        let start = record(.sessions(user))
        let (failure, sessions) = state.withLock { state -> (CallFailure?, [SessionFacts]) in
            let gone: CallFailure? = state.users.contains(user) ? nil : .refused(.userUnknown)
            return (state.unreadable[user] ?? state.searchFailure ?? gone, Self.sessions(of: user, in: project, state))
        }
        try await searched(failure)
        return UserListing(sessions: sessions, headers: headers(start))
    }

    package func identify(
        secret: Secret, in project: ProjectAlias
    ) async throws(CallFailure) -> (SessionFacts, AnswerHeaders) {
        let start = record(.identify)
        let facts = state.withLock { state in state.secrets[secret].flatMap { state.sessions[$0] } }
        guard let facts else { throw .refused(.loginRefused) }
        return (facts, headers(start))
    }

    /// Returns the steady time of the call's sending.
    private func record(_ call: Call) -> Duration {
        let onCall = state.withLock { state in
            state.calls.append(call)
            return state.onCall
        }
        onCall(call)
        return machine.steady()
    }

    private func searched(_ failure: CallFailure?) async throws(CallFailure) {
        guard await searches.pass() else { throw .silent(.cancelled) }
        if let failure { throw failure }
    }

    private func headers(_ start: Duration, rate: RateHeaders? = nil) -> AnswerHeaders {
        let wholeSecond = serverTime.milliseconds / 1000 * 1000
        let receivedAt = state.withLock { $0.clock.now() }
        return AnswerHeaders(
            date: ServerTime(milliseconds: wholeSecond), rate: rate, sentAt: receivedAt - (machine.steady() - start),
            receivedAt: receivedAt)
    }

    private func page<Element>(of all: [Element], after cursor: String?) -> ([Element], String?) {
        let start = cursor.flatMap { Int($0) } ?? 0
        let end = min(all.count, start + pageSize)
        return (Array(all[min(start, end)..<end]), end < all.count ? String(end) : nil)
    }

    private static func next<Answer>(_ scripts: inout [Answer]?) -> Answer? {
        guard let first = scripts?.first else { return nil }
        scripts?.removeFirst()
        return first
    }

    private static func sessions(of user: UserID, in project: ProjectAlias, _ state: State) -> [SessionFacts] {
        state.sessions.filter { $0.key.project == project && $0.value.user == user }.sorted { $0.key < $1.key }
            .map(\.value)
    }

    /// A token for an hour; the session's own end moves to a year from now.
    private static func renew(_ key: SessionKey, at time: ServerTime, _ state: inout State) -> SpendAnswer {
        guard var facts = state.sessions[key] else { return .refused(.sessionUnknown) }
        state.tokens += 1
        facts.token = Secret("renewed-\(state.tokens)")
        facts.tokenExpiresAt = ServerTime(milliseconds: time.milliseconds + 3_600_000)
        facts.sessionExpiresAt = ServerTime(milliseconds: time.milliseconds + 365 * 86_400_000)
        let answered = facts
        // The answer shows the time of the write before.
        facts.updatedAt = time
        state.sessions[key] = facts
        return .session(answered)
    }
}
