// Certificates are always verified: against the system's authorities, or against those of the caFile and no others.

import Appwrite
import RefreshEngine
import RefreshPolicy
import Testing

@Suite("Encryption", .timeLimit(.minutes(10))) struct EncryptionTests {
    @Test("A server whose certificate the caFile vouches for is called")
    func trusted() async throws {
        let tls = try TestCertificate.serverContext()
        try await ScriptedServer.run(tls: tls, .answering { _ in .json(.session()) }) { server in
            try await TestCertificate.withFile { file in
                try await Calling.on("https://localhost:\(server.port)/v1", caFile: file) { calling in
                    let target = try CallTarget.withSecret()
                    #expect(await calling.client.spend(on: target).0.session?.session == target.key.session)
                }
            }
        }
    }

    @Test("A server that nobody vouches for, or under another name, is not: nothing was sent")
    func untrusted() async throws {
        let tls = try TestCertificate.serverContext()
        try await ScriptedServer.run(tls: tls, .answering { _ in .json(.session()) }) { server in
            let target = try CallTarget.withSecret()
            try await Calling.on("https://localhost:\(server.port)/v1") { calling in
                #expect(
                    await calling.client.spend(on: target).0 == .notSent(.silent(.unreachable(.certificateNotTrusted))))
            }
            try await TestCertificate.withFile { file in
                try await Calling.on("https://127.0.0.1:\(server.port)/v1", caFile: file) { calling in
                    #expect(
                        await calling.client.spend(on: target).0
                            == .notSent(.silent(.unreachable(.certificateOfAnotherName))))
                }
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test("A server that never answers the handshake was sent nothing")
    func plain() async throws {
        try await ScriptedServer.run(.answering { _ in .silence }) { server in
            var brief = ConnectionLimits()
            brief.connect = .milliseconds(200)
            try await Calling.on("https://localhost:\(server.port)/v1", connections: brief) { calling in
                let answer = await calling.client.spend(on: try CallTarget.withSecret()).0
                // By which of its limits the library gives up is a matter of milliseconds.
                let obstacles = [Obstacle.noTLS, .connectTimedOut]
                #expect(obstacles.contains { answer == .notSent(.silent(.unreachable($0))) }, "\(answer)")
            }
            #expect(server.requests.isEmpty)
        }
    }
}
