// A journal that is slow, full or away never stops the one who writes, and what it cost is told.
import Foundation
import Synchronization
import Testing

@testable import Systemd

@Suite("The journal")
struct JournalTests {
    @Test("gets entries in the order they were written")
    func order() {
        let journald = FakeJournald()
        let journal = Journal(capacity: 4096, loss: loss, deliver: journald.take)

        for number in 0..<20 { journal.write(JournalEntry(.informational, "entry \(number)")) }

        #expect(journal.flush(within: .seconds(60)))
        #expect(journald.messages == (0..<20).map { "entry \($0)" })
    }

    @Test("that is stuck drops what does not fit, and the loss is the first thing told when it takes entries again")
    func stuck() {
        let journald = FakeJournald(stuck: true)
        let capacity = ["first", "second"].map { JournalRecord(JournalEntry(.informational, $0)).arena.count }
        let journal = Journal(capacity: capacity.reduce(0, +), loss: loss, deliver: journald.take)
        journal.write(JournalEntry(.informational, "first"))
        journald.waitUntilStuck()

        for message in ["second", "third", "fourth"] { journal.write(JournalEntry(.informational, message)) }

        #expect(!journal.flush(within: .zero))
        journald.recover()
        #expect(journal.flush(within: .seconds(60)))
        #expect(
            journald.messages == ["first", "lost 2", "second"])
        journal.write(JournalEntry(.informational, "fifth"))
        #expect(journal.flush(within: .seconds(60)))
        #expect(journald.messages.last == "fifth")
    }

    @Test("that is away counts what it missed, once")
    func away() {
        let journald = FakeJournald(away: true)
        let journal = Journal(capacity: 4096, loss: loss, deliver: journald.take)
        journal.write(JournalEntry(.informational, "first"))
        journal.write(JournalEntry(.informational, "second"))
        #expect(journal.flush(within: .seconds(60)))

        journald.recover()
        journal.write(JournalEntry(.informational, "third"))
        journal.write(JournalEntry(.informational, "fourth"))

        #expect(journal.flush(within: .seconds(60)))
        #expect(
            journald.messages == [
                "lost 2", "third", "fourth",
            ])
    }

    @Test("is recognised behind a descriptor only by device and inode together")
    func stream() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        var facts = stat()
        try #require(fstat(ends[1], &facts) == 0)

        #expect(Journal.receives(ends[1], stream: "\(facts.st_dev):\(facts.st_ino)"))
        #expect(!Journal.receives(ends[1], stream: "\(facts.st_dev):\(facts.st_ino + 1)"))
        #expect(!Journal.receives(ends[1], stream: "\(facts.st_dev + 1):\(facts.st_ino)"))
        #expect(!Journal.receives(ends[1], stream: nil))
        #expect(!Journal.receives(-1, stream: "\(facts.st_dev):\(facts.st_ino)"))
    }
}

private func loss(_ count: Int) -> JournalEntry { JournalEntry(.warning, "lost \(count)") }

/// Takes entries, or blocks (`stuck`), or refuses (`away`), until it recovers.
private final class FakeJournald: Sendable {
    private struct State {
        var stuck: Bool
        var away: Bool
        var messages: [String] = []
    }

    private let state: Mutex<State>
    private let reached = DispatchSemaphore(value: 0)
    private let gate = DispatchSemaphore(value: 0)

    init(stuck: Bool = false, away: Bool = false) {
        state = Mutex(State(stuck: stuck, away: away))
    }

    var messages: [String] { state.withLock { $0.messages } }

    func take(_ record: JournalRecord) -> Bool {
        if state.withLock({ $0.stuck }) {
            reached.signal()
            gate.wait()
        }
        return state.withLock { state in
            if state.away { return false }
            // The second field of every entry is its message.
            let message = record.arena[record.ends[0]..<record.ends[1]].dropFirst("MESSAGE=".utf8.count)
            state.messages.append(String(decoding: message, as: UTF8.self))
            return true
        }
    }

    func waitUntilStuck() { reached.wait() }

    func recover() {
        state.withLock { state in
            state.stuck = false
            state.away = false
        }
        gate.signal()
    }
}
