// A fake of the token port: replies at once as told, or lets its readers wait until the test replies.

package import RefreshEngine
package import RefreshPolicy
import Synchronization

package final class ScriptedTokens: TokenReading {
    package enum Event: Hashable, Sendable {
        case asked(TokenRequest)
        /// A reader's task was cancelled while it waited.
        case left(TokenRequest)
    }

    private struct State {
        var reply: TokenReply?
        var waiting: [Int: CheckedContinuation<TokenReply, Never>] = [:]
        var count = 0
    }

    private let state: Mutex<State>
    /// Everything that happened, in order; for one iteration.
    package let events: AsyncStream<Event>
    private let happened: AsyncStream<Event>.Continuation

    package let projects: [ProjectAlias]
    private let grants: [SessionKey: Grant]

    /// With nil, readers wait for `reply(_:)`.
    package init(_ reply: TokenReply?, projects: [ProjectAlias] = [], grants: [SessionKey: Grant] = [:]) {
        state = Mutex(State(reply: reply))
        self.projects = projects
        self.grants = grants
        (events, happened) = AsyncStream.makeStream()
    }

    package func token(for request: TokenRequest) async -> TokenReply {
        happened.yield(.asked(request))
        let reader = state.withLock { state in
            state.count += 1
            return state.count
        }
        let reply = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let reply = state.withLock { state in
                    let reply = state.reply ?? (Task.isCancelled ? Self.leaving : nil)
                    if reply == nil { state.waiting[reader] = continuation }
                    return reply
                }
                if let reply { continuation.resume(returning: reply) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: reader) }?.resume(returning: Self.leaving)
        }
        if reply == Self.leaving { happened.yield(.left(request)) }
        return reply
    }

    package func grant(of key: SessionKey) async throws(StoreError) -> Grant? { grants[key] }

    /// Answers those who wait, and those who come.
    package func reply(_ reply: TokenReply) {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            state.reply = reply
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(returning: reply) }
    }

    /// What a reader gets whose task is cancelled.
    package static let leaving = TokenReply.notNow("the wait was ended")
}
