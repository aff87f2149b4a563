// The engine goes on by other rules: who waits, waits on, and no row is left to plans of the rules before.

import Fakes
import RefreshEngine
import RefreshPolicy
import Testing

@Suite("A reload")
struct ReloadTests {
    private func reload(_ bench: EngineBench, _ rules: Rules, searches: [SearchRules] = []) -> Bool? {
        bench.result { [engine = bench.engine] in await engine.reload(rules, searches: searches) }
    }

    @Test("leaves a call under way and its reader alone")
    func waits() throws {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(30)))
        bench.appwrite.spends.shut()
        bench.begin()
        let reader = bench.read(key, maxWait: .seconds(60))
        #expect(bench.spendCount == 1)
        var waits = Waits()
        waits.margin = .seconds(600)
        #expect(reload(bench, Rules(projects: [.app], waits: waits)) == true)
        #expect(reader.value == nil)
        bench.appwrite.spends.open()
        bench.settle()
        #expect(reader.value?.value == "renewed-1")
        #expect(bench.spendCount == 1)
        bench.crash()
    }

    @Test("looks at every row by the new rules, however many there are")
    func review() throws {
        let bench = EngineBench()
        for number in 1...600 {
            bench.know(.google("s\(number)", of: "u\(number)", left: .seconds(1000), uid: "g-\(number)"))
        }
        bench.begin()
        bench.pass(.seconds(1))
        #expect(bench.memory.rows.allSatisfy { $0.standing == .fresh })
        var waits = Waits()
        waits.margin = .seconds(1100)
        waits.marginWhenTight = .seconds(1100)
        #expect(reload(bench, Rules(projects: [.app], waits: waits)) == true)
        bench.pass(.seconds(2))
        #expect(bench.memory.rows.allSatisfy { $0.standing != .fresh || $0.token?.value != Secret("old") })
        bench.crash()
    }

    @Test("changes what readers are told at once: a project that has left is unknown, one that has come is served")
    func projects() throws {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(1800)))
        bench.begin()
        #expect(reload(bench, Rules(projects: [])) == true)
        guard case .unknownProject(let known)? = bench.read(key).value else {
            Issue.record("still known")
            return
        }
        #expect(known.isEmpty)
        #expect(reload(bench, Rules(projects: [.app])) == true)
        #expect(bench.read(key).value?.value == "old")
        bench.crash()
    }

    @Test("starts the search of a project that has come, stops that of one that has left, and disturbs no other")
    func searches() throws {
        let bench = EngineBench()
        bench.searches = [SearchRules(project: .app)]
        bench.begin()
        func polls() -> Int {
            bench.appwrite.calls.count { if case .identities = $0 { true } else { false } }
        }
        #expect(polls() == 1)
        #expect(reload(bench, Rules(projects: [.app]), searches: bench.searches) == true)
        #expect(polls() == 1, "the one that goes on as it was waits for its time")
        bench.pass(.seconds(61))
        #expect(polls() == 2)
        #expect(reload(bench, Rules(projects: [.app]), searches: []) == true)
        bench.pass(.seconds(600))
        #expect(polls() == 2)
        #expect(reload(bench, Rules(projects: [.app]), searches: bench.searches) == true)
        #expect(polls() == 3)
        bench.crash()
    }

    @Test("is refused once the engine has stopped")
    func stopped() throws {
        let bench = EngineBench()
        bench.begin()
        bench.stop()
        #expect(reload(bench, Rules(projects: [.app])) == false)
    }
}
