// A change of keys may end at any transaction: the store opens with what is there, and nothing that was sealed is lost.

import Dispatch
import Fakes
import Foundation
import GRDB
import RefreshEngine
import RefreshPolicy
import Testing

@testable import SessionStorage

@Suite("A change of keys", .timeLimit(.minutes(10)))
struct KeyChangeTests {
    let folder: TestFolder
    private let old = TestFolder.key
    private let new = SealingKey.of(Array(32..<64))
    private let names = (1...7).map { "s\($0)" }

    init() throws { folder = try TestFolder() }

    private func makeStore() async throws {
        try await folder.makeStore(names.map { .sample($0, token: "of \($0)") } + [.full()])
    }

    private func expectAllRead(_ store: SQLiteStore) async throws {
        for name in names {
            #expect(try await store.session(SessionKey("app", name))?.token?.value.reveal() == "of \(name)")
        }
        #expect(try await store.session(SessionRow.full().key) == .full())
    }

    private func open(_ keys: StoreKeys) throws(OpenError) -> SQLiteStore {
        try SQLiteStore.open(path: folder.storePath, keys: keys) { Issue.record("damage: \($0)") }
    }

    /// Begin, four batches of two, an empty one, the end.
    @Test(
        "broken off after any of its steps, it leaves a store that opens with both keys, and goes on", arguments: 0...7)
    func brokenOff(steps: Int) async throws {
        try await makeStore()
        let both = StoreKeys(main: old, next: new)
        let first = try open(both)
        var change = KeyChange(of: first, to: new, batch: 2)
        for _ in 0..<steps { #expect(try await change.step()) }
        try first.close()

        // The one that is used first is enough before the first step, and the other after the last.
        if steps == 0 {
            try open(StoreKeys(main: old)).close()
        } else if steps == 7 {
            try open(StoreKeys(main: new)).close()
        } else {
            let missing = OpenError.keyChangeUnfinished(store: folder.storePath, needs: new.id.description)
            #expect(throws: missing) { try open(StoreKeys(main: old)) }
        }
        let second = try open(both)
        try await expectAllRead(second)
        try await second.commit([.put(.sample("between", token: "of between"))])
        try second.close()

        let third = try open(both)
        var rest = KeyChange(of: third, to: new, batch: 2)
        while try await rest.step() {}
        #expect(rest.unopened == 0)
        try third.close()

        let last = try open(StoreKeys(main: new))
        try await expectAllRead(last)
        #expect(try await last.session(SessionKey("app", "between"))?.token?.value.reveal() == "of between")
        try last.close()
        #expect(throws: OpenError.self) { try open(StoreKeys(main: old)) }
        for (name, bytes) in try folder.contents() {
            #expect(bytes.range(of: old.id.data) == nil, "\(name) holds what the old key sealed")
        }
    }

    @Test(
        "goes on while the store is read and written: nothing is missed, whatever key it is sealed by", arguments: 1...3
    )
    func whileUsed(changes: Int) async throws {
        try await makeStore()
        let store = try open(StoreKeys(main: old))
        var last = old
        for number in 1...changes {
            last = SealingKey.of(Array(repeating: UInt8(number), count: 32))
            var change = KeyChange(of: store, to: last, batch: 1)
            var step = 0
            while try await change.step() {
                step += 1
                try await expectAllRead(store)
                try await store.commit([.put(.sample("new-\(number)-\(step)", token: "of step \(step)"))])
                try await store.commit([
                    .put(.sample(names[step % names.count], token: "of \(names[step % names.count])"))
                ])
            }
            #expect(change.unopened == 0)
        }
        try await expectAllRead(store)
        try store.close()
        let after = try open(StoreKeys(main: last))
        try await expectAllRead(after)
        #expect(try await after.session(SessionKey("app", "new-1-1"))?.token?.value.reveal() == "of step 1")
        try after.close()
    }

    @Test("that began after a read was asked for, and before it is made, leaves it what is sealed by the new key")
    func readMeanwhile() async throws {
        try await makeStore()
        let store = try open(StoreKeys(main: old))
        let held = DispatchSemaphore(value: 0)
        store.pool.asyncWriteWithoutTransaction { _ in held.wait() }
        // Each goes as far as its place in the line behind.
        let executor = ManualExecutor()
        func inLine<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) -> Task<Value, any Error> {
            defer { _ = executor.run() }
            return Task(executorPreference: executor) { try await work() }
        }
        let begun = inLine { [new] in
            var change = KeyChange(of: store, to: new)
            return try await change.step()
        }
        let written = inLine { try await store.commit([.put(.sample("late", token: "of late"))]) }
        let found = inLine { try await store.rows(of: [.session(SessionKey("app", "late"))], .inLine) }
        held.signal()
        let rows = Task {
            #expect(try await begun.value)
            try await written.value
            return try await found.value
        }
        let driver = Task {
            while !Task.isCancelled {
                _ = executor.run()
                await Task.yield()
            }
        }
        #expect(try await rows.value.first?.first?.token?.value.reveal() == "of late")
        driver.cancel()
        try store.close()
    }

