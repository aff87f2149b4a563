// A copy of a store is whole, sealed, its owner's alone, and opens elsewhere with the store's key.

import Foundation
import RefreshEngine
import RefreshPolicy
import Testing

@testable import SessionStorage

@Suite("A backup", .timeLimit(.minutes(10)))
struct BackupTests {
    let folder: TestFolder
    private var target: String { folder.path + "/copy.db" }

    init() throws { folder = try TestFolder() }

    @Test("of a store in use holds all that was committed, and nothing in plain; the store goes on")
    func inUse() async throws {
        let store = try folder.openStore()
        try await store.commit([.put(.full()), .put(.sample("a", token: "canary-81d0"))])
        #expect(try StoreBackup.copy(folder.storePath, to: target) == [TestFolder.key.id])
        try await store.commit([.remove(SessionKey("app", "a"))])
        try store.close()

        #expect(try FileManager.default.attributesOfItem(atPath: target)[.posixPermissions] as? Int == 0o600)
        #expect(try file(target).range(of: Data("canary-81d0".utf8)) == nil)
        let elsewhere = try TestFolder()
        try FileManager.default.moveItem(atPath: target, toPath: elsewhere.storePath)
        let copy = try elsewhere.openStore()
        #expect(try await copy.session(SessionKey("app", "a"))?.token?.value.reveal() == "canary-81d0")
        #expect(try await copy.session(SessionRow.full().key) == .full())
        try copy.close()
    }

    @Test("of a store that nobody uses leaves it as it is")
    func atRest() async throws {
        try await folder.makeStore([.full()])
        let before = try folder.contents()
        _ = try StoreBackup.copy(folder.storePath, to: target)
        #expect(try folder.contents().filter { $0.key != "copy.db" } == before)
    }

    @Test("of a store whose keys are being changed names both")
    func betweenKeys() async throws {
        try await folder.makeStore()
        let new = SealingKey.of(Array(32..<64))
        let store = try SQLiteStore.open(
            path: folder.storePath, keys: StoreKeys(main: TestFolder.key, next: new), onDamage: { _ in })
        var change = KeyChange(of: store, to: new)
        #expect(try await change.step())
        #expect(try StoreBackup.copy(folder.storePath, to: target) == [TestFolder.key.id, new.id])
        try store.close()
    }

    @Test("of a damaged store fails, says which one is damaged, and leaves nothing unfinished")
    func damaged() async throws {
        try await folder.makeStore((0..<200).map { .sample("s\($0)") })
        var bytes = try file(folder.storePath)
        bytes.replaceSubrange(8192..<16384, with: Data(repeating: 0, count: 8192))
        try bytes.write(toFile: folder.storePath)
        let error = #expect(throws: OpenError.self) { try StoreBackup.copy(folder.storePath, to: target) }
        #expect(error.map { if case .damaged(folder.storePath, _) = $0 { true } else { false } } == true)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!names.contains { $0.hasPrefix("copy.db") })
    }

    @Test("leaves the store's mode to its owner, as does who asks for its keys")
    func mode() async throws {
        try await folder.makeStore()
        chmod(folder.storePath, 0o640)
        #expect(try StoreBackup.keys(of: folder.storePath) == [TestFolder.key.id])
        _ = try StoreBackup.copy(folder.storePath, to: target)
        let mode = try FileManager.default.attributesOfItem(atPath: folder.storePath)[.posixPermissions]
        #expect(mode as? Int == 0o640)
    }

    @Test("is never written over a file, and of no store there is none")
    func refused() async throws {
        #expect(throws: OpenError.missing(store: folder.storePath)) {
            try StoreBackup.copy(folder.storePath, to: target)
        }
        try await folder.makeStore()
        try Data("mine".utf8).write(toFile: target)
        #expect(throws: OpenError.taken(target)) { try StoreBackup.copy(folder.storePath, to: target) }
        #expect(try file(target) == Data("mine".utf8))
        #expect(throws: OpenError.self) { try StoreBackup.copy(folder.storePath, to: folder.path + "/nowhere/copy") }
        #expect(try folder.contents().keys.sorted() == ["copy.db", "store.db"])
    }
}
