// Readers wait no longer than they said, whatever hangs; and whoever leaves leaves nothing behind.

import Fakes
import RefreshPolicy
import Testing

@testable import RefreshEngine

@Suite("A reader who waits")
struct WaitingTests {
    @Test("is answered by max_wait while the provider hangs, with the token that there is")
    func providerHangs() {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(30)))
        bench.appwrite.spends.shut()
        bench.begin()
        let reader = bench.read(key, maxWait: .seconds(10))

        bench.pass(.milliseconds(9999))
        #expect(reader.value == nil)
        bench.pass(.milliseconds(1))

        #expect(reader.value?.value == "old")
        bench.crash()
    }

    @Test("is answered by max_wait while the store hangs in a write")
    func storeHangs() {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(30)))
        bench.store.beforeWriting.shut()
        bench.begin()
        let reader = bench.read(key, maxWait: .seconds(10))
        #expect(reader.value == nil)

        bench.pass(.seconds(10))

        #expect(reader.value?.value == "old")
        #expect(bench.spendCount == 0)
        bench.crash()
    }

    @Test("is answered when the loop ends, and so is whoever comes after")
    func loopEnds() {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(30)))
        bench.appwrite.spends.shut()
        bench.begin()
        let reader = bench.read(key, maxWait: .seconds(10))
        #expect(reader.value == nil)

        bench.crash()
        #expect(reader.value?.value == "old")
        #expect(bench.read(key, maxWait: .seconds(10)).value?.value == "old")
    }

    @Test("is gone at once when it hangs up, and the refresh goes on")
    func hangsUp() {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(30)))
        bench.appwrite.spends.shut()
        bench.begin()
        let reader = bench.read(key, maxWait: .seconds(10))

        reader.cancel()
        bench.settle()
        #expect(reader.value != nil)
        bench.appwrite.spends.open()
        bench.settle()

        #expect(bench.row(key)?.token?.value == Secret("renewed-1"))
        bench.crash()
    }

    @Test("is answered at once where no refresh can be begun")
    func cannotBeHelped() {
        let bench = EngineBench()
        let key = bench.know(.google("s1", left: .seconds(30)))
        bench.appwrite.answer(.refused(.providerFailed), toSpendOn: key)
        bench.begin()
        #expect(bench.row(key)?.standing == .backingOff)

        #expect(bench.read(key, maxWait: .seconds(10)).value?.value == "old")
        bench.crash()
    }
}

@Suite("The waiting room", .timeLimit(.minutes(10)))
struct WaitingRoomTests {
    private let clock = ManualClock(at: EngineBench.start)
    private let executor = ManualExecutor()
    private let inbox: Inbox
    private let health = StoreHealth()
    private let room: WaitingRoom
    private let wish = Wish(asker: .app, minValid: .seconds(60), waits: true)

    init() {
        inbox = Inbox(clock: clock)
        room = WaitingRoom(inbox: inbox, clock: clock, health: health)
    }

    private func enter(
        as asker: Wish.Asker = .app, upTo limit: Duration = .seconds(10)
    ) -> Underway<WaitingRoom.Ending> {
        let wish = Wish(asker: asker, minValid: .seconds(60), waits: true)
        return launch { [room] in await room.wait(for: .app("s1"), wish, upTo: limit) }
    }

    private func launch<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Underway<Value> {
        let underway = Underway(on: executor, body)
        #expect(executor.run())
        return underway
    }

    private func inputs() -> [Input] {
        inbox.take().map(\.input)
    }

    /// What the loop takes out: the numbers of readers that came, and of those that left.
    private func readers() -> (came: [ReaderID], left: [ReaderID]) {
        var came: [ReaderID] = []
        var left: [ReaderID] = []
        for input in inputs() {
            if case .read(let reader, _, _) = input { came.append(reader) }
            if case .readerLeft(let reader, _) = input { left.append(reader) }
        }
        return (came, left)
    }

    @Test("lets a reader go who is called")
    func called() throws {
        let reader = enter()
        let number = try #require(readers().came.first)

        let retryAt = EngineBench.start + .seconds(600)
        room.call(number, retryAt: retryAt)
        #expect(executor.run())

        #expect(reader.value == .called(retryAt: retryAt))
        #expect(readers().left.isEmpty)
        #expect(room.count == 0)
        #expect(clock.count == 0)
    }

    @Test("keeps nothing of a reader who hung up, and tells the loop, also when the call comes late")
    func hungUp() throws {
        let reader = enter()
        let number = try #require(readers().came.first)

        reader.cancel()
        #expect(executor.run())
        room.call(number, retryAt: nil)

        #expect(reader.value == .left)
        #expect(readers().left == [number])
        #expect(room.count == 0)
        #expect(clock.count == 0)
    }

