// What is wrong with a store is found when it is opened, said plainly, and left as it was.

import Foundation
import GRDB
import RefreshEngine
import RefreshPolicy
import Testing

@testable import SessionStorage

@Suite("A store is not opened, and left as it was,", .timeLimit(.minutes(10)))
struct OpeningTests {
    let folder: TestFolder

    init() async throws {
        folder = try TestFolder()
        try await folder.makeStore((0..<200).map { .sample("s\($0)") })
    }

    private func expectRefusal(
        _ isExpected: (OpenError) -> Bool, key: SealingKey = TestFolder.key,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try folder.contents()
        let error = #expect(throws: OpenError.self, sourceLocation: sourceLocation) { try folder.openStore(key: key) }
        if let error {
            #expect(isExpected(error), "\(error)", sourceLocation: sourceLocation)
            #expect("\(error)".contains(folder.storePath), sourceLocation: sourceLocation)
        }
        #expect(try folder.contents() == before, sourceLocation: sourceLocation)
    }

    @Test("with another key")
    func wrongKey() throws {
        let other = SealingKey.of(Array(1...32))
        try expectRefusal(
            { $0 == .wrongKey(store: folder.storePath, storeNeeds: "\(TestFolder.key.id)", given: "\(other.id)") },
            key: other)
    }

    @Test("with a key that claims to be the right one")
    func forgedKeyID() throws {
        let other = SealingKey.of(Array(1...32))
        try folder.tamper { try $0.execute(sql: "UPDATE meta SET key_id = ?", arguments: [other.id.data]) }
        try expectRefusal({ if case .wrongKey = $0 { true } else { false } }, key: other)
    }

    @Test("when a later refreshd wrote it")
    func newer() throws {
        try folder.tamper { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999 of the future')") }
        try expectRefusal { $0 == .newer(store: folder.storePath) }
    }

    @Test("when it is another program's database")
    func anotherProgram() throws {
        try folder.tamper { try $0.execute(sql: "PRAGMA application_id = 1") }
        try expectRefusal { if case .foreign = $0 { true } else { false } }
    }

    @Test("when it is no database")
    func noDatabase() throws {
        try Data("dear diary".utf8).write(toFile: folder.storePath)
        try expectRefusal { if case .foreign = $0 { true } else { false } }
    }

    @Test("when it is a folder")
    func aFolder() throws {
        try FileManager.default.removeItem(atPath: folder.storePath)
        try FileManager.default.createDirectory(atPath: folder.storePath, withIntermediateDirectories: false)
        let error = #expect(throws: OpenError.self) { try folder.openStore() }
        #expect(error.map { "\($0)" }?.contains(folder.storePath) == true)
    }

    @Test("when it was cut short", arguments: [0, 10, 50, 100, 5000, 40_000])
    func cutShort(size: Int) throws {
        try file(folder.storePath).prefix(size).write(toFile: folder.storePath)
        try expectRefusal { if case .damaged = $0 { true } else { false } }
    }

    @Test("when a part of it was overwritten")
    func overwritten() throws {
        var bytes = try file(folder.storePath)
        bytes.replaceSubrange(8192..<16384, with: Data(repeating: 0, count: 8192))
        try bytes.write(toFile: folder.storePath)
        try expectRefusal { if case .damaged = $0 { true } else { false } }
    }

    @Test("when it was cut short beside a log that is whole")
    func cutShortWithLog() async throws {
        let store = try folder.openStore()
        try await store.commit([.put(.sample("logged"))])
        let (main, log) = (try file(folder.storePath), try file(folder.storePath + "-wal"))
        try store.close()
        // What the store needs to be opened stands at its beginning and is left.
        try main.dropLast(3 * 4096).write(toFile: folder.storePath)
        try log.write(toFile: folder.storePath + "-wal")
        try expectRefusal { if case .damaged = $0 { true } else { false } }
    }

    @Test("while another has it, and says who")
    func locked() throws {
        let store = try folder.openStore()
        #expect(throws: OpenError.locked(store: folder.storePath, holder: getpid())) { try folder.openStore() }
        try store.close()
        try folder.openStore().close()
    }

    @Test("unless who had it is dead: the file that names a process locks nothing")
    func leftoverLock() throws {
        try Data("4194304\n".utf8).write(toFile: folder.storePath + ".lock")
        try folder.openStore().close()
    }

    @Test("in a folder that is not there")
    func noFolder() {
        let path = folder.path + "/nowhere/store.db"
        #expect(throws: OpenError.folderMissing(folder.path + "/nowhere")) { try folder.openStore(path) }
    }

    /// The kernel's own file system takes no files, from root neither.
    @Test("where it may not be written")
    func noPermission() {
        let error = #expect(throws: OpenError.self) { try folder.openStore("/sys/refreshd-test.db") }
        #expect(error.map { if case .noPermission = $0 { true } else { false } } == true)
    }
}

@Suite("A new store", .timeLimit(.minutes(10)))
struct NewStoreTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test("and all that belongs to it is its owner's alone")
    func modes() async throws {
        let key = try SealingKey.loadOrCreate(path: folder.keyPath, forStore: folder.storePath)
        let store = try folder.openStore(key: key)
        try await store.commit([.put(.sample())])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == ["key", "store.db", "store.db-shm", "store.db-wal", "store.db.lock"])
        for name in names {
            let mode = try FileManager.default.attributesOfItem(atPath: folder.path + "/" + name)[.posixPermissions]
            #expect(mode as? Int == 0o600, "\(name)")
        }
        try store.close()
    }

    @Test("is tightened again where somebody opened it to others")
    func tightened() async throws {
        try await folder.makeStore()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.storePath)
        try folder.openStore().close()
        let mode = try FileManager.default.attributesOfItem(atPath: folder.storePath)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test("is made whole although an earlier try was killed half-way")
    func leftoverFirstStart() async throws {
        try Data("half a page".utf8).write(toFile: folder.storePath + ".new")
        try Data("half a journal".utf8).write(toFile: folder.storePath + ".new-journal")
        try await folder.makeStore()
        let store = try folder.openStore()
        #expect(try await store.session(SessionKey("app", "s1")) == .sample())
        try store.close()
    }

    /// SQLite would play the old log into the new file and so mix the two.
    @Test("takes nothing over from the log of one that was removed")
    func leftoverLog() async throws {
        let old = try folder.openStore()
        try await old.commit([.put(.sample("old"))])
        let log = try file(folder.storePath + "-wal")
        try old.close()
        try FileManager.default.removeItem(atPath: folder.storePath)
        try log.write(toFile: folder.storePath + "-wal")

        let new = try folder.openStore()
        #expect(try await new.counts() == [])
        try await new.commit([.put(.sample("new"))])
        try new.close()
        let again = try folder.openStore()
        #expect(try await again.sessions(matching: SessionFilter(), after: nil, limit: 9) == [.sample("new")])
        try again.close()
    }

    @Test("loses no commit when the power fails, keeps nothing that was deleted, and maps no memory")
    func settings() throws {
        let store = try folder.openStore()
        let settings = try ["journal_mode", "synchronous", "secure_delete", "mmap_size", "temp_store"].map { name in
            try store.pool.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA \(name)") }
        }
        #expect(settings == ["wal", "2", "1", "0", "2"])
        try store.close()
    }
}
