// A name of the settings stands for one project as long as sessions are stored under it.

import RefreshPolicy
import Testing

@testable import SessionStorage

@Suite("The projects behind names")
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
