// Where the log goes, and that nothing there makes anybody wait.

import Dispatch
import Glibc
import Logging
import RefreshPolicy
import Synchronization
import Systemd
import Testing
import TokenAPI

@testable import Refreshd

@Suite("Where the log goes")
struct LogSinkTests {
    struct Place: Sendable {
        let format: LogFormat
        let leadsToJournal: Bool
        let hasJournal: Bool
        let isTerminal: Bool
        let form: LogSink.Form
    }

    private static func place(_ format: LogFormat, _ surroundings: String, _ form: LogSink.Form) -> Place {
        Place(
            format: format, leadsToJournal: surroundings.contains("service"),
            hasJournal: surroundings.contains("journal"), isTerminal: surroundings.contains("terminal"), form: form)
    }

    @Test(
        "is the journal for a service, text on a terminal and JSON elsewhere, unless the settings say otherwise",
        arguments: [
            place(.auto, "service, journal", .journal), place(.auto, "terminal, journal", .text),
            place(.auto, "journal", .json), place(.auto, "container", .json), place(.auto, "terminal", .text),
            place(.auto, "service", .json), place(.journal, "terminal, journal", .journal),
            place(.journal, "container", .json), place(.journal, "terminal", .text),
            place(.text, "service, journal", .text), place(.json, "terminal, journal", .json),
        ])
    func resolved(_ place: Place) {
        let form = LogSink.resolved(
            place.format, leadsToJournal: place.leadsToJournal, hasJournal: place.hasJournal,
            isTerminal: place.isTerminal)
        #expect(form == place.form)
    }

    @Test("has entries of the journal with the event's id, priority and fields")
    func entry() {
        let entry = JournalEntry(Telling(.decision(.budgetSpent(HostName("cloud.example"), until: Sample.now))))
        let fields = entry.fields.map { "\($0.name)=\($0.value)" }.filter { !$0.hasPrefix("MESSAGE=") }
        #expect(
            fields == [
                "PRIORITY=5", "MESSAGE_ID=2485d4d417f9416291859d540965de41", "REFRESHD_EVENT=budget-spent",
                "REFRESHD_HOST=cloud.example", "REFRESHD_BUDGET_RESET_AT=2026-11-24T02:03:04.005Z",
            ])
    }

    @Test("may be stuck: what does not fit is dropped, and how much is told first when lines are taken again")
    func stuck() {
        let reader = SlowReader()
        let writer = LineWriter(
            capacity: "first".utf8.count + "second".utf8.count, form: { telling, _ in telling.message },
            put: reader.take)
        writer.write(Telling(ofLibrary: .info, "first"), at: Sample.now)
        reader.waitUntilStuck()
        for words in ["second", "third", "fourth"] { writer.write(Telling(ofLibrary: .info, words), at: Sample.now) }
        #expect(!writer.flush(within: .zero))

        reader.recover()
        #expect(writer.flush(within: .seconds(60)))
        writer.write(Telling(ofLibrary: .info, "fifth"), at: Sample.now)
        #expect(writer.flush(within: .seconds(60)))
        #expect(reader.lines == ["first", Telling.lost(2).message, "second", "fifth"])
    }

    @Test("may refuse a line, as a full disk does: that is counted, and told when lines are taken again")
    func refused() {
        let taken = Mutex((isFull: true, lines: [String]()))
        let writer = LineWriter(
            form: { telling, _ in telling.message },
            put: { line in
                taken.withLock { taken in
                    if !taken.isFull { taken.lines.append(line) }
                    return !taken.isFull
                }
            })
        for words in ["first", "second"] { writer.write(Telling(ofLibrary: .info, words), at: Sample.now) }
        #expect(writer.flush(within: .seconds(60)))
        taken.withLock { $0.isFull = false }
        writer.write(Telling(ofLibrary: .info, "third"), at: Sample.now)
        #expect(writer.flush(within: .seconds(60)))
        #expect(taken.withLock { $0.lines } == [Telling.lost(2).message, "third"])
    }

    @Test("is standard error, where a line that was broken off does not swallow the next")
    func brokenOff() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        // A pipe that does not wait takes what fits, and no more until it is read.
        for end in ends { try #require(fcntl(end, F_SETFL, O_NONBLOCK) == 0) }
        let error = StandardError(ends[1])
        #expect(!error.take(String(repeating: "a", count: 10_000_000) + "\n"))
        #expect(!error.take("refused\n"))

        func drain() -> String {
            var all: [UInt8] = []
            var some = [UInt8](repeating: 0, count: 4096)
            while case let count = read(ends[0], &some, some.count), count > 0 { all += some[..<count] }
            return String(decoding: all, as: UTF8.self)
        }
        #expect(Set(drain()) == ["a"])
        #expect(error.take("whole\n"))
        #expect(error.take("another\n"))
        #expect(drain() == "\nwhole\nanother\n")
    }

    @Test("gets what is important enough, and the last lines are remembered until a user is forgotten")
    func log() {
        let written = Mutex<[Telling]>([])
        let log = Log(
            least: .notice, to: LogSink(write: { telling, _ in written.withLock { $0.append(telling) } }, flush: {}))
        log.tell(.decision(.found(TellingTests.row)))
        log.tell(.decision(.needsLogin(TellingTests.row)))
        log.tell(.storeRecovered)
        #expect(written.withLock { $0.map(\.kind) } == [.session(.needsLogin), .store(.recovered)])
        #expect(log.latest.map(\.isWarning) == [true, false])
        log.tell(.decision(.forgotten(TellingTests.row.key.project, sessions: 1, .wished)))
        #expect(log.latest.count == 1)
    }

    @Test("has kinds and fields for what the sockets tell, and neither for what a library does")
    func sockets() {
        let written = Mutex<[Telling]>([])
        let log = Log(
            least: .info, to: LogSink(write: { telling, _ in written.withLock { $0.append(telling) } }, flush: {}))
        let logger = Logger(label: "test") { _ in LibraryLog(log) }
        logger.warning("no more", metadata: ["event": "too-many-connections", "user": "1000", "process": "77"])
        logger.error("no files", metadata: ["event": "connections-held", "errno": "24"])
        logger.warning("mumble\u{1B}[2J", metadata: ["eventLoop": "3"])

        let tellings = written.withLock { $0 }
        #expect(tellings.map(\.kind) == [.access(.tooManyConnections), .access(.connectionsHeld), nil])
        #expect(
            tellings.map(\.message) == [
                "no more (process 77, user 1000)", "no files (errno 24)", "mumble\\u{1b}[2J (eventLoop 3)",
            ])
        #expect(tellings.map(\.breaches) == [[], [], []])
        #expect(tellings[0].fields.map(\.value) == ["too-many-connections", "1000", "77"])
        #expect(Set(SocketEvent.allCases.map(\.rawValue)) == ["too-many-connections", "connections-held"])
    }
}

/// Takes a line, or blocks until it recovers.
private final class SlowReader: Sendable {
    private let state = Mutex((isStuck: true, lines: [String]()))
    private let reached = DispatchSemaphore(value: 0)
    private let gate = DispatchSemaphore(value: 0)

    var lines: [String] { state.withLock { $0.lines } }

    func take(_ line: String) -> Bool {
        if state.withLock({ $0.isStuck }) {
            reached.signal()
            gate.wait()
        }
        state.withLock { $0.lines.append(line) }
        return true
    }

    func waitUntilStuck() { reached.wait() }

    func recover() {
        state.withLock { $0.isStuck = false }
        gate.signal()
    }
}
