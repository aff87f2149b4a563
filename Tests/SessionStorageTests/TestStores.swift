// Stores to test: in memory, and on disk in a folder that goes with the test.

import Fakes
import Foundation
import GRDB
import RefreshEngine
import RefreshPolicy
import Testing

@testable import SessionStorage

/// Which store a test of the port runs against.
enum StoreKind: CaseIterable, CustomTestStringConvertible {
    case memory
    case sqlite

    var testDescription: String {
        switch self {
        case .memory: "in memory"
        case .sqlite: "SQLite"
        }
    }

    func withStore(_ test: (any SessionStore) async throws -> Void) async throws {
        switch self {
        case .memory:
            try await test(MemoryStore())
        case .sqlite:
            let folder = try TestFolder()
            let store = try folder.openStore()
            try await test(store)
            try store.close()
        }
    }
}

/// A folder of its own for one test, removed when the test is over.
final class TestFolder {
    let path: String

    static let key = SealingKey.of(Array(0..<32))

    init() throws {
        path = NSTemporaryDirectory() + "refreshd-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            Issue.record("\(path) was not removed: \(error)")
        }
    }

    var storePath: String { path + "/store.db" }
    var keyPath: String { path + "/key" }

    func openStore(
        _ path: String? = nil, key: SealingKey = TestFolder.key,
        onDamage: @escaping @Sendable (StoreError) -> Void = { Issue.record("damage: \($0)") }
    ) throws(OpenError) -> SQLiteStore {
        try SQLiteStore.open(path: path ?? storePath, keys: StoreKeys(main: key), onDamage: onDamage)
    }

    /// A store with these rows, closed again.
    func makeStore(_ rows: [SessionRow] = [.sample()]) async throws {
        let store = try openStore()
        try await store.commit(rows.map(Change.put))
        try store.close()
    }

    /// The bytes of all files by name, but for those that hold nothing and those that whoever looks makes anew: the
    /// lock, and SQLite's index of the log.
    func contents() throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        let lasting = names.filter { !$0.hasSuffix(".lock") && !$0.hasSuffix("-shm") }
        return try lasting.reduce(into: [:]) { $0[$1] = try file(path + "/" + $1) }.filter { !$0.value.isEmpty }
    }
}

extension SealingKey {
    static func of(_ bytes: [UInt8]) -> SealingKey {
        guard let key = SealingKey(bytes) else { preconditionFailure("\(bytes.count) bytes are no key") }
        return key
    }
}

func file(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
}

extension Data {
    func write(toFile path: String) throws {
        try write(to: URL(fileURLWithPath: path))
    }
}

extension TestFolder {
    /// Does to a closed store what only somebody else would.
    func tamper(_ body: (Database) throws -> Void) throws {
        let database = try DatabaseQueue(path: storePath)
        try database.write(body)
        try database.close()
    }
}
