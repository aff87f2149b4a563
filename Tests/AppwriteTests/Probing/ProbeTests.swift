// Who answers at an endpoint is told by name, whatever it is; and asking costs nothing.

import AppwriteModel
import AppwriteSimulator
import RefreshEngine
import RefreshPolicy
import Testing

@testable import Appwrite

@Suite("A probe", .timeLimit(.minutes(10))) struct ProbeTests {
    private static func withProbe<Value>(
        _ endpoint: String, caFile: String? = nil, route: Route = Route(), clock: HandClock = HandClock(),
        _ body: (Probe) async throws -> Value
    ) async throws -> Value {
        let project = try AppwriteProject(
            alias: try #require(ProjectAlias("main")), endpoint: try Endpoint(endpoint, plainHTTP: .anywhere),
            projectID: try #require(AppwriteProjectID("peer")), apiKey: Secret("standard_key"), caFile: caFile,
            route: route)
        let probe = Probe(of: project, clock: clock)
        do {
            let value = try await body(probe)
            await probe.close()
            return value
        } catch {
            await probe.close()
            throw error
        }
    }

    @Test(
        "tells an Appwrite from all that may answer in its place",
        arguments: [
            (.json(#"{"version":"1.9.6"}"#), .appwrite(version: "1.9.6")),
            (.json(#"{"version":"\u001b[2J"}"#), .appwrite(version: nil)),
            (
                .json(#"{"message":"","code":404,"type":"project_not_found","version":"1.8.1"}"#, status: 404),
                .appwrite(version: "1.8.1")
            ),
            (.json(#"{"message":"","code":404,"type":"general_route_not_found"}"#, status: 404), .wrongPath),
            (.json("<!DOCTYPE html>", status: 404, headers: ["Server: Appwrite"]), .wrongPath),
            (.json("<html>", status: 502), .page(status: 502)),
            (.json("  <html>"), .page(status: 200)),
            (.json(#"{"error":"nope"}"#, status: 404), .foreignJSON(status: 404)),
            (.json("[]"), .foreignJSON(status: 200)),
            (.json("hello"), .somethingElse(status: 200)),
            (.json("", status: 204), .somethingElse(status: 204)),
            (
                .json("", status: 301, headers: ["Location: https://b.example/v1"]),
                .redirect(status: 301, to: "https://b.example/v1")
            ),
            (.hangUp, .silent(.cut)),
            (.reset, .silent(.cut)),
            (ScriptedServer.Reply(bytes: "SSH-2.0-OpenSSH_9.2\r\n", ending: .closed), .silent(.notHTTP)),
        ] as [(ScriptedServer.Reply, Greeting)])
    func greeting(reply: ScriptedServer.Reply, told: Greeting) async throws {
        try await ScriptedServer.run(.answering { _ in reply }) { server in
            try await Self.withProbe("http://127.0.0.1:\(server.port)/v1") { probe in
                #expect(await probe.greeting().0 == told)
            }
        }
    }

    @Test("tells a dead port, an unknown name and a silent server apart")
    func silence() async throws {
        let port = try ScriptedServer.deadPort()
        for host in ["127.0.0.1", "localhost"] {
            try await Self.withProbe("http://\(host):\(port)/v1") { probe in
                #expect(await probe.greeting().0 == .silent(.refused))
            }
        }
        try await Self.withProbe("http://nowhere.invalid/v1") { probe in
            #expect(await probe.greeting().0 == .silent(.nameUnknown))
        }
        try await ScriptedServer.run(.answering { _ in .silence }) { server in
            let clock = HandClock()
            try await Self.withProbe("http://127.0.0.1:\(server.port)/v1", clock: clock) { probe in
                async let greeting = probe.greeting().0
                await server.arrival()
                clock.runOut()
                #expect(await greeting == .silent(.answerTimedOut))
            }
        }
    }

    @Test("shows the certificate, whoever vouches for it, and sends nothing to see it")
    func certificate() async throws {
        let tls = try TestCertificate.serverContext()
        try await ScriptedServer.run(tls: tls, .answering { _ in .json(#"{"version":"1.9.6"}"#) }) { server in
            let (named, numbered) = ("https://localhost:\(server.port)/v1", "https://127.0.0.1:\(server.port)/v1")
            for endpoint in [named, numbered] {
                try await Self.withProbe(endpoint) { probe in
                    let certificate = try #require(await probe.certificate())
                    #expect(certificate.issuer == "localhost" && certificate.isSelfSigned)
                    #expect(certificate.validFrom == ServerTime(iso8601: "2000-01-01T00:00:00Z"))
                    #expect(certificate.validUntil == ServerTime(iso8601: "2199-12-31T23:59:59Z"))
                    #expect(await probe.greeting().0 == .silent(.certificateNotTrusted))
                }
            }
            #expect(server.requests.isEmpty)
            try await TestCertificate.withFile { file in
                try await Self.withProbe(numbered, caFile: file) { probe in
                    #expect(await probe.greeting().0 == .silent(.certificateOfAnotherName))
                }
                #expect(server.requests.isEmpty)
                try await Self.withProbe(named, caFile: file) { probe in
                    #expect(await probe.greeting().0 == .appwrite(version: "1.9.6"))
                }
            }
        }
    }

    @Test("goes by the version of IP that the daemon goes by")
    func version() async throws {
        let tls = try TestCertificate.serverContext()
        try await ScriptedServer.run(tls: tls, .answering { _ in .json(#"{"version":"1.9.6"}"#) }) { server in
            for version in IPVersion.allCases {
                var route = Route()
                route.ipVersion = version
                try await TestCertificate.withFile { file in
                    let endpoint = "https://127.0.0.1:\(server.port)/v1"
                    try await Self.withProbe(endpoint, caFile: file, route: route) { probe in
                        let isReached = await probe.greeting().0 == .silent(.certificateOfAnotherName)
                        #expect(isReached == (version != .six))
                        #expect((await probe.certificate() != nil) == (version != .six))
                    }
                }
            }
        }
    }

    @Test("shows no certificate where none is to be had")
    func noCertificate() async throws {
        try await ScriptedServer.run(.answering { _ in .hangUp }) { server in
            try await Self.withProbe("http://127.0.0.1:\(server.port)/v1") { probe in
                #expect(await probe.certificate() == nil)
            }
        }
        try await ScriptedServer.run(.answering { _ in .json("plain") }) { server in
            let port = server.port
            try await Self.withProbe("https://localhost:\(port)/v1") { probe in
                #expect(await probe.certificate() == nil)
            }
        }
        let port = try ScriptedServer.deadPort()
        try await Self.withProbe("https://localhost:\(port)/v1") { probe in
            #expect(await probe.certificate() == nil)
        }
    }

    @Test(
        "learns what a key may do, of either version, and leaves the ledger as it was",
        arguments: AppwriteVersion.allCases)
    func keys(version: AppwriteVersion) async throws {
        let settings = SimulatorSettings(server: ServerSettings(version: version))
        try await withSimulator(settings) { url, simulator in
            simulator.change { server, now in
                server.setUp(
                    ProjectSetup(
                        id: "peer",
                        apiKeys: [
                            APIKey(key: "whole", scopes: ["users.read", "users.write"]),
                            APIKey(key: "reader", scopes: ["users.read"]),
                            APIKey(key: "writer", scopes: ["users.write"]),
                            APIKey(key: "old", scopes: ["users.read", "users.write"], expiresAt: now - 1),
                            APIKey(key: "ephemeral_old", scopes: ["users.read", "users.write"], expiresAt: now - 1),
                        ]))
            }
            let before = simulator.ledger.patches.count
            try await Self.withProbe(url + "/v1") { probe in
                let answers: [(String, KeyAnswer, KeyAnswer)] = [
                    ("whole", .allowed, .allowed), ("reader", .allowed, .scopeMissing),
                    ("writer", .scopeMissing, .allowed), ("nobody's", .keyUnknown, .keyUnknown),
                    ("old", .keyExpired, .keyExpired), ("ephemeral_old", .keyExpired, .keyExpired),
                ]
                for (name, reads, mints) in answers {
                    let key = try #require(Secret(name))
                    #expect(await probe.mayReadUsers(key) == reads, "\(name)")
                    #expect(await probe.mayMintTokens(key) == mints, "\(name)")
                }
                #expect(await probe.greeting().0 == .appwrite(version: version.rawValue))
                #expect(await probe.projectAnswer() == .known)
            }
            #expect(simulator.ledger.patches.count == before)
            simulator.change { server, _ in server.setUp(ProjectSetup(id: "other")) }
        }
        try await withSimulator(settings) { url, _ in
            try await Self.withProbe(url + "/v1") { probe in
                #expect(await probe.projectAnswer() == .unknown)
            }
        }
    }

    @Test("names the scopes that a key has and needs not, of those that can be asked for")
    func needless() async throws {
        let script = ScriptedServer.Script.answering { request in
            request.path.hasPrefix("/v1/teams?") || request.path.hasPrefix("/v1/storage/buckets?")
                ? .json(#"{"total":0}"#)
                : .json(
                    #"{"message":"app (role: applications) missing scopes","code":401,"type":"general_unauthorized_scope"}"#,
                    status: 401)
        }
        try await ScriptedServer.run(script) { server in
            try await Self.withProbe("http://127.0.0.1:\(server.port)/v1") { probe in
                let key = try #require(Secret("key"))
                #expect(await probe.needlessScopes(key) == ["teams.read", "buckets.read"])
            }
            #expect(server.requests.allSatisfy { $0.method == "GET" })
        }
    }
}

@Suite("A certificate's names") struct CertificateTests {
    /// A value of DER.
    private func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let length =
            content.count < 0x80
            ? [UInt8(content.count)] : [0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
        return [tag] + length + content
    }

    private func name(_ parts: [(UInt8, String)]) -> [UInt8] {
        value(
            0x30,
            parts.flatMap { value(0x31, value(0x30, value(0x06, [0x55, 0x04, $0.0]) + value(0x0C, Array($0.1.utf8)))) })
    }

    private func certificate(issuer: [UInt8], subject: [UInt8]) -> [UInt8] {
        let signed =
            value(0xA0, value(0x02, [2])) + value(0x02, [1]) + value(0x30, []) + issuer + value(0x30, []) + subject
        return value(0x30, value(0x30, signed))
    }

    @Test("are the signer's organisation and common name")
    func issuer() throws {
        let time = ServerTime(milliseconds: 0)
        let (authority, host) = (
            name([(6, "US"), (0x0A, "Let's Encrypt"), (3, "R11")]), name([(3, String(repeating: "x", count: 200))])
        )
        let der = certificate(issuer: authority, subject: host)
        let read = try #require(ServerCertificate(der: der, validFrom: time, validUntil: time))
        #expect(read.issuer == "Let's Encrypt (R11)" && !read.isSelfSigned)
        let own = try #require(
            ServerCertificate(der: certificate(issuer: host, subject: host), validFrom: time, validUntil: time))
        #expect(own.isSelfSigned && own.issuer.count == 200)
    }

    @Test("are not looked for beyond the end of what was sent")
    func cut() {
        let time = ServerTime(milliseconds: 0)
        let whole = certificate(issuer: name([(3, "a")]), subject: name([(3, "b")]))
        for count in 0..<whole.count {
            #expect(ServerCertificate(der: Array(whole.prefix(count)), validFrom: time, validUntil: time) == nil)
        }
        #expect(
            ServerCertificate(der: [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x30], validFrom: time, validUntil: time) == nil
        )
    }
}
