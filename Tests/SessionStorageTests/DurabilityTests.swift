// Law 8: what a commit acknowledged is there after any end; what it refused has left no trace.

import Foundation
import GRDB
import RefreshEngine
import RefreshPolicy
import Testing

@testable import SessionStorage

@Suite("A store on disk", .timeLimit(.minutes(10)))
struct DurabilityTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// A kill -9 leaves what a copy of the open files holds.
    @Test("has every commit that returned, when it ends without being closed")
    func killed() async throws {
        let store = try folder.openStore()
        let rows = (0..<20).map { SessionRow.full("s\($0)") }
        for row in rows { try await store.commit([.put(row), .attempts(AttemptID(20))]) }
        let copy = try TestFolder()
        for name in ["store.db", "store.db-wal"] {
            try file(folder.path + "/" + name).write(toFile: copy.path + "/" + name)
        }
        let reopened = try copy.openStore()
        let found = try await reopened.sessions(matching: SessionFilter(), after: nil, limit: 99)
        #expect(Set(found) == Set(rows))
        #expect(try await reopened.recall().lastAttempt == AttemptID(20))
        try reopened.close()
        try store.close()
    }

    @Test("leaves neither its log nor the log's index behind when it is closed, though it was read by many")
    func closedTidily() async throws {
        let store = try folder.openStore()
        let rows = (0..<20).map { SessionRow.full("s\($0)") }
        try await store.commit(rows.map(Change.put))
        try await withThrowingTaskGroup { group in
            for row in rows {
                group.addTask {
                    let stored = try await store.session(row.key)
                    #expect(stored == row)
                }
            }
            try await group.waitForAll()
        }
        try store.close()
        try store.close()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.sorted() == ["store.db", "store.db.lock"])
        let reopened = try folder.openStore()
        #expect(Set(try await reopened.sessions(matching: SessionFilter(), after: nil, limit: 99)) == Set(rows))
        try reopened.close()
    }

    @Test("has whole commits only, wherever the log was cut off", arguments: 1...8 as ClosedRange<UInt64>)
    func cutLog(seed: UInt64) async throws {
        let store = try folder.openStore()
        for number in 0..<12 {
            try await store.commit([
                .put(.sample("first\(number)")), .put(.sample("second\(number)")),
                .attempts(AttemptID(Int64(number) + 1)),
            ])
        }
        var dice = SeededGenerator(seed: seed)
        let (main, log) = (try file(folder.storePath), try file(folder.storePath + "-wal"))
        try store.close()
        let copy = try TestFolder()
        try main.write(toFile: copy.storePath)
        try log.prefix(Int.random(in: 0..<log.count, using: &dice)).write(toFile: copy.storePath + "-wal")

        let reopened = try copy.openStore()
        let attempts = Int(try await reopened.recall().lastAttempt.number)
        let found = try await reopened.sessions(matching: SessionFilter(), after: nil, limit: 99)
        let expected = (0..<attempts).flatMap { ["first\($0)", "second\($0)"] }
        #expect(Set(found.map(\.key.session.rawValue)) == Set(expected))
        #expect(attempts < 12)
        #expect(try await reopened.counts().map(\.count).reduce(0, +) == expected.count)
        try reopened.close()
    }

    @Test("keeps nothing of a commit that failed, and goes on")
    func atomic() async throws {
        try await folder.makeStore([])
        try folder.tamper {
            try $0.execute(
                sql: """
                    CREATE TRIGGER poison BEFORE INSERT ON session WHEN new.session_id = 'poison'
                    BEGIN SELECT RAISE(ABORT, 'no'); END
                    """)
        }
        let store = try folder.openStore()
        await #expect(throws: StoreError.self) {
            try await store.commit([.put(.sample("before")), .seen(.at(1)), .put(.sample("poison"))])
        }
        #expect(try await store.counts() == [])
        #expect(try await store.recall().lastSeenAt == nil)
        try await store.commit([.put(.sample("after"))])
        #expect(try await store.session(SessionKey("app", "after")) != nil)
        try store.close()
    }

    @Test("answers readers while a write is under way", .timeLimit(.minutes(10)))
    func readersDoNotWait() async throws {
        let store = try folder.openStore()
        try await store.commit([.put(.sample())])
        let (isWriting, began) = AsyncStream<Void>.makeStream()
        let mayEnd = DispatchSemaphore(value: 0)
        store.pool.asyncWriteWithoutTransaction { database in
            do {
                try database.execute(sql: "BEGIN IMMEDIATE; DELETE FROM session;")
            } catch {
                Issue.record(error)
            }
            began.finish()
            mayEnd.wait()
            do {
                try database.execute(sql: "ROLLBACK")
            } catch {
                Issue.record(error)
            }
        }
        for await _ in isWriting {}
        #expect(try await store.session(SessionKey("app", "s1")) == .sample())
        mayEnd.signal()
        try await store.commit([.seen(.at(1))])
        try store.close()
    }

    @Test("refuses what comes after its end")
    func closed() async throws {
        let store = try folder.openStore()
        try store.close()
        await #expect(throws: StoreError.self) { try await store.commit([.seen(.at(1))]) }
        await #expect(throws: StoreError.self) { try await store.counts() }
    }

    @Test("is damaged, and says where, when a row holds what no refreshd of this version writes")
    func unreadable() async throws {
        try await folder.makeStore()
        try folder.tamper { try $0.execute(sql: "UPDATE session SET reason = 'moonshine'") }
        let store = try folder.openStore()
        let error = await #expect(throws: StoreError.self) { try await store.session(SessionKey("app", "s1")) }
        let words = error.flatMap { if case .damaged(let words) = $0 { words } else { nil } }
        #expect(words?.contains("app/s1") == true && words?.contains("reason") == true)
        #expect(words?.contains("moonshine") == false)
        try store.close()
    }

    @Test(
        "tells what may pass from what will not",
        arguments: [
            (ResultCode.SQLITE_FULL, true), (.SQLITE_READONLY, true), (.SQLITE_BUSY, true), (.SQLITE_IOERR, true),
            (.SQLITE_CANTOPEN, true), (.SQLITE_IOERR_FSYNC, true), (.SQLITE_CORRUPT, false), (.SQLITE_NOTADB, false),
            (.SQLITE_CONSTRAINT, false),
        ])
    func errors(code: ResultCode, passes: Bool) {
        let error = StoreError(
            DatabaseError(resultCode: code, message: "a token", sql: "a token", arguments: ["a token"]), store: "/store"
        )
        switch error {
        case .unavailable(let words):
            #expect(passes)
            #expect(words.contains("/store") && !words.contains("a token"))
        case .damaged(let words):
            #expect(!passes)
            #expect(words.contains("/store") && !words.contains("a token"))
        }
    }
}
