// Every connection is open from the start: what becomes of the file's name later touches none.

import Foundation
import RefreshEngine
import RefreshPolicy
import Testing

@testable import SessionStorage

@Suite("The readers of a store", .timeLimit(.minutes(10)))
struct ReadersTests {
    let folder: TestFolder

    init() async throws {
        folder = try TestFolder()
        try await folder.makeStore((0..<20).map { .sample("s\($0)") })
    }

    @Test("are all open when the store is, in the file that it was")
    func open() throws {
        let store = try folder.openStore()
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        // Another test's may be closed meanwhile.
        let files = descriptors.compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        #expect(files.count { $0 == folder.storePath } >= StoreLimits.readers + 1)
        try store.close()
    }

    @Test("go on in it where another file takes its place")
    func replaced() async throws {
        let store = try folder.openStore()
        for name in ["", "-wal", "-shm"] { try FileManager.default.removeItem(atPath: folder.storePath + name) }
        try Data("dear diary".utf8).write(toFile: folder.storePath)

        let counts = try await withThrowingTaskGroup { group in
            for _ in 0..<100 {
                group.addTask { try await store.sessions(matching: SessionFilter(), after: nil, limit: 100).count }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == Array(repeating: 20, count: 100))

        try await store.commit([.put(.sample("s99"))])
        #expect(try await store.counts().reduce(0) { $0 + $1.count } == 21)
    }
}
