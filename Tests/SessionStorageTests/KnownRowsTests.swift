// What the connection that writes knows of the rows it was asked for: it spares work and never differs from what is on
// disk, which the other connections read.

import GRDB
import RefreshEngine
import RefreshPolicy
import Synchronization
import Testing

@testable import SessionStorage

@Suite("What the store knows of a row", .timeLimit(.minutes(10)))
struct KnownRowsTests {
    private let folder: TestFolder
    private let store: SQLiteStore

    init() throws {
        folder = try TestFolder()
        store = try folder.openStore()
    }

    private func known(_ key: SessionKey) async throws -> SessionRow? {
        try await store.rows(of: [.session(key)], .inLine).first?.first
    }

    private func learn(_ row: SessionRow) async throws {
        try await store.commit([.put(row)])
        #expect(try await known(row.key) == row)
    }

    /// All that a row's write may change.
    private static let fields: [@Sendable (inout SessionRow, SessionRow) -> Void] = [
        { $0.user = $1.user }, { $0.provider = $1.provider }, { $0.providerUID = $1.providerUID },
        { $0.source = $1.source }, { $0.keep = $1.keep }, { $0.secret = $1.secret }, { $0.token = $1.token },
        { $0.next = $1.next }, { $0.hasRefreshToken = $1.hasRefreshToken },
        { $0.sessionExpiresAt = $1.sessionExpiresAt }, { $0.createdAt = $1.createdAt }, { $0.foundAt = $1.foundAt },
        { $0.lookedAt = $1.lookedAt }, { $0.verdict = $1.verdict }, { $0.isElected = $1.isElected },
        { $0.attempt = $1.attempt }, { $0.standing = $1.standing }, { $0.reason = $1.reason },
        { $0.wakeAt = $1.wakeAt }, { $0.want = $1.want }, { $0.claim = $1.claim }, { $0.episodes = $1.episodes },
    ]

    @Test("leaves no change of it unwritten, whichever of its fields changes")
    func everyField() async throws {
        var row = SessionRow.bare("s")
        var other = SessionRow.full("s")
        (other.createdAt, other.foundAt, other.lookedAt, other.sessionExpiresAt) = (.at(61), .at(62), .at(63), .at(64))
        other.hasRefreshToken = true
        row.isElected = true
        try await store.commit([.put(row)])
        for change in Self.fields {
            #expect(try await known(row.key) == row)
            let before = row
            change(&row, other)
            #expect(row != before)
            try await store.commit([.put(row)])
            #expect(try await store.session(row.key) == row)
        }
        #expect(row == other)
        // The key, and what is written with the grant.
        #expect(Mirror(reflecting: row).children.count == Self.fields.count + 3)
        try store.close()
    }

    @Test("tells accounts apart that are one text to Swift")
    func accountBytes() async throws {
        var row = SessionRow.sample("s", providerUID: "caf\u{E9}")
        try await learn(row)
        row.providerUID = "cafe\u{301}"
        try await store.commit([.put(row)])
        #expect(try await store.session(row.key)?.grant == row.grant)
        #expect(try await known(row.key)?.grant == row.grant)
        try store.close()
    }

    @Test("spares the search for it, and writing what did not change")
    func spared() async throws {
        var row = SessionRow.full("s")
        try await learn(row)
        let statements = Mutex<[String]>([])
        try await store.pool.writeWithoutTransaction { database in
            database.trace { event in
                if case .statement(let statement) = event { statements.withLock { $0.append(statement.sql) } }
            }
        }
        row.wakeAt = .at(1000)
        try await store.commit([.put(row), .put(row)])
        let lookups = [Lookup.session(row.key), .user(row.user, row.key.project)]
        #expect(try await store.rows(of: lookups, .inLine) == [[row], [row]])
        let ofSessions = statements.withLock { $0 }.filter { $0.contains("session") && !$0.hasPrefix("--") }
        #expect(ofSessions.count == 2)
        #expect(ofSessions.first == RowUpdate.of(.course).sql)
        #expect(ofSessions.last == KnownRows.sessionsOfUser)
        try store.close()
    }

    @Test("is forgotten where another program writes to the file")
    func foreignWrite() async throws {
        let row = SessionRow.full("s")
        try await learn(row)
        try folder.tamper { try $0.execute(sql: "UPDATE session SET user_id = 'eve', want = 5000") }
        var changed = row
        changed.user = .of("eve")
        changed.want = .at(5)
        #expect(try await known(row.key) == changed)
        try folder.tamper { try $0.execute(sql: "UPDATE session SET user_id = 'mallory'") }
        try await store.commit([.put(changed)])
        #expect(try await store.session(row.key) == changed)
        try store.close()
    }

    @Test("is what it was when a write of it fails")
    func failedWrite() async throws {
        try folder.tamper { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER refuse BEFORE INSERT ON budget BEGIN SELECT RAISE(ABORT, 'refused'); END
                    """)
        }
        let row = SessionRow.full("s")
        try await learn(row)
        var changed = row
        changed.standing = .fresh
        let record = BudgetRecord(host: HostName("h"), resetAt: .at(1), limit: 10, spent: 1, inFlight: 0)
        await #expect(throws: StoreError.self) {
            try await store.commit([.put(changed), .budget(record)])
        }
        #expect(try await known(row.key) == row)
        try await store.commit([.put(changed)])
        #expect(try await store.session(row.key) == changed)
        try store.close()
    }

    @Test("is nothing where a value of it does not unseal: the next write clears that")
    func damaged() async throws {
        try store.close()
        let store = try folder.openStore(onDamage: { _ in })
        try await store.commit([.put(.full("s"))])
        try folder.tamper { try $0.execute(sql: "UPDATE session SET sealed_next = x'00'") }
        var row = try #require(try await store.rows(of: [.session(SessionRow.full("s").key)], .inLine).first?.first)
        #expect(row.next == nil)
        row.wakeAt = .at(1000)
        try await store.commit([.put(row)])
        let cleared = try await store.pool.read { database in
            try Bool.fetchOne(database, sql: "SELECT sealed_next IS NULL FROM session")
        }
        #expect(cleared == true)
        try store.close()
    }

    @Test("does not outlive its use, however many there are")
    func bounded() {
        let known = KnownRows()
        let rows = (0..<3000).map { SessionRow.sample("s\($0)", token: String(repeating: "t", count: 4000)) }
        for row in rows {
            known.remember(row)
            #expect(known[rows[0].key] == rows[0], "it is asked for all the time")
            known.follow(.put(rows[0]))
        }
        #expect(known[rows[1].key] == nil)
        #expect(known[rows[2999].key] == rows[2999])
    }
}