    @Test("to one key is not gone on with by another")
    func otherKey() async throws {
        try await makeStore()
        let store = try open(StoreKeys(main: old, next: new))
        var change = KeyChange(of: store, to: new, batch: 2)
        #expect(try await change.step())
        try store.close()
        let third = SealingKey.of(Array(64..<96))
        #expect(throws: OpenError.keyChangeUnfinished(store: folder.storePath, needs: new.id.description)) {
            try open(StoreKeys(main: old, next: third))
        }
    }

    @Test("that a reader kept from emptying the log empties it when it is done again")
    func heldUp() async throws {
        try await makeStore()
        let store = try open(StoreKeys(main: old, next: new))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: folder.storePath, configuration: configuration)
        try await reader.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN")
            _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM session")
        }
        var change = KeyChange(of: store, to: new)
        await #expect(throws: StoreError.self) { while try await change.step() {} }
        #expect(try folder.contents()["store.db-wal"] != nil)
        try await reader.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try reader.close()

        var again = KeyChange(of: store, to: new)
        while try await again.step() {}
        #expect(again.rows == 0)
        #expect(try folder.contents()["store.db-wal"] == nil)
        try store.close()
        let after = try open(StoreKeys(main: new))
        try await expectAllRead(after)
        try after.close()
    }

    @Test("leaves a value that does not open as it is, and counts it")
    func damaged() async throws {
        try await makeStore()
        try folder.tamper {
            try $0.execute(sql: "UPDATE session SET sealed_token = x'01' WHERE session_id = 's3'")
            try $0.execute(sql: "UPDATE session SET session_id = '?' WHERE session_id = 's5'")
        }
        let store = try SQLiteStore.open(path: folder.storePath, keys: StoreKeys(main: old, next: new)) { _ in }
        var change = KeyChange(of: store, to: new)
        while try await change.step() {}
        #expect(change.rows == 8)
        #expect(change.unopened == 2)
        try store.close()
        let after = try SQLiteStore.open(path: folder.storePath, keys: StoreKeys(main: new)) { _ in }
        #expect(try await after.session(SessionKey("app", "s3"))?.token == nil)
        #expect(try await after.session(SessionKey("app", "s4"))?.token?.value.reveal() == "of s4")
        try after.close()
    }

    @Test("keeps the former key's file, and puts the new one in its place, also when that broke off")
    func files() throws {
        let files = KeyFiles(folder.keyPath)
        let former = try files.load(forStore: folder.storePath).main
        let next = try files.makeNext()
        #expect(try files.makeNext().id == next.id)
        #expect(try files.load(forStore: folder.storePath).next?.id == next.id)

        let kept = try files.settle(former: former.id)
        #expect(kept == "\(folder.keyPath).\(former.id)")
        for _ in 1...2 {
            #expect(try SealingKey.load(kept)?.id == former.id)
            #expect(try files.load(forStore: folder.storePath).main.id == next.id)
            #expect(try files.load(forStore: folder.storePath).next == nil)
            #expect(try files.settle(former: former.id) == kept)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
    }

    @Test("settles its files also where it broke off with the former key kept and the new one not in its place")
    func halfSettled() throws {
        let files = KeyFiles(folder.keyPath)
        let former = try files.load(forStore: folder.storePath).main
        let next = try files.makeNext()
        let kept = "\(folder.keyPath).\(former.id)"
        #expect(link(folder.keyPath, kept) == 0)

        #expect(try files.settle(former: former.id) == kept)
        #expect(try SealingKey.load(kept)?.id == former.id)
        #expect(try files.load(forStore: folder.storePath).main.id == next.id)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
    }

    @Test("writes no key over a file that is there")
    func taken() throws {
        try Data("mine".utf8).write(toFile: folder.keyPath)
        #expect(throws: OpenError.taken(folder.keyPath)) { try new.write(to: folder.keyPath) }
        #expect(try file(folder.keyPath) == Data("mine".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["key"])
    }
}
