// The rate limit of the model: what counts, for whom, and when the window ends.
import AppwriteModel
import Testing

@Suite("The rate limit")
struct LimitTests {
    @Test("lets ten calls through in a clock hour and refuses the eleventh, which does not count")
    func tenAnHour() {
        var world = ModelFixture()
        let session = world.logIn()
        world.now += 59 * ModelFixture.minute
        let answers = (0..<12).map { _ in world.patch(session) }
        #expect(answers.map(\.status) == Array(repeating: 200, count: 10) + [429, 429])
        #expect(answers.compactMap(\.rate?.remaining) == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0])
        #expect(answers.allSatisfy { $0.rate?.reset == (ModelFixture.start + ModelFixture.hour) / 1000 })
        #expect(world.server.ledger.patches.suffix(2).map(\.charge) == [.overLimit, .overLimit])
    }

    @Test("opens anew at the exact hour, not an hour after the first call")
    func windowEdge() {
        var world = ModelFixture()
        let session = world.logIn()
        world.now += ModelFixture.hour - 1
        for _ in 0..<10 { _ = world.patch(session) }
        #expect(world.patch(session).status == 429)
        world.now += 1
        let first = world.patch(session)
        #expect(first.status == 200)
        #expect(first.rate?.remaining == 9)
    }

    @Test("finds its count again when the clock is set back into the window before")
    func clockSetBack() {
        var world = ModelFixture()
        let session = world.logIn()
        for _ in 0..<4 { _ = world.patch(session) }
        world.now += ModelFixture.hour
        #expect(world.patch(session).rate?.remaining == 9)
        world.now -= 1
        #expect(world.patch(session).rate?.remaining == 5)
        world.now += 1
        #expect(world.patch(session).rate?.remaining == 8)
    }

    @Test("is one for all sessions, users and credentials of a host and an address, and another for others")
    func counterKey() {
        var world = ModelFixture()
        let anna = world.logIn()
        let bob = world.logIn(uid: "bob")
        for _ in 0..<5 {
            _ = world.patch(anna)
            _ = world.patch(bob, by: world.jwt(for: bob))
        }
        #expect(world.patch(bob).status == 429)
        #expect(world.patch(anna, by: world.secret(of: anna, host: "b.test")).rate?.remaining == 9)
        #expect(world.patch(anna, by: world.secret(of: anna, ip: "10.0.0.2")).rate?.remaining == 9)
    }

    @Test("does not count what is refused before it: bad secrets, bad JWTs, unknown projects, reads")
    func notCounted() throws {
        var world = ModelFixture()
        let session = world.logIn()
        var wrong = world.secret(of: session)
        wrong.secret?.secret = "wrong"
        var foreign = world.jwt(for: session)
        foreign.jwt = .broken(.badSignature)
        var elsewhere = world.secret(of: session)
        elsewhere.project = "nope"
        for caller in [wrong, foreign, elsewhere] {
            #expect(world.patch(session, by: caller).rate == nil)
        }
        _ = try world.server.readSession(session.id, by: world.secret(of: session), now: world.now)
        #expect(world.patch(session).rate?.remaining == 9)
    }

    @Test("counts unknown and malformed ids, provider failures, and DELETEs under their own limit of a hundred")
    func counted() {
        var world = ModelFixture()
        let session = world.logIn()
        let caller = world.secret(of: session)
        world.setFault(Fault(.down, times: 1), at: session)
        #expect(world.patch(session).refusal?.type == "general_unknown")
        #expect(world.server.patch("nobody", by: caller, now: world.now).refusal?.type == "user_session_not_found")
        #expect(world.server.patch("bad id", by: caller, now: world.now).refusal?.type == "general_argument_invalid")
        let deleted = world.server.deleteSession("nobody", by: caller, now: world.now)
        #expect(deleted.rate?.limit == 100)
        #expect(deleted.rate?.remaining == 96)
        #expect(world.patch(session).rate?.remaining == 5)
    }

    @Test("is spent by others behind the same address too, by PATCHes up to ten and by DELETEs beyond")
    func others() {
        var world = ModelFixture()
        let session = world.logIn()
        let now = world.now
        #expect(world.server.callAsOthers(.patch, times: 4, host: "a.test", ip: "10.0.0.1", now: now) == 4)
        #expect(world.patch(session).rate?.remaining == 5)
        #expect(world.server.callAsOthers(.delete, times: 20, host: "a.test", ip: "10.0.0.1", now: now) == 20)
        #expect(world.patch(session).status == 429)
        #expect(world.server.callAsOthers(.patch, times: 2, host: "a.test", ip: "10.0.0.1", now: now) == 0)
        #expect(world.server.callAsOthers(.delete, times: 90, host: "a.test", ip: "10.0.0.1", now: now) == 75)
        #expect(world.patch(session, by: world.secret(of: session, ip: "10.0.0.2")).rate?.remaining == 9)
        #expect(world.server.callAsOthers(.patch, times: 12, host: "b.test", ip: "10.0.0.1", now: now) == 10)
        world.now += ModelFixture.hour
        #expect(world.patch(session).rate?.remaining == 9)
    }

    @Test("spares a valid dev key and silently counts an expired one")
    func devKey() {
        var world = ModelFixture()
        let session = world.logIn()
        var caller = world.secret(of: session)
        caller.devKey = "dev"
        for _ in 0..<20 { #expect(world.patch(session, by: caller).status == 200) }
        #expect(world.server.ledger.patches.allSatisfy { $0.charge == .exempt })
        world.now += ModelFixture.hour
        let statuses = (0..<11).map { _ in world.patch(session, by: caller).status }
        #expect(statuses.last == 429)
        #expect(statuses.dropLast().allSatisfy { $0 == 200 })
    }

    @Test("ignores a dev key of another project, and tells a valid one's holder that nothing remains")
    func foreignDevKey() {
        var world = ModelFixture()
        world.server.setUp(ProjectSetup(id: "other", devKeys: [DevKey(key: "foreign")]))
        let session = world.logIn()
        var caller = world.secret(of: session)
        caller.devKey = "foreign"
        let statuses = (0..<11).map { _ in world.patch(session, by: caller).status }
        #expect(statuses.last == 429)
        caller.devKey = "dev"
        let exempt = world.patch(session, by: caller)
        #expect(exempt.status == 200)
        #expect(exempt.rate?.remaining == 0)
    }

    @Test("on a server that does not count, the headers say nine for ever")
    func disabled() {
        var world = ModelFixture(metering: .disabled)
        let session = world.logIn()
        let answers = (0..<15).map { _ in world.patch(session) }
        #expect(answers.allSatisfy { $0.status == 200 && $0.rate?.remaining == 9 })
    }
}
