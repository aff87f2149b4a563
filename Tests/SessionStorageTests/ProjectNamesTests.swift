// A name of the settings stands for one project as long as sessions are stored under it.

import RefreshPolicy
import Testing

@testable import SessionStorage

@Suite("The projects behind names", .timeLimit(.minutes(10)))
struct ProjectNamesTests {
    private let folder: TestFolder
    private let store: SQLiteStore

    init() throws {
        folder = try TestFolder()
        store = try folder.openStore()
    }

    @Test("are noted, and a name under which sessions are stored stands for no other; then nothing is noted of any")
    func misused() async throws {
        try await store.commit([.put(.sample("s1", project: "main")), .put(.sample("s2", project: "main"))])
        #expect(try await store.note(projects: [.of("main"): "shop"]).isEmpty)
        #expect(try await store.note(projects: [.of("main"): "shop"]).isEmpty)

        let swapped: [ProjectAlias: String] = [.of("main"): "blog", .of("side"): "shop"]
        let misused = MisusedName(name: .of("main"), stored: "shop", meant: "blog", sessions: 2)
        #expect(try await store.note(projects: swapped) == [misused])
        let seen = try StoreInspection.of(folder.storePath, keys: nil, projects: swapped)
        #expect(seen?.misused == [misused])

        try await store.commit([.put(.sample("s3", project: "side"))])
        #expect(try await store.note(projects: [.of("main"): "shop", .of("side"): "any"]).isEmpty)
        try store.close()
    }

    @Test("how far the logins of one were read is not told of the other; nor forgotten where none changed")
    func marks() async throws {
        let mark = DiscoveryMark(identitiesUpTo: ServerTime(milliseconds: 7), walkedAt: .at(9))
        // As before there were names: it may be of the project that is named first.
        for name in ["main", "side"] {
            try await store.commit([
                .discovery(.of(name), .identities(upTo: ServerTime(milliseconds: 7))),
                .discovery(.of(name), .walked(at: .at(9))),
            ])
        }
        for _ in 1...2 {
            #expect(try await store.note(projects: [.of("main"): "shop", .of("side"): "blog"]).isEmpty)
            #expect(try await store.recall().marks == [.of("main"): mark, .of("side"): mark])
        }
        #expect(try await store.note(projects: [.of("main"): "news", .of("side"): "blog"]).isEmpty)
        #expect(try await store.recall().marks == [.of("side"): mark])
        try store.close()
    }

    @Test("change where nothing is stored under the name; one that left the settings is remembered")
    func change() async throws {
        #expect(try await store.note(projects: [.of("main"): "shop"]).isEmpty)
        #expect(try await store.note(projects: [.of("main"): "blog"]).isEmpty)
        try await store.commit([.put(.sample("s1", project: "main"))])
        #expect(try await store.note(projects: [.of("side"): "shop"]).isEmpty)
        #expect(try await store.note(projects: [.of("main"): "shop"]).map(\.stored) == ["blog"])
        try await store.commit([.remove(SessionRow.sample("s1", project: "main").key)])
        #expect(try await store.note(projects: [.of("main"): "shop"]).isEmpty)
        try store.close()
    }
}
