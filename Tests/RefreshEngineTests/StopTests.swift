// A graceful stop: no new call, a second for the answers under way, and nobody is left waiting.

import Fakes
import RefreshEngine
import RefreshPolicy
import Testing

@Suite("A stop")
struct StopTests {
    private let bench = EngineBench()

    @Test("ends at once when nothing is under way")
    func atOnce() {
        bench.know(.google("s1", left: .seconds(3000)))
        bench.searches = [SearchRules(project: .app)]
        bench.begin()

        bench.stop()

        #expect(bench.hasEnded)
        #expect(bench.clock.count == 0)
    }

    @Test("stores an answer that comes within the second, and answers its reader")
    func answerInTime() {
        let key = bench.know(.google("s1", left: .seconds(30)))
        bench.appwrite.spends.shut()
        bench.begin()
        let reader = bench.read(key, maxWait: .seconds(60))

        bench.stop()
        bench.pass(.milliseconds(900))
        #expect(!bench.hasEnded)
        bench.appwrite.spends.open()
        bench.settle()

        #expect(bench.hasEnded)
        #expect(bench.row(key)?.token?.value == Secret("renewed-1"))
        #expect(reader.value?.value == "renewed-1")
    }

    @Test("leaves in doubt what has no answer after the second, and lets its reader go")
    func answerTooLate() {
        let key = bench.know(.google("s1", left: .seconds(30)))
        bench.appwrite.spends.shut()
        bench.begin()
        let reader = bench.read(key, maxWait: .seconds(60))

        bench.stop()
        bench.pass(.seconds(1))

        #expect(bench.hasEnded)
        #expect(reader.value?.value == "old")
        #expect(bench.row(key)?.attempt != nil)
        bench.appwrite.spends.open()
        bench.begin()
        #expect(bench.row(key)?.token?.value == Secret("renewed-1"))
        #expect(bench.spendCount == 1)
        bench.crash()
    }

    @Test("sends nothing that was not sent yet")
    func nothingNew() {
        let key = bench.know(.google("s1", left: .seconds(30)))
        bench.appwrite.looks.shut()
        bench.begin()
        let reader = bench.read(key, maxWait: .seconds(60))

        bench.stop()
        bench.appwrite.looks.open()
        bench.settle()

        #expect(bench.hasEnded)
        #expect(bench.spendCount == 0)
        #expect(bench.row(key)?.attempt == nil)
        #expect(reader.value?.value == "old")
    }

    @Test("begins nothing that falls due in its very turn")
    func dueWithStop() {
        bench.know(.google("s1", left: .seconds(3000)))
        bench.begin()
        let lookCount = bench.lookCount

        bench.clock.advance(by: .seconds(2950))
        bench.stop()

        #expect(bench.hasEnded)
        #expect(bench.lookCount == lookCount)
        #expect(bench.spendCount == 0)
    }

    @Test("stores what was read, so that what is used is known to be")
    func demand() {
        let key = bench.know(.google("s1", left: .seconds(3000)))
        bench.begin()
        bench.pass(.seconds(10))
        _ = bench.read(key)
        #expect(bench.row(key)?.lastReadAt == nil)

        bench.stop()

        #expect(bench.row(key)?.lastReadAt == bench.now)
    }

    @Test("lets a search go that waits for its receipt, and an operator too, when the loop is ended in a write")
    func receipts() {
        bench.appwrite.put(
            .google("s1", left: .seconds(3000)), in: .app, secret: Secret("secret"),
            identity: bench.appwrite.serverTime)
        bench.searches = [SearchRules(project: .app)]
        bench.store.beforeWriting.shut()
        bench.begin()
        let registration = bench.launch { [engine = bench.engine] in
            guard let secret = Secret("secret") else { return false }
            do throws(ControlError) { _ = try await engine.control.register(secret: secret, in: .app) } catch {
                return false
            }
            return true
        }
        #expect(registration.value == nil)

        bench.crash()

        #expect(bench.hasEnded)
        #expect(registration.value == false)
    }

    @Test("by cancellation lets a search go whose receipt came in with the very turn that was cancelled")
    func cancelledTurn() {
        bench.appwrite.searches.shut()
        bench.appwrite.put(.google("s1", left: .seconds(3000)), in: .app, identity: bench.appwrite.serverTime)
        bench.searches = [SearchRules(project: .app)]
        bench.begin()

        let removal = bench.know(.google("s2", left: .seconds(3000)))
        let removed = bench.launchUnsettled { [engine = bench.engine] in
            do throws(ControlError) { try await engine.control.remove(removal) } catch { return false }
            return true
        }
        bench.crash()

        #expect(bench.hasEnded)
        #expect(removed.value == false)
    }
}
