// The course of a refresh, as the world around the engine sees it.

import Fakes
import RefreshEngine
import RefreshPolicy
import Synchronization
import Testing

@Suite("A refresh")
struct RefreshingTests {
    @Test(
        "looks first, stores its intent and charge before it is sent, and answers its reader when the token is stored")
    func course() throws {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(30)))
        let atSpend = Mutex<SessionRow?>(nil)
        bench.appwrite.onCall { [memory = bench.memory] call in
            if case .spend = call { atSpend.withLock { $0 = memory.rows.first } }
        }
        bench.appwrite.spends.shut()
        bench.begin()
        let reader = bench.read(key, maxWait: .seconds(30))

        #expect(bench.appwrite.calls == [.look(key), .spend(key)])
        let stored = try #require(atSpend.withLock { $0 })
        #expect(stored.attempt != nil)
        #expect(stored.standing == .refreshing)
        #expect(bench.charged == 1)
        #expect(reader.value == nil)

        bench.store.beforeWriting.shut()
        bench.appwrite.spends.open()
        bench.settle()
        #expect(reader.value == nil, "a token is served only when it is stored (law 8)")

        bench.store.beforeWriting.open()
        bench.settle()
        #expect(reader.value?.value == "renewed-1")
        #expect(bench.row(key)?.token?.value == Secret("renewed-1"))
        #expect(bench.row(key)?.attempt == nil)
        #expect(bench.row(key)?.standing == .fresh)
        bench.crash()
    }

    @Test("is not needed for a fresh token, which is answered without any call and without the loop")
    func freshToken() {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(1800)))

        let reply = bench.read(key, maxWait: .seconds(30)).value

        #expect(reply?.value == "old")
        #expect(bench.appwrite.calls.isEmpty)
        #expect(bench.store.turnCount == 0)
    }

    @Test("is made once for several readers, who all get its token")
    func severalReaders() {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(30)))
        bench.appwrite.spends.shut()
        bench.begin()

        let readers = (1...5).map { _ in bench.read(key, maxWait: .seconds(30)) }
        bench.appwrite.spends.open()
        bench.settle()

        #expect(readers.map { $0.value?.value } == Array(repeating: "renewed-1", count: 5))
        #expect(bench.spendCount == 1)
        bench.crash()
    }

    @Test("comes by itself when its time comes, and again an hour later")
    func bySchedule() {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(1800)))
        bench.begin()
        #expect(bench.spendCount == 0)

        bench.pass(.seconds(1800))
        #expect(bench.spendCount == 1)
        #expect(bench.row(key)?.token?.value == Secret("renewed-1"))

        bench.pass(.seconds(3600))
        #expect(bench.spendCount == 2)
        bench.crash()
    }

    @Test("is made for an operator who does not wait for it, also when the loop was busy as they asked")
    func unattended() {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(1800)))
        bench.know(.google("s2", left: .seconds(30)))
        bench.store.beforeWriting.shut()
        bench.begin()

        let report = bench.launch { [engine = bench.engine] () -> RefreshReport? in
            do throws(ControlError) { return try await engine.control.refresh(key, maxWait: .zero) } catch {
                return nil
            }
        }

        #expect(report.value??.ending == .underWay)
        bench.store.beforeWriting.open()
        bench.settle()
        #expect(bench.spendCount == 2)
        #expect(bench.row(key)?.token?.value != Secret("old"))
        bench.crash()
    }

    @Test("is of the elected session, also while a spare serves")
    func electedIsRefreshed() {
        let bench = EngineBench()
        let elected = bench.know(.google("s2", left: .seconds(-10)))
        let spare = bench.know(.google("s1", left: .seconds(50)))
        for (key, isElected) in [(elected, true), (spare, false)] {
            guard var row = bench.row(key) else { continue }
            row.isElected = isElected
            row.verdict = .failing(failures: 1, retryAt: bench.now + .seconds(600))
            bench.put(row.assessed(at: bench.now, by: .app, waits: bench.rules.waits))
        }
        bench.begin()
        bench.pass(.seconds(1))
        let request = TokenRequest(
            subject: .grant(project: nil, user: .named("ada"), provider: .named("google"), providerUID: nil),
            maxWait: .seconds(5))

        let reply = bench.launch { [engine = bench.engine] in await engine.tokens.token(for: request) }
        bench.pass(.seconds(5))

        #expect(reply.value?.value == "old")
        #expect(!bench.appwrite.calls.contains(.spend(spare)))
        bench.crash()
    }
}
