// The store's key by the control socket: who may change it, and how the change stands.

import Fakes
import RefreshEngine
import Synchronization
import Testing

@testable import TokenAPI

/// A store whose key is being changed as soon as somebody asks for it.
private final class ScriptedKeys: KeyChanging {
    private let current = Mutex(KeyChangeState(key: "aaaaaaaaaaaaaaaa"))
    private let refusal: KeyRefusal?

    init(refusal: KeyRefusal? = nil) {
        self.refusal = refusal
    }

    func begin() throws(KeyRefusal) {
        if let refusal { throw refusal }
        current.withLock { $0.changingTo = "bbbbbbbbbbbbbbbb" }
    }

    var state: KeyChangeState { current.withLock { $0 } }
}

@Suite("The key", .timeLimit(.minutes(10)))
struct KeyTests {
    @Test("A change begins when it is asked for, and is told as it stands")
    func change() async throws {
        try await withControl(control(), keys: ScriptedKeys()) { server in
            #expect(
                try await server.get("/v1/key").body == #"{"key":"aaaaaaaaaaaaaaaa","sealed":0,"unopened":0}"#)
            for method in ["POST", "GET"] {
                let body: KeyBody = try await server.send(method, "/v1/key").decode()
                #expect(body.key == "aaaaaaaaaaaaaaaa" && body.changingTo == "bbbbbbbbbbbbbbbb", "\(method)")
            }
            #expect(try await server.send("DELETE", "/v1/key").status == 405)
        }
    }

    @Test("A change that is not refreshd's to make is refused, with what to do")
    func refused() async throws {
        try await withControl(control(), keys: ScriptedKeys(refusal: KeyRefusal("Do this."))) { server in
            let reply = try await server.send("POST", "/v1/key")
            #expect(reply.status == 409)
            let problem: Problem = try reply.decode()
            #expect(problem.kind == .keyNotChanged)
            #expect(problem.detail == "Do this.")
            #expect(try await server.get("/v1/key").status == 200)
        }
    }

    @Test("It is for those alone who may control all projects", .enabled(if: canBeOthers))
    func access() async throws {
        let keys = ScriptedKeys()
        let door = Doorkeeper(rules("allow control uid=4001", "allow control uid=4002 project=shop"))
        try await withControl(control(), keys: keys, door: door) { server in
            server.letInEverybody()
            for user: UInt32 in [4002, 4003] {
                for method in ["GET", "POST"] {
                    let reply = try await Stranger(user: user).ask("/v1/key", at: server.path, method: method)
                    #expect(reply.status == 403, "\(user) \(method)")
                }
            }
            #expect(keys.state.changingTo == nil)
            #expect(try await Stranger(user: 4001).ask("/v1/key", at: server.path, method: "POST").status == 200)
            #expect(keys.state.changingTo != nil)
        }
    }
}
