// The store fails: nothing is sent that was not stored, nothing is lost, readers are served on, and it heals.

import Fakes
import RefreshEngine
import RefreshPolicy
import Testing

@Suite("While the store takes no writes", .timeLimit(.minutes(10)))
struct OutageTests {
    private static let full = StoreError.unavailable("disk full")

    private func outages(in bench: EngineBench) -> [Report] {
        bench.journal.reports.filter { report in
            switch report {
            case .storeFailed, .storeRecovered: true
            case .decision: false
            }
        }
    }

    @Test("nothing is sent, it is told once, and when it heals the refresh goes on")
    func nothingSent() {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(120)))
        bench.memory.outage = .writes(Self.full)
        bench.begin()
        bench.pass(.seconds(20))

        #expect(bench.spendCount == 0)
        #expect(outages(in: bench) == [.storeFailed(Self.full)])
        #expect(bench.read(key).value?.value == "old")

        bench.memory.outage = .none
        bench.pass(.seconds(1))
        #expect(outages(in: bench) == [.storeFailed(Self.full), .storeRecovered])
        #expect(bench.spendCount == 1)
        #expect(bench.row(key)?.token?.value == Secret("renewed-1"))
        bench.crash()
    }

    @Test("an answer that comes meanwhile is stored when it heals, and its reader gets it then")
    func answerKept() {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(30)))
        bench.appwrite.spends.shut()
        bench.begin()
        let reader = bench.read(key, maxWait: .seconds(60))
        bench.memory.outage = .writes(Self.full)
        bench.appwrite.spends.open()
        bench.pass(.seconds(20))
        #expect(reader.value == nil)

        bench.memory.outage = .none
        bench.pass(.seconds(1))

        #expect(reader.value?.value == "renewed-1")
        #expect(bench.spendCount == 1)
        bench.crash()
    }

    @Test("the loop is alive: its progress moves on")
    func progress() {
        let bench = EngineBench()
        bench.know(.google("s1", left: .seconds(30)))
        bench.memory.outage = .writes(Self.full)
        bench.begin()

        bench.pass(.seconds(3600))

        #expect(bench.clock.steady() - bench.engine.lastProgress <= .seconds(30))
        bench.crash()
    }

    @Test("a stop does not wait for it to heal: what cannot be written is in doubt")
    func stop() {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(30)))
        bench.appwrite.spends.shut()
        bench.begin()
        let reader = bench.read(key, maxWait: .seconds(60))
        bench.memory.outage = .writes(Self.full)
        bench.appwrite.spends.open()
        bench.pass(.seconds(5))

        bench.stop()
        bench.pass(.seconds(3))

        #expect(bench.hasEnded)
        #expect(reader.value?.value == "old")
        #expect(bench.row(key)?.standing == .refreshing)
    }

    @Test("an operator is told at once, and what was asked for is not done later")
    func operatorRefused() {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(30)))
        bench.memory.outage = .writes(Self.full)
        bench.begin()
        #expect(removal(of: key, in: bench).value == .store(Self.full))
        #expect(status(of: bench)?.storeFailure == Self.full)

        bench.memory.outage = .none
        bench.pass(.seconds(2))

        #expect(bench.row(key) != nil)
        #expect(status(of: bench)?.storeFailure == nil)
        #expect(removal(of: key, in: bench).value == .some(nil))
        bench.crash()
    }

    @Test("an operator who wants a refresh is told at once, and it is not made later")
    func refreshRefused() {
        let bench = EngineBench()
        bench.know(.google("s1", left: .seconds(30)))
        let key = bench.know(.google("s2", of: "bob", left: .seconds(3500)))
        bench.memory.outage = .writes(Self.full)
        bench.begin()
        #expect(refresh(of: key, in: bench).value == .some(.some(.store(Self.full))))

        bench.memory.outage = .none
        bench.pass(.seconds(2))

        #expect(!bench.appwrite.calls.contains(.spend(key)))
        #expect(refresh(of: key, in: bench).value == .some(nil))
        #expect(bench.appwrite.calls.contains(.spend(key)))
        bench.crash()
    }

    @Test("an operator whose request is the first to meet the failure is told that it waits, and it is done")
    func operatorDelayed() {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(3600)))
        bench.begin()
        bench.memory.outage = .writes(Self.full)
        #expect(removal(of: key, in: bench).value == .delayed(Self.full))

        bench.memory.outage = .none
        bench.pass(.seconds(2))

        #expect(bench.row(key) == nil)
        bench.crash()
    }

    @Test("an operator who hangs up takes the request along")
    func operatorHangsUp() {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(30)))
        bench.store.beforeWriting.shut()
        bench.begin()
        let asked = removal(of: key, in: bench)
        #expect(asked.value == nil)

        asked.cancel()
        bench.settle()
        bench.store.beforeWriting.open()
        bench.pass(.seconds(2))

        #expect(asked.value != .some(nil))
        #expect(bench.row(key) != nil)
        bench.crash()
    }

    /// Gives the error, and none where it was done.
    private func removal(of key: SessionKey, in bench: EngineBench) -> Underway<ControlError?> {
        bench.launch { [engine = bench.engine] in
            do throws(ControlError) { try await engine.control.remove(key) } catch { return error }
            return nil
        }
    }

    private func refresh(of key: SessionKey, in bench: EngineBench) -> Underway<ControlError?> {
        bench.launch { [engine = bench.engine] in
            do throws(ControlError) {
                _ = try await engine.control.refresh(key, maxWait: .seconds(10))
                return nil
            } catch {
                return error
            }
        }
    }

    private func status(of bench: EngineBench) -> EngineStatus? {
        let asked = bench.launch { [engine = bench.engine] () async -> EngineStatus? in
            do { return try await engine.control.status() } catch { return nil }
        }
        return asked.value ?? nil
    }
}
