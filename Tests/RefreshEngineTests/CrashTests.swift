// A crash at each boundary of a refresh loses nothing: the loop is ended without grace where it stands, and another one
// goes on from the store.

import Fakes
import RefreshEngine
import RefreshPolicy
import Testing

@Suite("After a crash")
struct CrashTests {
    private static let secret = Secret("login-secret")

    /// A registered session that is due, whose loop stands where `stand` has brought it.
    private func crashed(_ stand: (EngineBench) -> Void) -> (bench: EngineBench, key: SessionKey) {
        let bench = EngineBench(rules: Rules(projects: [.keyless]))
        let key = bench.know(.google("s1", left: .seconds(120)), secret: Self.secret, keep: .always)
        stand(bench)
        bench.crash()
        bench.appwrite.forgetCalls()
        return (bench, key)
    }

    private func expectSurvival(of key: SessionKey, on bench: EngineBench, charged: Int?) {
        let row = bench.row(key)
        #expect(row?.secret == Self.secret)
        #expect(row?.keep == .always)
        #expect(bench.read(key).value?.value == "old")
        #expect(bench.charged == charged)
    }

    @Test("before the intent was stored, nothing was sent, and the refresh is made anew")
    func beforeStored() {
        let (bench, key) = crashed { bench in
            bench.appwrite.looks.shut()
            bench.begin()
            bench.store.beforeWriting.shut()
            bench.appwrite.looks.open()
            bench.settle()
            #expect(bench.store.beforeWriting.count == 1)
            #expect(bench.spendCount == 0)
        }
        expectSurvival(of: key, on: bench, charged: nil)
        #expect(bench.row(key)?.attempt == nil)

        bench.begin()

        #expect(bench.appwrite.calls == [.look(key), .spend(key)])
        #expect(bench.row(key)?.token?.value == Secret("renewed-1"))
        bench.crash()
    }

    @Test("between storing and sending, the session is in doubt: only looks until doubt is over, and then a refresh")
    func storedAndNotSent() {
        let (bench, key) = crashed { bench in
            bench.appwrite.looks.shut()
            bench.begin()
            bench.store.afterWriting.shut()
            bench.appwrite.looks.open()
            bench.settle()
            #expect(bench.store.afterWriting.count == 1)
            #expect(bench.spendCount == 0)
        }
        expectSurvival(of: key, on: bench, charged: 1)

        bench.begin()
        bench.pass(.seconds(570))
        #expect(bench.row(key)?.standing == .inDoubt)
        #expect(bench.lookCount > 3)
        #expect(bench.spendCount == 0)

        bench.pass(.seconds(60))
        #expect(bench.spendCount == 1)
        #expect(bench.row(key)?.token?.value == Secret("renewed-1"))
        #expect(bench.charged == 2)
        bench.crash()
    }

    @Test("between sending and the answer, the session is in doubt, is looked at only, and its new token is adopted")
    func sentAndNotAnswered() {
        let (bench, key) = crashed { bench in
            bench.appwrite.spends.shut()
            bench.begin()
            #expect(bench.spendCount == 1)
        }
        expectSurvival(of: key, on: bench, charged: 1)
        #expect(bench.row(key)?.standing == .refreshing)

        bench.begin()
        bench.pass(.seconds(600))

        #expect(bench.spendCount == 0)
        #expect(bench.row(key)?.token?.value == Secret("renewed-1"))
        #expect(bench.row(key)?.reason.code == .settled)
        #expect(bench.charged == 1)
        bench.crash()
    }

    @Test(
        "between the answer and its storing, the session is in doubt, is looked at only, and its new token is adopted")
    func answeredAndNotStored() {
        let (bench, key) = crashed { bench in
            bench.appwrite.spends.shut()
            bench.begin()
            bench.store.beforeWriting.shut()
            bench.appwrite.spends.open()
            bench.settle()
            #expect(bench.store.beforeWriting.count == 1)
        }
        expectSurvival(of: key, on: bench, charged: 1)

        bench.begin()
        bench.pass(.seconds(600))

        #expect(bench.spendCount == 0)
        #expect(bench.row(key)?.token?.value == Secret("renewed-1"))
        #expect(bench.charged == 1)
        bench.crash()
    }

    @Test("a reader who comes while the session is in doubt waits for the look that brings its token")
    func readerInDoubt() {
        let (bench, key) = crashed { bench in
            bench.appwrite.spends.shut()
            bench.begin()
        }
        bench.appwrite.looks.shut()
        bench.begin()
        let reader = bench.read(key, minValid: .seconds(600), maxWait: .seconds(30))
        #expect(reader.value == nil)

        bench.appwrite.looks.open()
        bench.settle()

        #expect(reader.value?.value == "renewed-1")
        bench.crash()
    }

    @Test("with the clock set back meanwhile, what was spent stays spent and rows wait no longer than they would have")
    func clockSetBackMeanwhile() {
        let (bench, key) = crashed { bench in
            bench.appwrite.spends.shut()
            bench.begin()
            bench.pass(.seconds(31))
        }
        bench.clock.step(by: .seconds(-5 * 3600))

        bench.begin()
        bench.pass(.seconds(30))

        #expect(bench.charged == 1)
        #expect(bench.row(key)?.token?.value == Secret("renewed-1"))
        bench.pass(.seconds(3600))
        #expect(bench.spendCount == 1)
        bench.crash()
    }
}
