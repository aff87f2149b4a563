// The door on real sockets: who is let in, what those learn who are not, and what is told of both.

import Fakes
import Foundation
import RefreshEngine
import RefreshPolicy
import Synchronization
import Testing

@testable import TokenAPI

/// Collects what a door tells.
private final class News: Sendable {
    private let list = Mutex<[AccessNews]>([])
    var all: [AccessNews] { list.withLock { $0 } }
    func add(_ news: AccessNews) { list.withLock { $0.append(news) } }
}

private let found = ScriptedTokens(
    .token(servedToken(), minValidMet: true), projects: [id("shop")], grants: [key: grant])
private let byGrant = "/v1/tokens?user=ada&provider=google"
private let bySession = "/v1/tokens/shop/s1"
private let registration = #"{"project":"shop","secret":"opens"}"#

@Suite("The door", .timeLimit(.minutes(10)))
struct DoorTests {
    /// A rule for this very process.
    private let me = "uid=\(geteuid())"

    @Test("Who is refused gets a 403 that says which rule, and the port is not asked")
    func refused() async throws {
        let news = News()
        let door = Doorkeeper(rules("refuse read \(me) user=a*", "allow read")) { news.add($0) }
        let tokens = ScriptedTokens(.token(servedToken(), minValidMet: true), projects: [id("shop")])
        try await withTokens(tokens, door: door) { server in
            let reply = try await server.get(byGrant)
            #expect(reply.status == 403)
            #expect(reply.headers["content-type"] == "application/problem+json")
            let problem: Problem = try reply.decode()
            #expect(problem.kind == .notAllowed)
            #expect(problem.rule == 1)
            #expect(
                problem.detail == """
                    This process (uid \(geteuid())) may not read this token: rule 1 of `access` (line 11 of the \
                    settings) refuses it. Nothing was done. Ask whoever keeps refreshd's settings; "refreshd check \
                    --as \(geteuid())" tells there what is allowed, and why.
                    """)
            #expect(try await server.get("/v1/tokens?user=bob&provider=google").status == 200)
        }
        guard case .refused(let peer, let intent, .token, .rule(let rule), untold: 0)? = news.all.first
        else { return #expect(Bool(false), "\(news.all)") }
        #expect(peer.user == geteuid() && peer.process == getpid())
        #expect(intent == Intent(.read, project: id("shop"), user: id("ada"), provider: id("google")))
        #expect(rule.place.number == 1)
        var events = tokens.events.makeAsyncIterator()
        let first = await events.next()
        guard case .asked(let request)? = first, case .grant(_, let user, _, _) = request.subject else {
            return #expect(Bool(false), "\(String(describing: first))")
        }
        #expect(user == id("bob"), "the refused one never came to the port")
    }

    @Test("A project that is not named is the only one; among several it must be named")
    func soleProject() async throws {
        let door = Doorkeeper(rules("allow read project=shop"))
        try await withTokens(found, door: door) { server in
            let (own, other) = (try await server.get(byGrant), try await server.get(byGrant + "&project=club"))
            #expect(own.status == 200)
            #expect(other.status == 403)
        }
        let several = ScriptedTokens(.unknownSession, projects: [id("club"), id("shop")])
        try await withTokens(several, door: door) { server in
            let problem: Problem = try await server.get(byGrant).decode()
            #expect(problem.kind == .projectNeeded)
        }
    }

