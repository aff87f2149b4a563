// What the port promises of rows, held against every store alike.

import RefreshEngine
import RefreshPolicy
import Testing

@Suite("Every store", .timeLimit(.minutes(10)))
struct ContractTests {
    @Test("gives a row back as it was put, whatever it holds", arguments: StoreKind.allCases)
    func roundTrip(kind: StoreKind) async throws {
        var rows = [SessionRow.full(), .bare()]
        let verdicts: [Verdict] = [
            .sound, .failing(failures: 1, retryAt: .at(50)), .suspected(since: .at(51), lookAt: .at(52)),
            .needsLogin(since: .at(53), lookAt: .at(54)), .ended(at: .at(55)),
        ]
        rows += verdicts.enumerated().map { .full("verdict\($0.offset)", verdict: $0.element) }
        rows += Standing.allCases.enumerated().map { .sample("standing\($0.offset)", standing: $0.element) }
        rows += Reason.Code.allCases.enumerated().map { index, code in
            var row = SessionRow.sample("reason\(index)")
            row.reason = Reason(code)
            return row
        }
        try await kind.withStore { store in
            try await store.commit(rows.map(Change.put))
            for row in rows { #expect(try await store.session(row.key) == row) }
        }
    }

    @Test("replaces a whole row by a put of the same key", arguments: StoreKind.allCases)
    func replace(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.commit([.put(.full("s"))])
            try await store.commit([.put(.bare("s"))])
            #expect(try await store.session(SessionKey("app", "s")) == .bare("s"))
        }
    }

    @Test("knows nothing of a session that was removed, or never was", arguments: StoreKind.allCases)
    func remove(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.commit([.put(.sample("gone")), .put(.sample("kept"))])
            try await store.commit([.remove(SessionKey("app", "gone")), .remove(SessionKey("app", "never"))])
            #expect(try await store.session(SessionKey("app", "gone")) == nil)
            #expect(try await store.session(SessionKey("app", "never")) == nil)
            #expect(try await store.session(SessionKey("app", "kept")) != nil)
        }
    }

    @Test("applies the changes of a commit in their order", arguments: StoreKind.allCases)
    func order(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let key = SessionKey("app", "s")
            try await store.commit([.put(.full("s")), .remove(key), .put(.bare("s"))])
            #expect(try await store.session(key) == .bare("s"))
            try await store.commit([])
            #expect(try await store.session(key) == .bare("s"))
        }
    }

    @Test("finishes a commit whose task was cancelled", arguments: StoreKind.allCases)
    func cancelled(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let commit = Task { () async throws -> SessionRow? in
                withUnsafeCurrentTask { $0?.cancel() }
                try await store.commit([.put(.sample())])
                return try await store.session(SessionKey("app", "s1"))
            }
            let stored = try await commit.value
            #expect(stored == .sample())
        }
    }

    @Test("takes foreign strings for data, and never takes two for one", arguments: StoreKind.allCases)
    func foreignStrings(kind: StoreKind) async throws {
        let strings = [
            "", "'; DROP TABLE session; --", "a\0b", "a\0c", "a", "%", "é😀\u{202E}", "two\nlines", "?1", "x'00'",
            String(repeating: "long ", count: 10_000),
        ]
        try await kind.withStore { store in
            let rows = strings.enumerated().map { SessionRow.sample("s\($0.offset)", providerUID: $0.element) }
            try await store.commit(rows.map(Change.put))
            try await store.commit([.read(rows[2].grant, times: 1, at: .at(5))])
            for row in rows {
                let stored = try #require(try await store.session(row.key))
                #expect(Array(stored.providerUID.utf8) == Array(row.providerUID.utf8))
                #expect(stored.lastReadAt == (row.key == rows[2].key ? .at(5) : nil))
            }
        }
    }

    @Test("keeps a read with its grant: for all its sessions, and through every put", arguments: StoreKind.allCases)
    func demand(kind: StoreKind) async throws {
        let (first, second) = (SessionRow.sample("first"), SessionRow.sample("second"))
        let other = SessionRow.sample("other", providerUID: "another account")
        try await kind.withStore { store in
            try await store.commit([.put(first), .put(second), .put(other), .read(first.grant, times: 1, at: .at(7))])
            #expect(try await store.session(first.key)?.lastReadAt == .at(7))
            #expect(try await store.session(second.key)?.lastReadAt == .at(7))
            #expect(try await store.session(other.key)?.lastReadAt == nil)

            var written = first
            written.lastReadAt = .at(999)
            try await store.commit([.put(written)])
            #expect(try await store.session(first.key)?.lastReadAt == .at(7))

            try await store.commit([.read(first.grant, times: 1, at: .at(8))])
            #expect(try await store.sessions(of: .of("u1"), in: .of("app")).map(\.lastReadAt) == [.at(8), nil, .at(8)])
        }
    }

    @Test("forgets a read with the grant's last session", arguments: StoreKind.allCases)
    func demandEnds(kind: StoreKind) async throws {
        let (first, second) = (SessionRow.sample("first"), SessionRow.sample("second"))
        try await kind.withStore { store in
            try await store.commit([.read(first.grant, times: 1, at: .at(6)), .put(first), .put(second)])
            #expect(try await store.session(first.key)?.lastReadAt == nil)

            try await store.commit([.read(first.grant, times: 1, at: .at(7)), .remove(first.key)])
            #expect(try await store.session(second.key)?.lastReadAt == .at(7))

            let moved = SessionRow.sample("second", providerUID: "another account")
            try await store.commit([.put(moved)])
            try await store.commit([.put(second)])
            #expect(try await store.session(second.key)?.lastReadAt == nil)

            try await store.commit([.read(first.grant, times: 1, at: .at(8)), .remove(second.key), .put(second)])
            #expect(try await store.session(second.key)?.lastReadAt == nil)
        }
    }
}
