// Calls that break: what provably never left is not sent, and all else that ends without an answer is lost (law 4).

import Glibc
import NIOCore
import RefreshEngine
import RefreshPolicy
import Testing

@testable import Appwrite

@Suite("Calls that break", .timeLimit(.minutes(10))) struct BrokenCallTests {
    @Test("Where nobody listens, nothing was sent", arguments: ["127.0.0.1", "localhost"])
    func refused(host: String) async throws {
        let port = try ScriptedServer.deadPort()
        try await Calling.on("http://\(host):\(port)/v1") { calling in
            for target in [try CallTarget.withSecret(), try .session(by: .apiKey)] {
                #expect(await calling.client.spend(on: target).0 == .notSent(.silent(.unreachable(.refused))))
                #expect(await calling.client.look(at: target).0 == .failed(.silent(.unreachable(.refused))))
            }
        }
    }

    @Test("Where the name is not known, nothing was sent either")
    func nameUnknown() async throws {
        try await Calling.on("http://appwrite.invalid/v1") { calling in
            let target = try CallTarget.withSecret()
            #expect(await calling.client.spend(on: target).0 == .notSent(.silent(.unreachable(.nameUnknown))))
        }
    }

    @Test(
        "Where the network has no way, it is not reached; whether something was sent is not sure",
        arguments: [
            ENETDOWN, ENETUNREACH, EHOSTUNREACH, EHOSTDOWN,
        ])
    func noWay(errno: Int32) {
        let broken = BrokenCall(IOError(errnoCode: errno, reason: "connect"))
        #expect(broken == BrokenCall(.unreachable(.notConnected), .perhaps))
    }

    @Test(
        "A connection that breaks after the request loses it, and it is sent once only",
        arguments: [Reply.hangUp, .reset])
    func cut(reply: Reply) async throws {
        try await ScriptedServer.run(.answering { _ in reply }) { server in
            try await Calling.on("http://127.0.0.1:\(server.port)/v1") { calling in
                let target = try CallTarget.withSecret()
                #expect(await calling.client.spend(on: target).0 == .lost(.cut))
                #expect(await calling.client.look(at: target).0 == .failed(.silent(.cut)))
            }
            #expect(server.requests.map(\.method) == ["PATCH", "GET"])
        }
    }

    @Test("So does one that was kept from an earlier call")
    func cutWhenKept() async throws {
        try await ScriptedServer.run(.answering { $0.method == "GET" ? .json(.session()) : .hangUp }) { server in
            try await Calling.on("http://127.0.0.1:\(server.port)/v1") { calling in
                let target = try CallTarget.withSecret()
                _ = await calling.client.look(at: target)
                #expect(await calling.client.spend(on: target).0 == .lost(.cut))
            }
            #expect(server.requests.map(\.method) == ["GET", "PATCH"])
        }
    }

    @Test("An answer that breaks off in its body is lost; its headers count all the same")
    func cutInBody() async throws {
        try await ScriptedServer.run(
            .answering { _ in
                Reply(
                    bytes: "HTTP/1.1 200 OK\r\nContent-Length: 900\r\nX-Ratelimit-Limit: 10\r\n"
                        + "X-Ratelimit-Remaining: 4\r\nX-Ratelimit-Reset: 1795471200\r\n\r\n{\"$id\":",
                    ending: .closed)
            }
        ) { server in
            try await Calling.on("http://127.0.0.1:\(server.port)/v1") { calling in
                let target = try CallTarget.withSecret()
                let (answer, headers) = await calling.client.spend(on: target)
                #expect(answer == .lost(.cut))
                #expect(headers?.rate?.remaining == 4)
            }
        }
    }

    @Test(
        "An answer that never comes, or never ends, is given up when its time is over",
        arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"])
    func timedOut(bytes: String) async throws {
        try await ScriptedServer.run(.answering { _ in Reply(bytes: bytes) }) { server in
            try await Calling.on("http://127.0.0.1:\(server.port)/v1") { calling in
                let target = try CallTarget.withSecret()
                async let spent = calling.client.spend(on: target).0
                await server.arrival()
                calling.clock.runOut()
                let ending = await spent
                #expect(ending == .lost(.timedOut))
                #expect(await calling.client.look(at: target).0 == .failed(.silent(.timedOut)))
            }
        }
    }

    @Test("A call is cancelled with its task: sent, it is lost; not yet sent, it is not")
    func cancelled() async throws {
        try await ScriptedServer.run(.answering { _ in .silence }) { server in
            try await Calling.on("http://127.0.0.1:\(server.port)/v1") { calling in
                let target = try CallTarget.withSecret()
                let ending = await withTaskGroup(of: SpendAnswer.self) { group in
                    group.addTask { await calling.client.spend(on: target).0 }
                    await server.arrival()
                    group.cancelAll()
                    return await group.next()
                }
                #expect(ending == .lost(.cancelled))
                let early = await withTaskGroup(of: SpendAnswer.self) { group in
                    group.cancelAll()
                    group.addTask { await calling.client.spend(on: target).0 }
                    return await group.next()
                }
                #expect(early == .notSent(.silent(.cancelled)))
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test("A client that was closed sends nothing")
    func closed() async throws {
        try await ScriptedServer.run(.answering { _ in .json(.session()) }) { server in
            try await Calling.on("http://127.0.0.1:\(server.port)/v1") { calling in
                let target = try CallTarget.withSecret()
                await calling.client.close()
                #expect(await calling.client.spend(on: target).0 == .notSent(.silent(.cancelled)))
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test("A client that runs closes when it is cancelled")
    func run() async throws {
        try await ScriptedServer.run(.answering { _ in .json(.session()) }) { server in
            try await Calling.on("http://127.0.0.1:\(server.port)/v1") { calling in
                let target = try CallTarget.withSecret()
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await calling.client.run() }
                    group.cancelAll()
                }
                #expect(await calling.client.look(at: target).0 == .failed(.silent(.cancelled)))
            }
        }
    }

    @Test("A call that finds no free connection in time was not sent")
    func noneFree() async throws {
        try await ScriptedServer.run(.answering { _ in .silence }) { server in
            var one = ConnectionLimits()
            one.perHost = 1
            one.connect = .milliseconds(200)
            try await Calling.on("http://127.0.0.1:\(server.port)/v1", connections: one) { calling in
                let target = try CallTarget.withSecret()
                async let first = calling.client.spend(on: target).0
                await server.arrival()
                #expect(await calling.client.spend(on: target).0 == .notSent(.silent(.unreachable(.connectTimedOut))))
                calling.clock.runOut()
                let ending = await first
                #expect(ending == .lost(.timedOut))
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test("As many calls as a pace allows are under way at once: none waits for a connection", .timeLimit(.minutes(5)))
    func manyAtOnce() async throws {
        try await ScriptedServer.run(.answering { _ in .silence }) { server in
            try await Calling.on("http://127.0.0.1:\(server.port)/v1") { calling in
                let target = try CallTarget.withSecret()
                let endings = await withTaskGroup(of: SpendAnswer.self) { group in
                    for _ in 1...100 { group.addTask { await calling.client.spend(on: target).0 } }
                    for _ in 1...100 { await server.arrival() }
                    calling.clock.runOut()
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(endings == Array(repeating: .lost(.timedOut), count: 100))
            }
        }
    }

    @Test(
        "What is no answer of Appwrite's is not understood, and a redirect is not followed",
        arguments: [
            "HTTP/1.1 307 Moved\r\nLocation: /v1/account/sessions/s1\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 302 Found\r\nLocation: https://login.example/\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 6\r\n\r\n<html>",
            "HTTP/1.1 204 No Content\r\n\r\n",
            "SSH-2.0-OpenSSH_9.2\r\n\r\n",
            // What nobody asked to be compressed is not unpacked.
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\u{1f}\u{8}ab",
            "HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n{",
        ])
    func notUnderstood(bytes: String) async throws {
        try await ScriptedServer.run(.answering { _ in Reply(bytes: bytes) }) { server in
            try await Calling.on("http://127.0.0.1:\(server.port)/v1") { calling in
                let target = try CallTarget.withSecret()
                #expect(await calling.client.spend(on: target).0 == .lost(.notUnderstood))
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test("An answer without an end is given up at its limit of size")
    func endless() async throws {
        try await ScriptedServer.run(
            .answering { _ in
                let chunk = "10000\r\n" + String(repeating: " ", count: 0x10000) + "\r\n"
                return Reply(
                    bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + String(repeating: chunk, count: 32))
            }
        ) { server in
            try await Calling.on("http://127.0.0.1:\(server.port)/v1") { calling in
                let target = try CallTarget.withSecret()
                #expect(await calling.client.spend(on: target).0 == .lost(.notUnderstood))
            }
        }
    }

    typealias Reply = ScriptedServer.Reply
}
