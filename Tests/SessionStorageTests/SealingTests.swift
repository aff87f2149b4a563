// Law 7 on disk: no secret in plain in any file, and none that opens anywhere but where it was sealed.

import Foundation
import GRDB
import RefreshEngine
import RefreshPolicy
import Synchronization
import Testing

@testable import SessionStorage

@Suite("Secrets in the store", .timeLimit(.minutes(10)))
struct SealingTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test("are in none of its files: not in the store, its log, its index or what is left of them")
    func canary() async throws {
        let key = try SealingKey.loadOrCreate(path: folder.keyPath, forStore: folder.storePath)
        let store = try folder.openStore(key: key)
        let canaries = ["canary-secret-1f9c", "canary-token-7b2e", "canary-next-c04d", "canary-replaced-55aa"]
        var row = SessionRow.full()
        row.providerUID = "a foreign id in plain"
        row.secret = Secret(canaries[0])
        row.token?.value = .of(canaries[3])
        row.next?.value = .of(canaries[2])
        try await store.commit([.put(row), .put(.sample("removed", token: canaries[3]))])
        try await store.commit([.remove(SessionKey("app", "removed"))])
        row.token?.value = .of(canaries[1])
        try await store.commit([.put(row)])
        #expect(try await store.session(row.key)?.token?.value.reveal() == canaries[1])

        func expectHidden() throws {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            let files = try names.reduce(into: [:]) { $0[$1] = try file(folder.path + "/" + $1) }
            let keyText = try #require(files["key"]).dropLast()
            for (name, bytes) in files {
                for canary in canaries { #expect(bytes.range(of: Data(canary.utf8)) == nil, "\(name): \(canary)") }
                if name != "key" { #expect(bytes.range(of: Data(base64Encoded: keyText)!) == nil, "\(name)") }
            }
            // What is not secret is found, so the search can find.
            #expect(files.values.contains { $0.range(of: Data(row.providerUID.utf8)) != nil })
        }
        #expect(try folder.contents()["store.db-wal"] != nil)
        try expectHidden()
        try store.close()
        try expectHidden()
    }

    @Test("look different each time they are sealed")
    func nonces() throws {
        let seal = Sealer(key: TestFolder.key).seal(of: SessionKey("app", "s"))
        let secret = Secret.of("the same")
        #expect(try seal.seal(secret, as: .token) != seal.seal(secret, as: .token))
    }

    @Test("open only in their own project, session and column, under their own key, unchanged")
    func bound() throws {
        let secret = Secret.of("bound")
        let sealer = Sealer(key: TestFolder.key)
        let sealed = try sealer.seal(of: SessionKey("app", "s")).seal(secret, as: .token)
        #expect(sealer.seal(of: SessionKey("app", "s")).open(sealed, as: .token) == secret)

        #expect(sealer.seal(of: SessionKey("app", "s")).open(sealed, as: .next) == nil)
        #expect(sealer.seal(of: SessionKey("app", "t")).open(sealed, as: .token) == nil)
        #expect(sealer.seal(of: SessionKey("two", "s")).open(sealed, as: .token) == nil)
        let other = Sealer(key: SealingKey.of(Array(1...32)))
        #expect(other.seal(of: SessionKey("app", "s")).open(sealed, as: .token) == nil)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(sealer.seal(of: SessionKey("app", "s")).open(changed, as: .token) == nil)
        }
        for length in 0..<sealed.count {
            #expect(sealer.seal(of: SessionKey("app", "s")).open(sealed.prefix(length), as: .token) == nil)
        }
    }

    /// One damaged session takes no other with it, or a flipped bit would stop the loop; and the row that is left wants
    /// a look, which brings the token back.
    @Test("that were moved to another row are not used: their rows are shown without them, and told once")
    func moved() async throws {
        try await folder.makeStore([
            .sample("a", token: "of a", wakeAt: .at(1), want: .at(1), claim: .of(1)),
            .sample("b", token: "of b", wakeAt: .at(2), want: .at(2), claim: .of(2)),
        ])
        try folder.tamper {
            try $0.execute(
                sql: """
                    UPDATE session SET sealed_token = (SELECT sealed_token FROM session WHERE session_id = 'a')
                    WHERE session_id = 'b'
                    """)
        }
        let told = Mutex<[StoreError]>([])
        let store = try folder.openStore(onDamage: { error in told.withLock { $0.append(error) } })
        func errand(limit: Int) -> Errand {
            Errand(projects: [.of("app")], order: .kept(from: nil), held: [], limit: limit)
        }
        // What is not handed out is not opened.
        #expect(try await store.contenders(in: [.of("app")], limit: 9).map(\.claim) == [.of(2), .of(1)])
        #expect(try await store.rows(for: errand(limit: 1)).map { $0.token?.value.reveal() } == ["of a"])
        #expect(told.withLock { $0 } == [])
        let listings = [
            try await store.due(at: .at(9), latest: .at(9), in: [.of("app")], limit: 9),
            try await store.rows(for: errand(limit: 9)),
            try await store.sessions(of: .of("u1"), in: .of("app")),
            try await store.sessions(matching: SessionFilter(), after: nil, limit: 9),
        ]
        for rows in listings { #expect(rows.map { $0.token?.value.reveal() } == ["of a", nil]) }
        #expect(try await store.session(SessionKey("app", "b"))?.token == nil)
        #expect(told.withLock { $0 } == [.unopened(.token, of: SessionKey("app", "b"))])

        try await store.commit([.put(.sample("b", token: "anew"))])
        #expect(try await store.session(SessionKey("app", "b"))?.token?.value.reveal() == "anew")
        try store.close()
    }

    @Test("that do not unseal have no place in a list by the tokens' ends, and every page of it is whole")
    func listedByEnd() async throws {
        let ids = (0..<12).map { "s\($0 / 10)\($0 % 10)" }
        try await folder.makeStore(
            ids.enumerated().map { place, id in
                var row = SessionRow.sample(id)
                row.token?.expiresAt = .at(100 + Int64(place) / 2)
                return row
            })
        // Among them the last of a page, and all of one.
        let damaged: Set = ["s01", "s04", "s05", "s06", "s07", "s08", "s11"]
        try folder.tamper { database in
            for id in damaged {
                try database.execute(
                    sql: "UPDATE session SET sealed_token = x'00' WHERE session_id = ?", arguments: [id])
            }
        }
        let store = try folder.openStore(onDamage: { _ in })
        for limit in 1...5 {
            var filter = SessionFilter()
            filter.ending = SessionFilter.Span(from: .at(100), to: .at(200))
            var found: [SessionRow] = []
            while true {
                let page = try await store.sessions(matching: filter, after: found.last?.key, limit: limit)
                found += page
                guard page.count == limit else { break }
                let end = try #require(page.last?.token?.expiresAt, "what the next page begins with")
                filter.ending = SessionFilter.Span(from: end, to: .at(200))
            }
            #expect(found.map(\.key.session.rawValue) == ids.filter { !damaged.contains($0) }, "\(limit) a page")
        }
        try store.close()
    }

    @Test("that were moved to another column of their row are not used")
    func movedColumn() async throws {
        try await folder.makeStore([.full()])
        try folder.tamper { try $0.execute(sql: "UPDATE session SET sealed_token = sealed_secret") }
        let store = try folder.openStore(onDamage: { _ in })
        let row = try #require(try await store.session(SessionRow.full().key))
        #expect(row.token == nil)
        #expect(row.secret == SessionRow.full().secret)
        #expect(row.next == SessionRow.full().next)
        try store.close()
    }
}
