// A key is made once, for a new store, and never in place of one that is lost.

import Foundation
import Testing

@testable import SessionStorage

@Suite("The key", .timeLimit(.minutes(10)))
struct SealingKeyTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func load() throws(OpenError) -> SealingKey {
        try SealingKey.loadOrCreate(path: folder.keyPath, forStore: folder.storePath)
    }

    @Test("is made at the first start, and is the same at the next")
    func madeOnce() throws {
        let made = try load()
        let text = try file(folder.keyPath)
        #expect(Data(base64Encoded: text.dropLast())?.count == 32)
        #expect(try load().id == made.id)
        #expect(try file(folder.keyPath) == text)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["key"])
    }

    @Test("differs from store to store")
    func unique() throws {
        #expect(try load().id != (try SealingKey.loadOrCreate(path: folder.path + "/other", forStore: "/none")).id)
    }

    @Test("is never made anew for a store that is there")
    func missing() async throws {
        try await folder.makeStore()
        #expect(throws: OpenError.keyMissing(key: folder.keyPath, store: folder.storePath)) { try load() }
        #expect(!FileManager.default.fileExists(atPath: folder.keyPath))
    }

    @Test("is refused when others can read it", arguments: [0o640, 0o604, 0o660])
    func exposed(mode: Int) throws {
        _ = try load()
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.keyPath)
        #expect(throws: OpenError.keyExposed(path: folder.keyPath, mode: UInt32(mode))) { try load() }
    }

    @Test("is 32 bytes, raw or as base64, and nothing else")
    func forms() throws {
        let bytes = Array(UInt8(0)..<32)
        let base64 = Data(bytes).base64EncodedString()
        let raw = try #require(SealingKey(bytes))
        #expect(SealingKey(Array(base64.utf8))?.id == raw.id)
        #expect(SealingKey(Array("\(base64)\n".utf8))?.id == raw.id)
        for wrong in ["", "password", String(base64.dropLast(4)), base64 + base64, String(repeating: "!", count: 44)] {
            #expect(SealingKey(Array(wrong.utf8)) == nil, "\(wrong)")
        }
        #expect(SealingKey(bytes + [10]) == nil)
    }

    @Test("is refused when its file holds something else, and stays as it is")
    func malformed() throws {
        try Data("not a key\n".utf8).write(toFile: folder.keyPath)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.keyPath)
        #expect(throws: OpenError.keyMalformed(folder.keyPath)) { try load() }
        #expect(try file(folder.keyPath) == Data("not a key\n".utf8))
    }

    @Test("needs a folder to be made in")
    func noFolder() {
        #expect(throws: OpenError.folderMissing(folder.path + "/nowhere")) {
            try SealingKey.loadOrCreate(path: folder.path + "/nowhere/key", forStore: folder.storePath)
        }
    }

    @Test("leaves nothing of itself beside a file that was there, or where making it fails (law 7)")
    func unfinished() throws {
        try Data("mine".utf8).write(toFile: folder.keyPath)
        #expect(throws: OpenError.taken(folder.keyPath)) { try TestFolder.key.write(to: folder.keyPath) }
        let failure = OpenError.unavailable(path: "other", cause: "the disk failed")
        #expect(throws: failure) {
            try Path.make(folder.path + "/other") { unfinished throws(OpenError) in
                try OpenFile(unfinished, O_RDWR).replaceContents(with: Array("half a key".utf8))
                throw failure
            }
        }
        #expect(try folder.contents() == ["key": Data("mine".utf8)])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["key"])
    }

    @Test("is refused by a file system without links, and no owner is blamed", arguments: [EPERM, EOPNOTSUPP])
    func noLinks(code: Int32) {
        let words = OpenError(ofLink: code, at: "/stick/key").description
        #expect(words.contains("/stick/key") && words.contains("file system") && !words.contains("chown"))
    }

    @Test("never shows (law 7)")
    func hidden() throws {
        let key = try load()
        let text = String(decoding: try file(folder.keyPath), as: UTF8.self).dropLast()
        var dumped = ""
        dump(key, to: &dumped)
        for shown in ["\(key)", String(reflecting: key), dumped] { #expect(!shown.contains(text)) }
        #expect("\(key)" == "<key \(key.id)>")
    }
}
