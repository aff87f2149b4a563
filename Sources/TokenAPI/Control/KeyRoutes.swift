// The control socket's way to another key for the store.

import RefreshEngine

struct KeyRoutes: Sendable {
    let keys: any KeyChanging
    let door: Doorkeeper

    var table: [Route] {
        [Route(.post, "/v1/key", change), Route(.get, "/v1/key", state)]
    }

    @Sendable private func change(_ call: Call) async throws(Problem) -> Answer {
        try admit(call)
        do throws(KeyRefusal) {
            try await keys.begin()
        } catch {
            throw Problem(.keyNotChanged, detail: error.words)
        }
        return Answer(.ok, KeyBody(keys.state))
    }

    @Sendable private func state(_ call: Call) async throws(Problem) -> Answer {
        try admit(call)
        return Answer(.ok, KeyBody(keys.state))
    }

    /// The key is of all projects.
    private func admit(_ call: Call) throws(Problem) {
        _ = try call.query()
        try door.admit(Intent(.control), of: call.peer, at: .control)
    }
}
