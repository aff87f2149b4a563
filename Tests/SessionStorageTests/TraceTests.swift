// What is removed leaves nothing in the store's files: no id, no time of reading, no sealed value; whatever was written
// over and over before.

import Foundation
import GRDB
import RefreshEngine
import RefreshPolicy
import Testing

@testable import SessionStorage

@Suite("A removed session", .timeLimit(.minutes(10)))
struct TraceTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    /// Ids that stand nowhere else by chance.
    private func row(_ number: Int, using dice: inout SeededGenerator) -> SessionRow {
        let wakeAt = WallTime.at(.random(in: 0...9_999_999, using: &dice))
        let isDue = Bool.random(using: &dice)
        return .sample(
            "session-number-\(number)-", user: "user-number-\(number)-", providerUID: "account-number-\(number)-",
            token: String(repeating: "t", count: .random(in: 20...3000, using: &dice)),
            standing: isDue ? .due : .fresh, wakeAt: wakeAt, want: isDue ? wakeAt : nil,
            claim: .of(.random(in: 0...9_999_999, using: &dice)))
    }

    /// The numbers whose ids stand in a file of the store.
    private func found(_ numbers: some Sequence<Int>) throws -> [Int] {
        let files = try folder.contents().values
        return numbers.filter { number in
            ["session", "user", "account"].contains { word in
                files.contains { $0.range(of: Data("\(word)-number-\(number)-".utf8)) != nil }
            }
        }
    }

    @Test("is in none of the store's bytes when the commit returns, also of a store that was much written")
    func nothing() async throws {
        var dice = SeededGenerator(seed: 5)
        let store = try folder.openStore()
        for _ in 0..<6 {
            let numbers = (0..<400).filter { _ in Bool.random(using: &dice) }
            try await store.commit(numbers.map { .put(row($0, using: &dice)) })
            try await store.commit(numbers.prefix(90).map { .read(row($0, using: &dice).grant, times: 2, at: .at(5)) })
        }
        let known = try await store.sessions(matching: SessionFilter(), after: nil, limit: 1000)
        let numbers = known.compactMap { Int($0.key.session.rawValue.split(separator: "-").last ?? "") }
        #expect(try found(numbers).count == numbers.count, "else this test would prove nothing")

        let gone = numbers.shuffled(using: &dice).prefix(120)
        try await store.commit(gone.map { .remove(SessionKey("app", "session-number-\($0)-")) })

        #expect(try found(gone) == [])
        #expect(try found(numbers).count == numbers.count - gone.count)
        try store.close()
    }

    @Test("is wiped from the log later where somebody was reading the store just then")
    func later() async throws {
        var dice = SeededGenerator(seed: 6)
        let store = try folder.openStore()
        try await store.commit((1...3).map { .put(row($0, using: &dice)) })
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: folder.storePath, configuration: configuration)
        try await reader.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN")
            _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM session")
        }
        try await store.commit([.remove(SessionKey("app", "session-number-1-"))])
        #expect(try await store.session(SessionKey("app", "session-number-1-")) == nil)
        #expect(try found(1...3) == [1, 2, 3])

        let second = Change.remove(SessionKey("app", "session-number-3-"))
        #expect(!store.traces.mayBeWiped(after: [second]), "no removal waits for the same reader again")
        #expect(store.traces.mayBeWiped(after: [.seen(.at(8))]))
        try await store.commit([second])
        #expect(try found(1...3) == [1, 2, 3])
        try await reader.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try reader.close()

        try await store.commit([.put(row(2, using: &dice))])
        #expect(try found(1...3) == [1, 2, 3], "no write waits for it")
        try await store.commit([.seen(.at(9))])
        #expect(try found(1...3) == [2])
        #expect(store.traces.mayBeWiped(after: [second]), "the next removal is wiped at once again")
        try store.close()
    }
}
