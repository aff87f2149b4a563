// Lists by query, and the two forms of dates.
import AppwriteModel
import AppwriteSimulator
import Testing

@Suite("Lists")
struct ListingTests {
    private let key = Caller(project: "demo", apiKey: "key")

    /// Five users, each a minute after the one before.
    private func world() -> ModelFixture {
        var world = ModelFixture()
        for name in ["anna", "bob", "cleo", "dan", "eve"] {
            _ = world.logIn(uid: name)
            world.now += ModelFixture.minute
        }
        return world
    }

    private func names(_ queries: String..., in world: ModelFixture) throws -> [String] {
        let parsed = try Query.all(in: queries.map { ("queries[]", $0) })
        return try world.server.identities(parsed, by: key, now: world.now).rows.map(\.providerUID)
    }

    private func refusal(_ query: String) throws -> Refusal? {
        let world = world()
        return #expect(throws: Refusal.self) { try names(query, in: world) }
    }

    @Test("come in order of creation, 25 at a time, or as asked")
    func order() throws {
        var world = world()
        #expect(try names(in: world) == ["anna", "bob", "cleo", "dan", "eve"])
        #expect(
            try names(#"{"method":"orderDesc","attribute":"$createdAt"}"#, in: world)
                == ["eve", "dan", "cleo", "bob", "anna"])
        for number in 0..<30 { _ = world.logIn(uid: "more\(number)") }
        #expect(try names(in: world).count == 25)
        let page = try world.server.identities([.limit(3)], by: key, now: world.now)
        #expect(page.total == 35)
        #expect(page.rows.count == 3)
    }

    @Test("of new logins by $updatedAt show who logged in since then, the mark itself included")
    func since() throws {
        var world = world()
        _ = world.logIn(uid: "anna")
        let mark = Timestamps.iso(ModelFixture.start + 4 * ModelFixture.minute)
        #expect(
            try names(
                #"{"method":"greaterThanEqual","attribute":"$updatedAt","values":["\#(mark)"]}"#,
                #"{"method":"orderAsc","attribute":"$updatedAt"}"#, in: world) == ["eve", "anna"])
    }

    @Test("go on after a cursor, in whatever order")
    func cursor() throws {
        let world = world()
        let cleo = try #require(world.server.project("demo")?.identity(provider: "google", providerUID: "cleo"))
        let cursor = #"{"method":"cursorAfter","values":["\#(cleo.id)"]}"#
        #expect(try names(cursor, in: world) == ["dan", "eve"])
        #expect(
            try names(cursor, #"{"method":"orderDesc","attribute":"$createdAt"}"#, in: world) == ["bob", "anna"])
        #expect(
            try names(
                cursor, #"{"method":"equal","attribute":"providerUid","values":["anna","eve"]}"#,
                #"{"method":"orderAsc","attribute":"$createdAt"}"#, in: world) == ["eve"])
    }

    @Test("refuse queries they do not understand")
    func badQueries() throws {
        for query in [
            "no JSON", #"{"method":"guess","attribute":"userId","values":["x"]}"#,
            #"{"method":"equal","attribute":"nope","values":["x"]}"#,
            #"{"method":"greaterThanEqual","attribute":"$updatedAt","values":["yesterday"]}"#,
            #"{"method":"limit","values":[0]}"#, #"{"method":"limit","values":[5001]}"#,
        ] {
            #expect(try refusal(query)?.type == "general_argument_invalid")
        }
        #expect(try refusal(#"{"method":"cursorAfter","values":["nope"]}"#)?.type == "general_cursor_not_found")
    }

    @Test("write and read dates in both of Appwrite's forms, over leap days and centuries")
    func dates() {
        for (instant, iso) in [
            (0, "1970-01-01T00:00:00.000+00:00"), (951_782_400_001, "2000-02-29T00:00:00.001+00:00"),
            (1_795_469_378_705, "2026-11-23T21:29:38.705+00:00"), (4_107_542_400_000, "2100-03-01T00:00:00.000+00:00"),
        ] as [(Milliseconds, String)] {
            #expect(Timestamps.iso(instant) == iso)
            #expect(Timestamps.instant(iso) == instant)
            #expect(Timestamps.instant(Timestamps.justSet(instant)) == instant)
            #expect(Timestamps.instant(httpDate: Timestamps.httpDate(instant)) == instant - instant % 1000)
        }
        #expect(Timestamps.instant("2026-11-23T23:29:38+02:00") == 1_795_469_378_000)
        #expect(Timestamps.instant("2026-11-23") == nil)
    }
}
