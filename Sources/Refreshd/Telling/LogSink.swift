// Where the log goes, in which form: fields for the journal, JSON lines for what collects the output of a container,
// readable lines for people.

import Glibc
import RefreshPolicy
import Systemd

struct LogSink: Sendable {
    /// Never waits.
    let write: @Sendable (Telling, WallTime) -> Void
    /// Waits until all is written, or for a second.
    let flush: @Sendable () -> Void

    /// This process's own.
    static func standard(_ format: LogFormat) -> LogSink {
        switch resolved(
            format, leadsToJournal: Systemd.Journal.receivesStandardError,
            hasJournal: Systemd.Journal.isAvailable, isTerminal: isatty(STDERR_FILENO) == 1)
        {
        case .journal: journal(Systemd.Journal { JournalEntry(.lost($0)) })
        case .json: lines(LineWriter(form: LogLine.json))
        case .text: lines(LineWriter(form: LogLine.text))
        }
    }

    enum Form: Hashable, Sendable {
        case journal
        case text
        case json
    }

    /// What `auto` means, and what comes in the place of a journal that is not there.
    static func resolved(_ format: LogFormat, leadsToJournal: Bool, hasJournal: Bool, isTerminal: Bool) -> Form {
        switch format {
        case .text: .text
        case .json: .json
        case .journal where hasJournal: .journal
        case .auto where hasJournal && leadsToJournal: .journal
        case .journal, .auto: isTerminal ? .text : .json
        }
    }

    private static func journal(_ journal: Systemd.Journal) -> LogSink {
        LogSink(
            write: { telling, _ in journal.write(JournalEntry(telling)) },
            flush: { journal.flush(within: .seconds(1)) })
    }

    static func lines(_ writer: LineWriter) -> LogSink {
        LogSink(write: { writer.write($0, at: $1) }, flush: { writer.flush(within: .seconds(1)) })
    }
}

extension JournalEntry {
    /// journald keeps the time itself.
    init(_ telling: Telling) {
        let priority: JournalPriority =
            switch telling.priority {
            case .error: .error
            case .warning: .warning
            case .notice: .notice
            case .info: .informational
            }
        var fields = telling.fields.map { JournalField(key: $0.name.rawValue, $0.value) }
        if let kind = telling.kind { fields.insert(JournalField(key: "MESSAGE_ID", kind.facts.id), at: 0) }
        self.init(priority, telling.message, fields: fields)
    }
}

extension Telling {
    /// What is told in the place of entries that nobody took in time.
    static func lost(_ count: Int) -> Telling {
        let entries = count == 1 ? "1 entry of this log is" : "\(count) entries of this log are"
        var telling = Telling(.daemon(.entriesLost), "\(entries) lost: whoever takes them was away or too slow")
        telling.add(.count, count)
        return telling
    }
}