    @Test("keeps nothing of a reader whose time was up")
    func timeUp() throws {
        let reader = enter()
        let number = try #require(readers().came.first)

        clock.advance(by: .seconds(10))
        #expect(executor.run())
        room.call(number, retryAt: nil)

        #expect(reader.value == .left)
        #expect(readers().left == [number])
        #expect(room.count == 0)
    }

    @Test("takes a request back that the loop has not come to, so that a loop that stands still gathers none")
    func takenBack() {
        for _ in 1...100 {
            let reader = enter()
            reader.cancel()
            #expect(executor.run())
            #expect(reader.value == .left)
        }

        #expect(inputs().isEmpty)
        #expect(room.count == 0)
    }

    @Test("leaves an operator's request where it is, but for while the store fails: then it takes that back too")
    func operatorLeaves() {
        let patient = enter(as: .operator, upTo: .zero)
        #expect(patient.value == .left)
        #expect(readers().came.count == 1)

        let full = StoreError.unavailable("disk full")
        health.failed(full)
        for _ in 1...100 { #expect(enter(as: .operator, upTo: .zero).value == .withdrawn(full)) }
        #expect(inputs().isEmpty)

        health.recovered()
        #expect(enter(as: .operator, upTo: .zero).value == .left)
        #expect(readers().came.count == 1)
        #expect(room.count == 0)
    }

    @Test("hears a call that comes before the reader has sat down")
    func calledEarly() {
        let reader = Underway(on: executor) { [room, wish] in
            await room.wait(for: .app("s1"), wish, upTo: .seconds(10))
        }
        // It comes to run between the reader's entering and sitting down; the first number that a room gives is 1.
        let caller = Underway(on: executor) { [room] in room.call(ReaderID(1), retryAt: nil) }
        #expect(executor.run())

        #expect(caller.value != nil)
        #expect(reader.value == .called(retryAt: nil))
        #expect(room.count == 0)
    }

    @Test("lets all go when it is closed, and nobody in after that")
    func closed() {
        let readers = [enter(), enter()]

        room.close()
        #expect(executor.run())

        #expect(readers.map(\.value) == [.called(retryAt: nil), .called(retryAt: nil)])
        #expect(enter().value == .refused)
        #expect(room.count == 0)
    }
}

@Suite("The inbox", .timeLimit(.minutes(10)))
struct InboxTests {
    private let clock = ManualClock(at: EngineBench.start)
    private let executor = ManualExecutor()
    private let inbox: Inbox
    private let wish = Wish(asker: .app, minValid: .seconds(60), waits: false)

    init() {
        inbox = Inbox(clock: clock)
    }

    private func launch<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Underway<Value> {
        let underway = Underway(on: executor, body)
        #expect(executor.run())
        return underway
    }

    @Test("holds one glance per session, however often it is read, and another after the loop has seen it")
    func glances() {
        for _ in 1...1000 { inbox.glance(at: .app("s1"), wish) }
        inbox.glance(at: .app("s2"), wish)
        #expect(inbox.take().count == 2)

        inbox.glance(at: .app("s1"), wish)
        #expect(inbox.take().count == 1)
    }

    @Test("wakes the loop for what comes in, and lets it nap no longer than it said")
    func waking() {
        let woken = launch { [inbox, clock] in await inbox.wait(upTo: .seconds(30), by: clock) }
        #expect(woken.value == nil)
        inbox.push(.stopping)
        #expect(executor.run())
        #expect(woken.value != nil)
        #expect(inbox.take().count == 1)
        #expect(clock.count == 0)

        let rested = launch { [inbox, clock] in await inbox.wait(upTo: .seconds(30), by: clock) }
        clock.advance(by: .seconds(30))
        #expect(executor.run())
        #expect(rested.value != nil)
        #expect(inbox.isEmpty)
    }

    @Test("says no to whoever waits for a receipt when the loop ends, before and after")
    func closing() {
        let early = launch { [inbox] in await inbox.deliver(.stopping) }
        #expect(early.value == nil)

        inbox.close()
        #expect(executor.run())

        #expect(early.value == false)
        let late = launch { [inbox] in await inbox.deliver(.stopping) }
        #expect(late.value == false)
    }

    @Test("gives back what its sender no longer waits for, unless the loop has it")
    func hangingUp() throws {
        let hungUp = launch { [inbox] in await inbox.deliver(.removed(.app("s1"), .named("ada"))) }
        hungUp.cancel()
        #expect(executor.run())
        #expect(hungUp.value == false)
        #expect(inbox.isEmpty)

        let late = launch { [inbox] in await inbox.deliver(.removed(.app("s1"), .named("ada"))) }
        let taken = try #require(inbox.take().first)
        late.cancel()
        #expect(executor.run())
        #expect(late.value == nil, "the loop has it: only the loop knows how it ends")
        taken.receipt?.give(.stored)
        #expect(executor.run())
        #expect(late.value == true)
    }
}
