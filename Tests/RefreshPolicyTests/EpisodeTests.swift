// What became of a session lately is noted with the writes that are made anyway.

import RefreshPolicy
import RefreshSimulation
import Testing

@Suite("What became of a session")
struct EpisodeTests {
    @Test("is noted once for each outcome; those in a row that are alike are counted")
    func course() throws {
        var world = World([])
        world.list("ada", [.google(issued: at(-3600), expires: at(0))], headers: .at(at(0)))
        for hour in 0..<3 {
            world.now = at(3600 * hour + 60)
            try world.read(1, "s1")
            try world.see("s1", .list([.unchanged(try world["s1"])]))
            try world.answer(
                "s1", .session(.google().renewed("t\(hour)", at: world.now)), remaining: 9,
                reset: at(3600 * (hour + 1)))
        }
        world.now = at(10_860)
        try world.read(1, "s1")
        try world.see("s1", .list([.unchanged(try world["s1"])]))
        try world.answer("s1", .lost(.timedOut))

        let episodes = try world["s1"].episodes
        #expect(episodes.map(\.reason.code) == [.found, .renewed, .answerLost])
        #expect(episodes.map(\.times) == [1, 3, 1])
        #expect(episodes[1].first == at(61) && episodes[1].last == at(7261))
    }

    @Test("costs no write: a look that shows nothing new writes nothing still")
    func quiet() throws {
        var world = World([])
        world.list("ada", [.google(issued: at(-60), expires: at(3540))], headers: .at(at(0)))
        _ = world.news()
        world.now = at(1)
        world.list("ada", [.unchanged(try world["s1"])], headers: .at(at(1)))
        let first = world.news()
        world.list("ada", [.unchanged(try world["s1"])], headers: .at(at(1)))
        #expect(world.news() == [] && first.count <= 1)
        #expect(try world["s1"].episodes.map(\.reason.code) == [.found])
    }

    @Test("is remembered no further than eight kinds back")
    func bounded() throws {
        var world = World([])
        for turn in 0..<6 {
            world.now = at(100 * turn)
            world.list("ada", [.google(issued: at(-60), expires: at(3540))], headers: .at(world.now))
            world.now = at(100 * turn + 50)
            world.list("ada", [], headers: .at(world.now))
        }
        let episodes = try world["s1"].episodes
        #expect(episodes.count == SessionRow.mostEpisodes)
        #expect(episodes.last == Episode(reason: Reason(.loggedOut), first: at(550), last: at(550)))
        #expect(episodes.first == Episode(reason: Reason(.confirmed), first: at(200), last: at(200)))
    }
}
