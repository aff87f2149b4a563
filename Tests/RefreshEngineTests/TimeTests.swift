// Time is told, and may be told wrong: a stepped clock ends no wait early and puts nothing to sleep; no mistake lasts
// longer than a nap (law 9); and a loop that works shows it (law 10).

import Fakes
import RefreshEngine
import RefreshPolicy
import Testing

@Suite("Time")
struct TimeTests {
    private let bench = EngineBench()
    private static let steps: [Duration] = [.seconds(5 * 3600), .seconds(-5 * 3600), .days(4000), .days(-4000)]

    @Test("stepped ends no reader's wait early, nor late", arguments: steps)
    func waitAndStep(_ step: Duration) {
        let key = bench.know(.google("s1", left: .seconds(40)))
        bench.appwrite.spends.shut()
        bench.begin()
        let reader = bench.read(key, maxWait: .seconds(20))

        bench.clock.step(by: step)
        bench.pass(.milliseconds(19_999))
        #expect(reader.value == nil)
        bench.pass(.milliseconds(1))

        #expect(reader.value != nil)
        bench.crash()
    }

    @Test("stepped moves no refresh: it comes when it would have come", arguments: steps)
    func scheduleAndStep(_ step: Duration) {
        let key = bench.know(.google("s1", left: .seconds(1800)))
        bench.begin()

        bench.clock.step(by: step)
        bench.pass(.seconds(1400))
        #expect(bench.spendCount == 0)
        #expect(bench.read(key).value?.value == "old")
        bench.pass(.seconds(200))

        #expect(bench.spendCount == 1)
        #expect(bench.row(key)?.token?.value == Secret("renewed-1"))
        #expect(bench.journal.notices.contains(.clockStepped(step)))
        bench.crash()
    }

    @Test("stepped while a refresh is under way loses neither its answer nor its charge", arguments: steps)
    func flightAndStep(_ step: Duration) {
        let key = bench.know(.google("s1", left: .seconds(100)))
        bench.appwrite.spends.shut()
        bench.begin()

        bench.clock.step(by: step)
        bench.pass(.seconds(40))
        bench.appwrite.spends.open()
        bench.pass(.seconds(60))

        #expect(bench.row(key)?.token?.value == Secret("renewed-1"))
        #expect(bench.row(key)?.standing == .fresh)
        #expect(bench.spendCount == 1)
        #expect(bench.charged == 1)
        bench.crash()
    }

    @Test("that passed while the machine stood still is told by the poll, and what ended in it is served no more")
    func pollTellsTime() {
        bench.searches = [SearchRules(project: .app)]
        let key = bench.know(.google("s1", left: .seconds(1800)))
        bench.appwrite.spends.shut()
        bench.begin()

        bench.appwrite.goOn(by: .seconds(5 * 3600))
        #expect(bench.read(key).value?.value == "old")
        bench.pass(.seconds(60))

        #expect(bench.read(key).value?.value == nil)
        bench.crash()
    }

    @Test("that passed while the machine stood still is asked for as soon as its clock is set")
    func stepAsksForTime() {
        let key = bench.know(.google("s1", left: .seconds(1800)))
        bench.appwrite.spends.shut()
        bench.begin()

        bench.appwrite.goOn(by: .seconds(5 * 3600))
        bench.clock.step(by: .seconds(5 * 3600))
        bench.pass(.seconds(30))

        #expect(bench.read(key).value?.value == nil)
        #expect(bench.journal.notices.contains(.timePassed(.seconds(5 * 3600))))
        bench.crash()
    }

    @Test(
        "that passed while the machine was off is told, whatever it begins with",
        arguments: steps.filter { $0 < .zero } + [.zero], [true, false])
    func boot(behind step: Duration, isSetFirst: Bool) {
        bench.searches = [SearchRules(project: .app)]
        let key = bench.know(.google("s1", left: .seconds(1800)))
        let created = bench.row(key)?.createdAt
        bench.begin()
        bench.pass(.seconds(30))
        bench.crash()

        // Two hours in which the clock did not run, and what it was set to instead.
        bench.appwrite.goOn(by: .seconds(7200))
        bench.appwrite.spends.shut()
        bench.clock.step(by: step)
        if isSetFirst { bench.appwrite.searches.shut() }
        bench.begin()
        if !isSetFirst { #expect(bench.read(key).value?.value == nil) }
        bench.clock.step(by: .seconds(7200) - step)
        bench.appwrite.searches.open()
        bench.pass(.seconds(31))

        #expect(bench.read(key).value?.value == nil)
        guard let created, let now = bench.row(key)?.createdAt else {
            Issue.record("the session is gone")
            return
        }
        #expect(abs((now - created).wholeMilliseconds) < 1000, "all is back in the frame that it was stored in")
        bench.crash()
    }

    @Test("that is set is not told to readers before the rows have moved, however long that takes", arguments: steps)
    func slowShift(_ step: Duration) {
        let key = bench.know(.google("s1", left: .seconds(1800)))
        bench.begin()
        bench.store.beforeWriting.shut()

        bench.clock.step(by: step)
        bench.pass(.seconds(60))

        #expect(bench.read(key).value?.value == "old")
        bench.pass(.seconds(1741))
        #expect(bench.read(key).value?.value == nil)
        bench.crash()
    }

    @Test("that is set back leaves no read in the future")
    func readAndStep() {
        let key = bench.know(.google("s1", left: .seconds(1800)))
        bench.begin()
        _ = bench.read(key)
        bench.clock.step(by: .seconds(-9000))
        bench.pass(.seconds(60))

        #expect(bench.row(key)?.lastReadAt == bench.now - .seconds(60))
        bench.crash()
    }

    @Test("is napped through in thirty seconds at most, and in no haste")
    func naps() {
        bench.know(.google("s1", left: .seconds(3600)))
        bench.begin()
        let before = bench.store.turnCount

        bench.pass(.seconds(600))

        let turns = bench.store.turnCount - before
        #expect((20...25).contains(turns), "\(turns) turns in ten minutes")
        bench.crash()
    }

    @Test("of a row that stays due, by a store's mistake, does not make the loop spin")
    func rowThatStaysDue() {
        bench.know(.google("s1", left: .seconds(3600)))
        bench.begin()
        bench.pass(.seconds(3290))
        bench.store.loseWrites()
        let before = bench.store.turnCount

        bench.pass(.seconds(100))

        let turns = bench.store.turnCount - before
        #expect((80...220).contains(turns), "\(turns) turns in a hundred seconds")
        bench.crash()
    }

    @Test("moves on for the watchdog while a provider hangs, and one refresh is made however long it does")
    func progress() {
        bench.know(.google("s1", left: .seconds(30)))
        bench.appwrite.spends.shut()
        bench.begin()

        for _ in 1...40 {
            bench.pass(.seconds(31))
            #expect(bench.clock.steady() - bench.engine.lastProgress <= .seconds(30))
        }

        #expect(bench.spendCount == 1)
        bench.crash()
    }

    @Test("stands still for the watchdog while the store hangs")
    func noProgress() {
        bench.know(.google("s1", left: .seconds(30)))
        bench.store.beforeWriting.shut()
        bench.begin()

        bench.pass(.seconds(300))

        #expect(bench.clock.steady() - bench.engine.lastProgress == .seconds(300))
        bench.crash()
    }
}
