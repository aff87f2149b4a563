// A look at a store leaves no trace, whether or not the daemon has it open.

import Foundation
import RefreshPolicy
import Testing

@testable import SessionStorage

@Suite("A look at a store", .timeLimit(.minutes(10)))
struct InspectionTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    /// Names, bytes, modes and times of all files, those that SQLite makes included.
    private func everything(but suffix: String = "none") throws -> [String: [AnyHashable]] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasSuffix(suffix) }
        return try names.reduce(into: [:]) { all, name in
            let path = folder.path + "/" + name
            let facts = try FileManager.default.attributesOfItem(atPath: path)
            all[name] = [try file(path), facts[.posixPermissions] as? Int, facts[.modificationDate] as? Date]
        }
    }

    @Test("finds none where there is none, and makes none")
    func none() throws {
        #expect(try StoreInspection.of(folder.storePath, keys: nil) == nil)
        #expect(try everything().isEmpty)
    }

    @Test("that is closed, or open and being written, sees all that was stored and changes nothing")
    func sees() async throws {
        let condition = Condition(
            scope: .project(.of("p")), cause: .meteredAfterAll, since: .at(1000), count: 1)
        let store = try folder.openStore()
        try await store.commit((0..<200).map { .put(.sample("s\($0)")) } + [.condition(condition)])
        chmod(folder.storePath, 0o640)
        // In the index of the log, readers of one process, who share it, leave their marks.
        let open = try everything(but: "-shm")
        #expect(open["store.db-wal"] != nil)
        let beside = try #require(try StoreInspection.of(folder.storePath, keys: StoreKeys(main: TestFolder.key)))
        #expect(try everything(but: "-shm") == open)
        // A write is not held up, and seen.
        try await store.commit([.put(.sample("s200"))])
        #expect(try StoreInspection.of(folder.storePath, keys: StoreKeys(main: TestFolder.key))?.sessions == 201)
        try store.close()

        let closed = try everything()
        #expect(closed["store.db-wal"] == nil)
        let alone = try #require(try StoreInspection.of(folder.storePath, keys: StoreKeys(main: TestFolder.key)))
        #expect(try everything() == closed)
        #expect((beside.sessions, alone.sessions) == (200, 201))
        #expect(beside.conditions == [condition] && alone.conditions == [condition])
        #expect(alone.version == alone.newestVersion && alone.size > 10_000)
    }

    @Test("that a kill left behind with its log plays nothing back")
    func leftBehind() async throws {
        let store = try folder.openStore()
        try await store.commit([.put(.sample())])
        // What a kill leaves: the files as they are while the store is open.
        let copy = try TestFolder()
        for name in ["store.db", "store.db-wal", "store.db-shm"] {
            try FileManager.default.copyItem(atPath: folder.path + "/" + name, toPath: copy.path + "/" + name)
        }
        try store.close()
        let before = try copy.contents()
        #expect(try StoreInspection.of(copy.storePath, keys: StoreKeys(main: TestFolder.key))?.sessions == 1)
        #expect(try copy.contents() == before)
    }

    @Test("throws what a start would throw")
    func refused() async throws {
        try await folder.makeStore()
        let other = SealingKey.of(Array(1...32))
        #expect(
            throws: OpenError.wrongKey(
                store: folder.storePath, storeNeeds: "\(TestFolder.key.id)", given: "\(other.id)")
        ) { try StoreInspection.of(folder.storePath, keys: StoreKeys(main: other)) }
        #expect(try StoreInspection.of(folder.storePath, keys: nil)?.sessions == 1)
        try folder.tamper { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999 of the future')") }
        #expect(throws: OpenError.newer(store: folder.storePath)) {
            try StoreInspection.of(folder.storePath, keys: nil)
        }
        try Data("no database, but long enough".utf8).write(toFile: folder.storePath)
        #expect(throws: OpenError.self) { try StoreInspection.of(folder.storePath, keys: nil) }
    }

    @Test("that is large checks no more of it than a start does")
    func large() async throws {
        try await folder.makeStore()
        // A number of free pages that no list has: only SQLite's check of the whole file counts them.
        var bytes = try file(folder.storePath)
        bytes.replaceSubrange(36..<40, with: [0, 0, 0, 99])
        try bytes.write(toFile: folder.storePath)
        #expect(throws: OpenError.self) { try StoreInspection.of(folder.storePath, keys: nil) }
        #expect(truncate(folder.storePath, Int(StoreLimits.wholeCheck) + 1) == 0)
        #expect(try StoreInspection.of(folder.storePath, keys: nil)?.sessions == 1)
    }

    @Test("of a name that means something in a URI reads that file and no other")
    func oddName() async throws {
        let odd = folder.path + "/a?mode=rw#%41.db"
        let store = try folder.openStore(odd)
        try await store.commit([.put(.sample())])
        try store.close()
        #expect(try StoreInspection.of(odd, keys: StoreKeys(main: TestFolder.key))?.sessions == 1)
    }
}