    @Test("Of several projects those are named that one may read; who may read none is refused, and that is told")
    func severalProjects() async throws {
        let several = ScriptedTokens(.unknownSession, projects: [id("club"), id("shop"), id("zoo")])
        try await withTokens(several, door: Doorkeeper(rules("refuse read project=zoo", "allow read"))) { server in
            let reply = try await server.get(byGrant)
            #expect(reply.status == 400)
            let problem: Problem = try reply.decode()
            #expect(problem.kind == .projectNeeded)
            #expect(problem.knownProjects == ["club", "shop"])
            #expect(!reply.body.contains("zoo"))
        }
        let news = News()
        let door = Doorkeeper(rules("allow read uid=4242424")) { news.add($0) }
        try await withTokens(several, door: door) { server in
            let reply = try await server.get(byGrant)
            #expect(reply.status == 403)
            #expect(try reply.decode(Problem.self).kind == .notAllowed)
            for alias in ["club", "shop", "zoo"] { #expect(!reply.body.contains(alias)) }
        }
        #expect(news.all.count == 1)
        guard case .refused(_, let intent, .token, .noRuleFits, untold: 0)? = news.all.first else {
            return #expect(Bool(false), "\(news.all)")
        }
        #expect(intent == Intent(.read, user: id("ada"), provider: id("google")))
    }

    @Test("A refused session is refused by the same words whether it is known or not")
    func existence() async throws {
        let news = News()
        let door = Doorkeeper(rules("refuse read user=bob", "allow read user=carl")) { news.add($0) }
        try await withTokens(found, door: door) { server in
            let known = try await server.get(bySession)
            let unknown = try await server.get("/v1/tokens/shop/s2")
            #expect(known.status == 403)
            #expect(known.body == unknown.body)
        }
        // The operator is told whose it is.
        guard case .refused(_, let intent, _, .noRuleFits, _)? = news.all.first else {
            return #expect(Bool(false), "\(news.all)")
        }
        #expect(intent.user == id("ada"))
    }

    @Test("A session is read by whom a rule allows its user and provider")
    func session() async throws {
        for (provider, status) in [("goo*", 200), ("spotify", 403)] {
            let door = Doorkeeper(rules("allow read user=ada provider=\(provider)"))
            try await withTokens(found, door: door) { server in
                let reply = try await server.get(bySession)
                #expect(reply.status == status)
            }
        }
    }

    @Test("A read is told once an hour for a grant, whatever session or connection it comes by")
    func told() async throws {
        let news = News()
        try await withTokens(found, door: Doorkeeper { news.add($0) }) { server in
            for path in [byGrant, bySession, byGrant] {
                for _ in 0..<5 {
                    let reply = try await server.get(path)
                    #expect(reply.status == 200)
                }
            }
        }
        #expect(news.all.count == 1)
        guard case .read(let peer, key, grant, .token)? = news.all.first else {
            return #expect(Bool(false), "\(news.all)")
        }
        #expect(peer.user == geteuid())
    }

    @Test("What gave no token is told as no read")
    func untold() async throws {
        let news = News()
        try await withTokens(ScriptedTokens(.unknownSession), door: Doorkeeper { news.add($0) }) { server in
            let reply = try await server.get(byGrant)
            #expect(reply.status == 404)
        }
        #expect(news.all.isEmpty)
    }

    @Test("Other rules hold from the next request on, on connections that are open too")
    func adopted() async throws {
        let door = Doorkeeper(rules("allow read"))
        let tokens = ScriptedTokens(nil, projects: [id("shop")])
        try await withTokens(tokens, door: door) { server in
            let connection = try await server.connect()
            try await connection.send("GET \(byGrant) HTTP/1.1\r\nHost: x\r\n\r\n")
            var events = tokens.events.makeAsyncIterator()
            _ = await events.next()
            // It is past the door.
            door.adopt(rules("allow read uid=4242424"))
            tokens.reply(.token(servedToken(), minValidMet: true))
            try await connection.send("GET \(byGrant) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let text = try await connection.readToEnd()
            #expect(text.components(separatedBy: "HTTP/1.1 ").map { $0.prefix(3) } == ["", "200", "403"])
        }
    }

    @Test("To register is to hand in, on a token socket too, and to learn nothing but whose the secret is")
    func registers() async throws {
        let port = control()
        let door = Doorkeeper(rules("allow register \(me) project=shop", "allow read uid=1"))
        try await withTokens(found, registering: port, door: door) { server in
            let reply = try await server.send("POST", "/v1/sessions", body: registration)
            #expect(reply.status == 201)
            #expect(reply.body == #"{"project":"shop","provider":"google","session_id":"s1","user_id":"ada"}"#)
            let other = try await server.send("POST", "/v1/sessions", body: #"{"project":"club","secret":"opens"}"#)
            #expect(other.status == 403)
            // A server is no project, and there is no way to name one.
            let endpoint = #"{"project":"https://evil.example/v1","secret":"opens"}"#
            #expect(try await server.send("POST", "/v1/sessions", body: endpoint).status == 400)
            #expect(try await server.get(byGrant).status == 403)
            #expect(try await server.get(bySession).status == 403)
            #expect(try await server.get("/v1/sessions").status == 405)
            #expect(try await server.get("/v1/sessions/shop/s1").status == 404)
        }
        #expect(port.registered.count == 1)
    }

    @Test("Without a rule nobody registers on a token socket, and is told what rule it takes")
    func noRegistering() async throws {
        let port = control()
        try await withTokens(found, registering: port) { server in
            let reply = try await server.send("POST", "/v1/sessions", body: registration)
            #expect(reply.status == 403)
            #expect(try reply.decode(Problem.self).detail.contains("as long as no rule of `access` in the settings"))
        }
        #expect(port.registered.isEmpty)
    }
}

@Suite("The door, before other users", .timeLimit(.minutes(10)), .enabled(if: canBeOthers))
struct StrangerTests {
    @Test("Users and groups, also supplementary ones, are those that the kernel tells")
    func kernel() async throws {
        let door = Doorkeeper(
            rules("refuse read gid=4003", "allow read uid=4001", "allow read gid=4002", "allow read uid=0"))
        try await withTokens(found, door: door) { server in
            server.letInEverybody()
            let cases: [(Stranger, Int)] = [
                (Stranger(), 403), (Stranger(user: 4001), 200), (Stranger(group: 4002), 200),
                (Stranger(groups: [7, 4002]), 200), (Stranger(groups: [7]), 403),
                (Stranger(user: 4001, groups: [4003]), 403), (Stranger(user: 4001, group: 4003), 403),
            ]
            for (stranger, status) in cases {
                let reply = try await stranger.ask(byGrant, at: server.path)
                #expect(reply.status == status, "\(stranger)")
            }
            #expect(try await server.get(byGrant).status == 200)
        }
    }

    @Test("Who has few groups or none is in no other: not in that of root, which has the number 0")
    func groupOfRoot() async throws {
        try await withTokens(found, door: Doorkeeper(rules("allow read gid=0"))) { server in
            server.letInEverybody()
            let cases: [(Stranger, Int)] = [
                (Stranger(), 403), (Stranger(groups: [7]), 403), (Stranger(groups: [7, 8, 4002]), 403),
                (Stranger(groups: [0]), 200), (Stranger(group: 0), 200),
            ]
            for (stranger, status) in cases {
                let reply = try await stranger.ask(byGrant, at: server.path)
                #expect(reply.status == status, "\(stranger)")
            }
        }
    }

    @Test("A peer in more groups than are kept is allowed nothing by them, and refused what is refused to any")
    func crowd() async throws {
        let many = (1...UInt32(Peer.most + 1)).map { 5000 + $0 }
        let door = Doorkeeper(
            rules("refuse read gid=1 user=carl", "allow read gid=5001", "allow read gid=4002 user=ada"))
        try await withTokens(found, door: door) { server in
            server.letInEverybody()
            let few = Stranger(groups: Array(many.prefix(Peer.most)))
            #expect(try await few.ask(byGrant, at: server.path).status == 200)
            let reply = try await Stranger(groups: many).ask(byGrant, at: server.path)
            #expect(reply.status == 403)
            let detail = try reply.decode(Problem.self).detail
            #expect(
                detail.contains(
                    """
                    no rule of `access` in the settings allows it (its groups beside 65534 are not known, for they are \
                    too many: none of them allows anything, and what is refused to a group is refused to it). Nothing
                    """))
            // Its own group counts.
            let own = Stranger(group: 4002, groups: many)
            #expect(try await own.ask(byGrant, at: server.path).status == 200)
            #expect(try await own.ask("/v1/tokens?user=carl&provider=google", at: server.path).status == 403)
        }
    }

    @Test("Who may only register can do nothing else on the control socket")
    func registerOnly() async throws {
        let port = control()
        let door = Doorkeeper(rules("allow register uid=4001 project=shop", "allow control gid=4002 project=shop"))
        try await withControl(port, door: door) { server in
            server.letInEverybody()
            let app = Stranger(user: 4001)
            let reply = try await app.ask("/v1/sessions", at: server.path, post: registration)
            #expect(reply.status == 201)
            #expect(reply.body == #"{"project":"shop","provider":"google","session_id":"s1","user_id":"ada"}"#)
            for path in [
                "/v1/sessions", "/v1/sessions?project=shop", "/v1/sessions/shop/s1", "/v1/status", "/v1/outlook",
            ] {
                #expect(try await app.ask(path, at: server.path).status == 403, "\(path)")
            }
            let refresh = try await app.ask("/v1/sessions/shop/s1/refresh", at: server.path, post: "")
            #expect(refresh.status == 403)
            for path in ["/v1/sessions/shop/s1", "/v1/users/ada", "/v1/users/ada?project=shop"] {
                #expect(try await app.ask(path, at: server.path, method: "DELETE").status == 403, "\(path)")
            }

            let operatorOfShop = Stranger(groups: [4002])
            for (path, status) in [
                ("/v1/sessions?project=shop", 200), ("/v1/sessions/shop/s1", 200), ("/v1/sessions", 403),
                ("/v1/status", 403), ("/v1/sessions/club/s1", 403),
            ] {
                #expect(try await operatorOfShop.ask(path, at: server.path).status == status, "\(path)")
            }
            // A user is of all projects, unless one is named.
            for (method, path) in [
                ("DELETE", "/v1/users/ada"), ("DELETE", "/v1/users/ada?project=club"),
                ("DELETE", "/v1/sessions/club/s1"), ("POST", "/v1/sessions/club/s1/refresh"),
            ] {
                let reply = try await operatorOfShop.ask(path, at: server.path, method: method)
                #expect(reply.status == 403, "\(method) \(path)")
            }
            let full = try await operatorOfShop.ask("/v1/sessions", at: server.path, post: registration)
            #expect(try full.decode(SessionBody.self).standing == "backing off")
            // Root is never locked out.
            #expect(try await server.get("/v1/status").status == 200)
            let forgotten = try await operatorOfShop.ask(
                "/v1/users/ada?project=shop", at: server.path, method: "DELETE")
            #expect(forgotten.status == 200)
        }
        #expect(port.registered.count == 2)
    }
}
