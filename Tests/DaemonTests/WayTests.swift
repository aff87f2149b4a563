// How the daemon gets to Appwrite is what the settings say: by a proxy, by a version of IP; and until when a dev key is.

import AppwriteSimulator
import Foundation
import Glibc
import Harness
import Testing

@Suite("The way to Appwrite")
struct WayTests {
    @Test("the daemon asks the proxy for the way, with its login, and calls nobody past it")
    func proxy() async throws {
        let proxy = try Refuser()
        var plan = Plan()
        plan.settings.projects[0].lines = [
            "proxy: http://127.0.0.1:\(proxy.port)", "proxyLoginFile: /proc/self/cwd/none", "allowPlainHTTP: true",
        ]
        try await withWorld(plan) { world in
            let daemon = world.daemon
            try daemon.write("ada:swordfish\n", to: "login")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: daemon.folder + "/login")
            let settings = try daemon.text(of: "settings.yaml")
            try daemon.write(
                settings.replacing("/proc/self/cwd/none", with: daemon.folder + "/login"), to: "settings.yaml")
            let anna = try world.logIn()
            try await daemon.start()

            let asked = try await proxy.nextRequest()
            #expect(asked.hasPrefix("CONNECT 127.0.0.1:"))
            let login = Data("ada:swordfish".utf8).base64EncodedString()
            #expect(asked.lowercased().contains("proxy-authorization: basic \(login)".lowercased()))
            try await eventually("the daemon to find that out") {
                _ = try await proxy.nextRequest()
                return try !daemon.logLines(with: "Appwrite is not reached: proxy wants a login").isEmpty
            }
            #expect(try await daemon.token(of: anna).status == 404, "it went past the proxy")
            #expect(try !daemon.log.contains("swordfish"))
        }
    }

    @Test("by a version of IP that the host has no address of, nobody is called; by the other, sessions are found")
    func ipVersion() async throws {
        var plan = Plan()
        plan.settings.projects[0].host = "localhost"
        plan.settings.projects[0].lines = ["ipVersion: 6"]
        try await withWorld(plan) { world in
            let anna = try world.logIn()
            try await world.daemon.start()
            try await eventually("the daemon to say so") {
                try !world.daemon.logLines(with: "Appwrite is not reached").isEmpty
            }
            #expect(try await world.daemon.token(of: anna).status == 404)

            #expect(try await world.daemon.stop() == .exited(0))
            let settings = try world.daemon.text(of: "settings.yaml")
            try world.daemon.write(settings.replacing("ipVersion: 6", with: "ipVersion: 4"), to: "settings.yaml")
            try await world.daemon.start()
            try await world.untilServed(anna)
        }
    }

    @Test("a dev key that is over by the settings is told, and calls are counted from the start")
    func devKeyOver() async throws {
        var plan = Plan()
        plan.settings.projects[0].devKey = "devkey_0c61"
        plan.settings.projects[0].lines = ["devKeyExpires: 2020-01-31"]
        try await withWorld(plan) { world in
            try await world.daemon.start()
            try await eventually("the daemon to say so") {
                try world.daemon.logLines(with: "main: the dev key ended at 2020-01-31 00:00:00 UTC").count == 1
            }
            let hosts = try await world.daemon.control("GET", "/v1/status").json["hosts"]?.elements
            #expect(hosts?.first?["metering"]?.text == "metered")
        }
    }
}

/// A proxy that lets nobody through, and remembers who asked.
private final class Refuser: Sendable {
    let port: Int
    private let listener: Int32

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        guard isBound else { throw HarnessTrouble("no listener: \(String(cString: strerror(errno)))") }
        port = Int(UInt16(bigEndian: address.sin_port))
        guard fcntl(listener, F_SETFL, O_NONBLOCK) == 0 else { throw HarnessTrouble("no listener that does not block") }
    }

    deinit {
        close(listener)
    }

    /// Waits for one connection, refuses it, and gives what it said.
    func nextRequest() async throws -> String {
        try await eventually("somebody to ask the proxy") {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return nil }
            defer { close(connection) }
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = recv(connection, &bytes, bytes.count, 0)
            let answer = "HTTP/1.1 407 Login Needed\r\nContent-Length: 0\r\n\r\n"
            _ = answer.withCString { send(connection, $0, strlen($0), 0) }
            return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
        }
    }
}
