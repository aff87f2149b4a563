// Which way calls go: through a proxy where one is set, and by the version of IP that is set.

import Appwrite
import Foundation
import Glibc
import RefreshEngine
import RefreshPolicy
import Testing

@Suite("The way to Appwrite", .timeLimit(.minutes(10))) struct RouteTests {
    @Test("Calls go through the proxy, log in there, and are encrypted from end to end")
    func throughProxy() async throws {
        let tls = try TestCertificate.serverContext()
        try await ScriptedServer.run(tls: tls, .answering { _ in .json(.session()) }) { server in
            try await TunnelProxy.run { proxy in
                try await TestCertificate.withFile { file in
                    let route = try Route.through(proxy.port, login: "ada:sword:fish")
                    let endpoint = "https://localhost:\(server.port)/v1"
                    try await Calling.on(endpoint, caFile: file, route: route) { calling in
                        let target = try CallTarget.withSecret()
                        #expect(await calling.client.spend(on: target).0.session?.session == target.key.session)
                    }
                    let asked = try #require(proxy.asked.first)
                    #expect(asked[0] == "CONNECT localhost:\(server.port) HTTP/1.1")
                    let login = Data("ada:sword:fish".utf8).base64EncodedString()
                    #expect(asked.contains { $0.lowercased() == "proxy-authorization: basic \(login)".lowercased() })
                    #expect(server.requests.map(\.method) == ["PATCH"])
                    #expect(server.requests[0].values("proxy-authorization") == [])
                }
            }
        }
    }

    @Test("Each project goes its own way; the proxy finds the host, by its name")
    func ownWays() async throws {
        let script = ScriptedServer.Script.answering { $0.method == "CONNECT" ? .tunnel : .json(.session()) }
        try await ScriptedServer.run(script) { proxy in
            try await ScriptedServer.run(script) { direct in
                let route = try Route.through(proxy.port)
                try await Calling.on("http://appwrite.invalid/v1", route: route) { calling in
                    _ = await calling.client.look(at: try .withSecret())
                }
                try await Calling.on("http://127.0.0.1:\(direct.port)/v1") { calling in
                    _ = await calling.client.look(at: try .withSecret())
                }
                #expect(
                    proxy.requests.map { "\($0.method) \($0.path)" } == [
                        "CONNECT appwrite.invalid:80", "GET /v1/account/sessions/s1",
                    ])
                #expect(direct.requests.map(\.method) == ["GET"])
            }
        }
    }

    @Test(
        "A proxy that makes no way, or is not there: nothing was sent",
        arguments: [
            ("407 Login Needed", Obstacle.proxyWantsLogin), ("502 Bad Gateway", .proxyRefused),
            ("403 No", .proxyRefused), ("", .proxyNotReached),
        ])
    func noWay(status: String, obstacle: Obstacle) async throws {
        let reply = ScriptedServer.Reply(bytes: "HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n")
        try await ScriptedServer.run(.answering { _ in reply }) { server in
            let port = status.isEmpty ? try ScriptedServer.deadPort() : server.port
            try await Calling.on("http://appwrite.invalid/v1", route: try .through(port)) { calling in
                let target = try CallTarget.withSecret()
                #expect(await calling.client.spend(on: target).0 == .notSent(.silent(.unreachable(obstacle))))
            }
            #expect(server.requests.allSatisfy { $0.method == "CONNECT" })
        }
    }

    @Test("By version 4 or any, a listener of version 4 is reached; by version 6 it is not, and nothing was sent")
    func versionFour() async throws {
        try await ScriptedServer.run(.answering { _ in .json(.session()) }) { server in
            for (version, expected) in [(IPVersion.four, true), (.any, true), (.six, false)] {
                let isReached = try await reaches("http://localhost:\(server.port)/v1", by: version)
                #expect(isReached == expected, "\(version)")
            }
            #expect(server.requests.count == 2)
        }
    }

    @Test("By version 6 or any, a listener of version 6 is reached")
    func versionSix() async throws {
        try await ScriptedServer.run(at: ("::1", 0), .answering { _ in .json(.session()) }) { server in
            for version in [IPVersion.six, .any] {
                let isReached = try await reaches("http://[::1]:\(server.port)/v1", by: version)
                #expect(isReached, "\(version)")
            }
            #expect(server.requests.count == 2)
        }
    }

    @Test("Of a host with both, the one is reached that is set", .enabled(if: localhostHasBoth))
    func both() async throws {
        let script = ScriptedServer.Script.answering { _ in .json(.session()) }
        try await ScriptedServer.run(script) { four in
            try await ScriptedServer.run(at: ("::1", four.port), script) { six in
                let endpoint = "http://localhost:\(four.port)/v1"
                var reached: [Bool] = []
                for _ in 1...5 { reached.append(try await reaches(endpoint, by: .four)) }
                #expect(four.requests.count == 5 && six.requests.isEmpty)
                for _ in 1...5 { reached.append(try await reaches(endpoint, by: .six)) }
                #expect(four.requests.count == 5 && six.requests.count == 5)
                #expect(reached.allSatisfy { $0 })
            }
            let isReached = try await reaches("http://localhost:\(four.port)/v1", by: .six)
            #expect(!isReached)
        }
    }

    private func reaches(_ endpoint: String, by version: IPVersion) async throws -> Bool {
        var route = Route()
        route.ipVersion = version
        return try await Calling.on(endpoint, route: route) { calling in
            let answer = await calling.client.spend(on: try .withSecret()).0
            if answer.session != nil { return true }
            guard case .notSent(.silent(.unreachable)) = answer else {
                Issue.record("\(answer)")
                return false
            }
            return false
        }
    }

    @Test(
        "A proxy is http://HOST:PORT, and every other form is told",
        arguments: [
            ("proxy.example:3128", ProxyMistake.notAURL), ("", .notAURL), ("http://:3128", .notAURL),
            ("https://proxy.example:3128", .otherScheme), ("socks5://proxy.example:1080", .otherScheme),
            ("http://proxy.example", .noPort), ("http://proxy.example:0", .noPort),
            ("http://proxy.example:3128/x", .path), ("http://me:word@proxy.example:3128", .userInfo),
        ])
    func refused(text: String, mistake: ProxyMistake) {
        #expect(throws: mistake) { try Proxy(text) }
    }

    @Test("A proxy is kept in one form")
    func form() throws {
        #expect(try Proxy("HTTP://Proxy.Example:3128/").description == "http://proxy.example:3128")
        #expect(try Proxy("http://[::1]:3128").host == "::1")
    }
}

extension Route {
    fileprivate static func through(_ port: Int, login: String = "") throws -> Route {
        var route = Route()
        route.proxy = try Proxy("http://127.0.0.1:\(port)")
        route.proxyLogin = Secret(login)
        return route
    }
}

extension ScriptedServer.Reply {
    /// To CONNECT: what comes now is for the host.
    fileprivate static let tunnel = ScriptedServer.Reply(bytes: "HTTP/1.1 200 Made\r\n\r\n")
}

/// Whether the name has an address of each version here.
private let localhostHasBoth: Bool = {
    [AF_INET, AF_INET6].allSatisfy { family in
        var hints = addrinfo()
        hints.ai_family = family
        var found: UnsafeMutablePointer<addrinfo>?
        defer { if let found { freeaddrinfo(found) } }
        return getaddrinfo("localhost", nil, &hints, &found) == 0
    }
}()
