// Law 11 for those who register: few at a time, whatever sockets they come by, and whatever becomes of them.

import Fakes
import RefreshEngine
import RefreshPolicy
import Testing

@testable import TokenAPI

private let registration = #"{"project":"shop","secret":"opens"}"#

@Suite("Registrations at once", .timeLimit(.minutes(10)))
struct RegistrationLimitTests {
    @Test("Above the limit, over all sockets, one is told at once to come later; when others end, it is let in")
    func ninth() async throws {
        let (door, gate) = (Doorkeeper(rules("allow register")), Gate())
        let port = HeldControl(gate: gate)
        gate.shut()
        try await withTokens(ScriptedTokens(.unknownSession), registering: port, door: door) { tokens in
            try await withControl(port, door: door) { operators in
                try await withThrowingTaskGroup(of: Reply.self) { group in
                    for number in 1...8 {
                        let server = number.isMultiple(of: 2) ? tokens : operators
                        group.addTask { try await server.send("POST", "/v1/sessions", body: registration) }
                    }
                    try await untilHeld(8, at: gate)
                    for server in [tokens, operators] {
                        let ninth = try await server.send("POST", "/v1/sessions", body: registration)
                        #expect(ninth.status == 503)
                        #expect(ninth.headers["retry-after"] == "1")
                        let problem: Problem = try ninth.decode()
                        #expect(problem.kind == .notNow)
                        #expect(problem.detail.contains("other sessions are being registered"))
                    }
                    #expect(gate.count == 8)
                    gate.open()
                    for try await reply in group { #expect(reply.status == 201) }
                }
                for server in [tokens, operators] {
                    let next = try await server.send("POST", "/v1/sessions", body: registration)
                    #expect(next.status == 201)
                }
            }
        }
    }

    @Test("One that fails leaves its place")
    func failed() async throws {
        try await withControl(control(failure: .unknownSession)) { server in
            for _ in 0...RegistrationGate.most {
                let reply = try await server.send("POST", "/v1/sessions", body: registration)
                #expect(reply.status == 404)
            }
        }
    }

    @Test("One that is cancelled leaves its place")
    func cancelled() async throws {
        let (door, gate) = (Doorkeeper(rules("allow register")), Gate())
        let port = HeldControl(gate: gate)
        gate.shut()
        var limits = Limits()
        limits.grace = .milliseconds(10)
        limits.farewell = .milliseconds(10)
        try await withTokens(ScriptedTokens(.unknownSession), registering: port, door: door, limits: limits) { server in
            var connections: [RawConnection] = []
            for _ in 1...RegistrationGate.most {
                let connection = try await server.connect()
                try await connection.send(
                    """
                    POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r
                    Content-Length: \(registration.utf8.count)\r\n\r\n\(registration)
                    """)
                connections.append(connection)
            }
            try await untilHeld(RegistrationGate.most, at: gate)
            await server.stop()
            for connection in connections { _ = try await connection.readToEnd() }
        }
        #expect(gate.count == 0)
        gate.open()
        try await withTokens(ScriptedTokens(.unknownSession), registering: port, door: door) { server in
            let reply = try await server.send("POST", "/v1/sessions", body: registration)
            #expect(reply.status == 201)
        }
    }

    private func untilHeld(_ count: Int, at gate: Gate) async throws {
        while gate.count < count { try await Task.sleep(for: .milliseconds(5)) }
    }
}

/// Registers when a gate lets it.
private struct HeldControl: Controlling {
    let gate: Gate
    private let port = TokenAPITests.control()

    init(gate: Gate) {
        self.gate = gate
    }

    func register(secret: Secret, in project: ProjectAlias) async throws(ControlError) -> SessionRow {
        guard await gate.pass() else { throw .appwrite(.silent(.cancelled)) }
        return try await port.register(secret: secret, in: project)
    }

    func sessions(
        matching filter: SessionFilter, after: SessionKey?, limit: Int
    ) async throws(ControlError) -> [SessionRow] {
        try await port.sessions(matching: filter, after: after, limit: limit)
    }

    func story(of key: SessionKey) async throws(ControlError) -> SessionStory { try await port.story(of: key) }
    func remove(_ key: SessionKey) async throws(ControlError) { try await port.remove(key) }
    func forget(_ user: UserID, in project: ProjectAlias?) async throws(ControlError) -> [ForgottenUser] {
        try await port.forget(user, in: project)
    }
    func refresh(_ key: SessionKey, maxWait: Duration) async throws(ControlError) -> RefreshReport {
        try await port.refresh(key, maxWait: maxWait)
    }
    func status() async throws(ControlError) -> EngineStatus { try await port.status() }
    func outlook(limit: Int) async throws(ControlError) -> Outlook { try await port.outlook(limit: limit) }
}
