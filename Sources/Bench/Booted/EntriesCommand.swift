// `refreshd-bench entries`: what it costs to hand an entry to the journal once it is worded, with fields and without any.

import ArgumentParser
import Foundation
import Harness
import Systemd

struct EntriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "entries", abstract: "Write so many entries to this machine's journal.", shouldDisplay: false)

    @Option var count = 20_000
    @Flag var bare = false

    func run() async throws {
        guard Journal.isAvailable else { throw BenchFailure("this machine has no journal") }
        let journal = Journal { JournalEntry(.warning, "\($0) lost") }
        let fields = bare ? [] : Self.fields
        let clock = ContinuousClock()
        let before = try Self.processorTime()
        var writing: Duration = .zero
        for batch in 0..<count / Self.batch {
            let begin = clock.now
            for number in 0..<Self.batch {
                let entry = JournalEntry(
                    .informational, "main/session\(batch * Self.batch + number) of ada at google: renewed",
                    fields: fields)
                journal.write(entry)
            }
            writing += clock.now - begin
            guard journal.flush(within: .seconds(60)) else { throw BenchFailure("the journal takes nothing") }
        }
        let used = try Self.processorTime() - before
        print("\(writing.inSeconds * 1e6 / Double(count)) \(used * 1e6 / Double(count))")
    }

    /// As many as wait at once, at most.
    private static let batch = 500

    /// As many, and as long, as the event of a refresh has.
    private static let fields = [
        ("MESSAGE_ID", "9b1c0b1f1c5b4c6d8f3e5a7b9c0d1e2f"), ("REFRESHD_EVENT", "renewed"),
        ("REFRESHD_PROJECT", "main"), ("REFRESHD_SESSION_ID", "6b05053d497305c5d1aa"),
        ("REFRESHD_USER_ID", "6b04b0429598"), ("REFRESHD_PROVIDER", "google"), ("REFRESHD_OUTCOME", "renewed"),
        ("REFRESHD_REASON", "renewed"), ("REFRESHD_STANDING", "fresh"),
        ("REFRESHD_EXPIRES_AT", "2026-11-24T14:41:09.118Z"), ("REFRESHD_HOST", "cloud.example"),
        ("REFRESHD_BUDGET_REMAINING", "4"),
    ].map { JournalField(key: $0.0, $0.1) }

    /// Seconds of user and system, of all threads.
    private static func processorTime() throws -> Double {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else {
            throw BenchFailure("the processor time is not told")
        }
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }
}

enum Entries {
    /// By a process in the machine, whose journal it writes to.
    static func measured(in machine: Machine) async throws -> [Figure] {
        let program = try BuiltProgram.path("refreshd-bench")
        func microseconds(_ options: [String]) async throws -> (writing: Double, processor: Double) {
            let line = try await machine.succeed([program, "entries"] + options)
            let numbers = line.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
            guard numbers.count == 2 else { throw BenchFailure("entries said “\(line)”") }
            return (numbers[0], numbers[1])
        }
        let bare = try await microseconds(["--bare"])
        let whole = try await microseconds([])
        return [
            Figure(
                name: "journal entry, for whoever hands it over", value: whole.writing, unit: "µs",
                against: "one without fields: \(shortly(bare.writing)) µs", limitedBy: "copying of the fields"),
            Figure(
                name: "journal entry, processor time", value: whole.processor, unit: "µs",
                against: "one without fields: \(shortly(bare.processor)) µs", limitedBy: "the datagram to journald"),
        ]
    }
}
