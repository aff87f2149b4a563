// The search must find what it is told to find, in whatever bytes it stands.

import Foundation
import Testing

@testable import Demo

@Suite("The search for secrets")
struct SecretSearchTests {
    private let role = Cast.roles[0]

    @Test("finds a key, a session secret and what is in it, and any token of a user")
    func finds() throws {
        var search = SecretSearch()
        search.add("a key", "standard_1234")
        let secret = Data(#"{"id":"anna","secret":"0123456789abcdef"}"#.utf8).base64EncodedString()
        try search.add(sessionSecret: secret, of: role)
        search.add(tokensOf: role)
        let texts = ["standard_1234", secret, "0123456789abcdef", "at_anna_g7_00", "rt_anna_g0_11", "eyJhbGciOiJIUzI1"]
        for text in texts {
            let bytes = Data([0xFF, 0x00]) + Data(text.utf8) + Data([0xFE])
            #expect(search.findings(in: bytes, of: "here").leaks.map(\.place) == ["here"], "\(text)")
        }
        #expect(search.findings(in: Data("user anna, at google".utf8), of: "here").leaks == [])
    }

    @Test("searches files, and files below folders")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "search-\(UUID().uuidString)")
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        try FileManager.default.createDirectory(
            at: folder.appending(path: "deep"), withIntermediateDirectories: true)
        try Data("at_anna_g0".utf8).write(to: folder.appending(path: "deep/one"))
        try Data("rt_anna_g0".utf8).write(to: folder.appending(path: "two"))
        var search = SecretSearch()
        search.add(tokensOf: role)
        let findings = try search.findings(inFiles: [folder.path + "/deep", folder.path + "/two"])
        #expect(findings.leaks.map(\.place) == [folder.path + "/deep/one", folder.path + "/two"])
        #expect(findings.bytes == 20)
    }
}
