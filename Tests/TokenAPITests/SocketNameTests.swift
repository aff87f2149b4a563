// What sockets may be called.

import Testing

@testable import TokenAPI

@Suite("A socket's name")
struct SocketNameTests {
    @Test(
        "is control, token, or token- and a name", arguments: ["control", "token", "token-web", "token-a", "token-2-b"])
    func names(_ text: String) {
        #expect(SocketName(text)?.rawValue == text)
    }

    @Test(
        "and nothing else",
        arguments: [
            "", "tokens", "token-", "Control", "token-Web", "token-a b", "token-ä", "web", "refreshd.socket",
            "token-" + String(repeating: "a", count: 33),
        ])
    func others(_ text: String) {
        #expect(SocketName(text) == nil)
    }
}
