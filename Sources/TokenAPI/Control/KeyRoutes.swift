// The control socket's way to another key for the store.

import RefreshEngine

struct KeyRoutes: Sendable {
    let keys: any KeyChanging

    var table: [Route] {
        [Route(.post, "/v1/key", change), Route(.get, "/v1/key", state)]
    }

    @Sendable private func change(_ call: Call) async throws(Problem) -> Answer {
        _ = try call.query()
        do throws(KeyRefusal) {
            try keys.begin()
        } catch {
            throw Problem(.keyNotChanged, detail: error.words)
        }
        return Answer(.ok, KeyBody(keys.state))
    }

    @Sendable private func state(_ call: Call) async throws(Problem) -> Answer {
        _ = try call.query()
        return Answer(.ok, KeyBody(keys.state))
    }
}
