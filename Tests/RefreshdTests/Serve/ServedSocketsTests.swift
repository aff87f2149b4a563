// Which sockets a run serves, by what systemd passes and by what the settings say.

import Glibc
import Testing
import TokenAPI
import UnixSockets

@testable import Refreshd
@testable import Systemd

@Suite("The sockets of a run")
struct ServedSocketsTests {
    private let settings = {
        var settings = SocketSettings()
        settings.further = ["token-ops", "token-web"].compactMap { name in
            SocketName(name).map { NamedSocket(name: $0, place: SocketPath("/run/\(name)", mode: 0o660)) }
        }
        return settings
    }()

    private func served(_ names: String...) throws(StartError) -> ServedSockets {
        try ServedSockets(
            inherited: names.enumerated().map { InheritedSocket(name: $1, descriptor: Int32(3 + $0)) }, settings)
    }

    private func names(_ sockets: [ServedSocket]) -> [String] { sockets.map(\.name.rawValue) }

    @Test("are those of the settings where none is passed")
    func byHand() throws {
        let sockets = try served()
        #expect(names(sockets.tokens) == ["token", "token-ops", "token-web"])
        #expect(names(sockets.control) == ["control"])
        #expect(sockets.left.isEmpty)
        #expect(sockets.control.first?.listener == .path(settings.control))
    }

    @Test("are those that are passed, and of a kind that is not, those of the settings")
    func passed() throws {
        let sockets = try served("control", "token", "token-web", "token")
        #expect(names(sockets.tokens) == ["token", "token-web", "token"])
        #expect(sockets.control.map(\.listener) == [.inherited(descriptor: 3)])
        #expect(sockets.all.compactMap(\.ownPath) == [], "none of their files is made anew")
        #expect(sockets.left.map(\.rawValue) == ["token-ops"], "it is told that nobody is served there")

        let some = try served("token-ops")
        #expect(some.tokens.map(\.listener) == [.inherited(descriptor: 3)])
        #expect(some.control.map(\.listener) == [.path(settings.control)])
        #expect(some.all.compactMap(\.ownPath) == [settings.control.path])
    }

    @Test("must be seen where refreshd made them, and in the folder of its own that systemd shows it")
    func seen() throws {
        let place = SocketPath("/run/refreshd/token.sock", mode: 0o660)
        let own = ServedSocket(name: .token, listener: .path(place))
        #expect(own.mustBeSeen(in: ServiceFolders()))

        let path = "/tmp/refreshd-\(UInt32.random(in: 0 ... .max)).sock"
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try #require(withSocketAddress(path) { bind(descriptor, $0, $1) } == 0)
        defer {
            close(descriptor)
            unlink(path)
        }
        let passed = ServedSocket(name: .token, listener: .inherited(descriptor: descriptor))
        #expect(!passed.mustBeSeen(in: ServiceFolders()))
        #expect(passed.mustBeSeen(in: ServiceFolders(environment: ["RUNTIME_DIRECTORY": "/tmp"])))
        #expect(!passed.mustBeSeen(in: ServiceFolders(environment: ["RUNTIME_DIRECTORY": "/run/refreshd"])))
    }

    @Test("may not have other names: all of them are told, with what is expected")
    func strangers() {
        let error = #expect(throws: StartError.self) { try served("token", "web", "refreshd-token.socket") }
        #expect(error?.kind == .config)
        #expect(
            error?.description
                == """
                systemd passes a socket that is called “web”, “refreshd-token.socket”; expected are control, token or \
                token-NAME, where NAME has 1 to 32 lowercase letters, digits and hyphens. Name it by \
                FileDescriptorName= in its socket unit.
                """)
    }

    @Test("of the settings have names as those of socket units have, and paths of their own")
    func settingsOfSockets() throws {
        func parse(_ sockets: String) throws -> SocketSettings {
            let text = "projects: { main: { endpoint: https://a.example/v1, project: a } }\nsockets: \(sockets)\n"
            return try Settings.parse(text, file: "refreshd.yaml").sockets
        }
        let read = try parse("{ token-web: { group: web, mode: 660 }, token-a: {} }")
        #expect(
            read.further.map(\.place) == [
                SocketPath("/run/refreshd/token-a.sock", mode: 0o660),
                SocketPath("/run/refreshd/token-web.sock", mode: 0o660, group: "web"),
            ])
        for (sockets, words) in [
            ("{ token-Web: {} }", "sockets.token-Web: found token-Web, expected control, token or token-NAME"),
            (
                "{ token-a: { path: /run/refreshd/token.sock } }",
                "sockets.token-a: Another socket has this path already"
            ),
            ("{ tokens: {} }", "sockets.tokens: unknown key"),
        ] {
            let error = #expect(throws: SettingsError.self) { try parse(sockets) }
            #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "")")
        }
    }
}
